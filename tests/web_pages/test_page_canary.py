"""No value that somebody types or has stored comes back: not in a page, an answer, a log or the browser's storage."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.canary.canaries import Canaries

from .conftest import Opening
from .hands import save
from .site import EMPTY, Site

SETTINGS = (
    EMPTY
    + """\
credentials:
  login: {name: Login, key: LOGIN, category: runtime, type: username_password, values: {username: ana}}
  pair: {name: Pair, key: PAIR, category: runtime, type: api_key_pair}
  mail: {name: Mail, key: SMTP, category: communication, type: email_smtp, values: {host: 127.0.0.1, port: "1"}}
  oauth: {name: OAuth, key: OAUTH, category: mcp_service, type: oauth2, values: {client_id: x}}
  ses: {name: Ses, key: SES, category: communication, type: aws_ses}
  claude: {name: Claude, key: ANTHROPIC_API_KEY, category: llm_provider, type: api_token}
  deploy: {name: Deploy, key: DEPLOY_KEY, category: ssh_key, type: ssh_key}
  crm: {name: Crm, key: CRM, category: custom, type: custom, fields: [tenant, api_key]}
"""
)
DEPLOY = Canaries().fields["deploy"]
STORED = {
    "login": {"password": "canary-login-7d1f"},
    "pair": {"key": "canary-pair-key-22aa", "secret": "canary-pair-secret-19cc"},
    "mail": {"username": "canary-mail-user-55ee", "password": "canary-mail-0b3c"},
    "oauth": {
        "client_secret": "canary-oauth-cs-1",
        "access_token": "canary-oauth-at-2",
        "refresh_token": "canary-rt-3",
    },
    "ses": {"access_key_id": "AKIAIOSFODNN7CANARY1", "secret_access_key": "canary-ses-9f", "region": "eu-central-1"},
    "claude": {"token": "canary-claude-8e21"},
    "deploy": DEPLOY,
    "crm": {"tenant": "canary-tenant-4", "api_key": "canary-crm-5"},
}
TYPED = "canary-typed-77aa"
NOT_SECRET = {"eu-central-1"}


def test_no_value_comes_back_to_the_browser(
    open_site: Opening, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site = Site(tmp_path, SETTINGS)
    with site.vault() as vault:
        for each, fields in STORED.items():
            vault.put(each, fields)
    site, tab = open_site(site=site)
    dom: list[str] = []

    def overhear(route: Route) -> None:
        answer = route.fetch()
        dom.extend((answer.text(), str(answer.headers), answer.url))
        route.fulfill(response=answer)

    tab.route(f"{site.origin}/pages/**", overhear)
    for each in STORED:
        dom += looked_at(tab, f"{site.origin}/credentials/{each}")
    replace_and_fail(tab, site)
    for address in ("/credentials", "/backends", "/audit", "/llm"):
        dom += looked_at(tab, site.origin + address)
    for file in (site.settings, *(tmp_path / "home" / "state").rglob("*.jsonl")):
        dom.append(file.read_text())
    dom.append(tab.evaluate("JSON.stringify([sessionStorage, localStorage, document.cookie, history.state, name])"))
    dom.append(str(tab.evaluate("indexedDB.databases().then(found => caches.keys().then(keys => [found, keys]))")))
    dom.append(caplog.text)
    values = {value for fields in STORED.values() for value in fields.values()} - NOT_SECRET | {TYPED}
    values |= set(DEPLOY["private_key"].splitlines()[1:-1])  # a page may break lines where it likes
    assert not {value for value in values for text in dom if value in text}
    assert set(tab.evaluate("Object.keys(sessionStorage)")) <= {"orqo-vault-session", "orqo-vault-theme"}
    assert tab.evaluate("localStorage.length") == 0


def looked_at(tab: Page, address: str) -> list[str]:
    """Go there, press what can be pressed, and return all that is in the page."""
    tab.goto(address)
    tab.locator("#app h1").wait_for()
    expect(tab.locator(".htmx-request")).to_have_count(0)
    while tab.get_by_role("button", name="Replace").count():
        tab.get_by_role("button", name="Replace").first.click()
    if tab.get_by_role("button", name="Test", exact=True).count():
        tab.get_by_role("button", name="Test", exact=True).click()
        expect(tab.locator("#tested > *")).to_be_visible()
    inputs = tab.evaluate("JSON.stringify([...document.querySelectorAll('input, textarea')].map(each => each.value))")
    return [tab.content(), inputs]


def replace_and_fail(tab: Page, site: Site) -> None:
    """Type a value into a form that is refused, then into one that is saved."""
    tab.goto(f"{site.origin}/credentials/login")
    tab.get_by_role("button", name="Replace Password").click()
    tab.get_by_label("New Password").fill(TYPED)
    tab.get_by_label("Key", exact=True).fill("LOGIN_NEW")
    expect(tab.get_by_label("About")).to_contain_text("LOGIN_NEW_PASSWORD")  # before it is saved
    tab.get_by_label("Key", exact=True).fill("not a key")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator("[data-problem]")).to_be_visible()
    tab.get_by_label("Key", exact=True).fill("LOGIN")
    save(tab)
    with site.vault() as vault:
        assert vault.value("login", "password").reveal() == TYPED
