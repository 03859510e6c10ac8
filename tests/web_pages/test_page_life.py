"""The whole life of a credential of each type, as a person does it: add, replace, clear, test, disable, delete."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from orqo_vault.errors import UnknownCredentialError
from orqo_vault.web.pages.deleting import TYPED

from .conftest import Opening
from .hands import save
from .site import Site

LIVES = {
    "api_token": ("runtime", {}, {"token": "tok-canary-1"}, ("token", "tok-canary-2"), None),
    "api_key_pair": ("runtime", {}, {"key": "k-canary-1", "secret": "s-canary-1"}, ("secret", "s-canary-2"), None),
    "username_password": ("runtime", {"username": "ana"}, {"password": "p-canary-1"}, ("password", "p-canary-2"), None),
    "email_smtp": (
        "communication",
        {"host": "127.0.0.1", "port": "1", "username": "ana", "security": "tls"},
        {"password": "p-canary-1"},
        ("password", "p-canary-2"),
        "password",
    ),
    "oauth2": (
        "mcp_service",
        {"client_id": "orqo", "scope": "read"},
        {"access_token": "a-canary-1", "refresh_token": "r-canary-1"},
        ("access_token", "a-canary-2"),
        "refresh_token",
    ),
    "aws_ses": (
        "communication",
        {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "region": "eu-central-1"},
        {"secret_access_key": "w-canary-1"},
        ("secret_access_key", "w-canary-2"),
        None,
    ),
    "ssh_key": ("ssh_key", {}, {}, ("private_key", ""), None),
    "custom": ("custom", {}, {"tenant": "t-canary-1", "api_key": "c-canary-1"}, ("api_key", "c-canary-2"), None),
}
"""Type → category, fields for the settings file, secret fields, the one that is replaced, the one that is cleared."""


@pytest.mark.parametrize("type_name", LIVES)
def test_a_credential_lives_its_whole_life_on_the_page(type_name: str, open_site: Opening, tmp_path: Path) -> None:
    category, plain, secret, (replaced, new), cleared = LIVES[type_name]
    if type_name == "ssh_key":
        secret, new = {"private_key": ssh_key(tmp_path / "one")}, ssh_key(tmp_path / "two")
    site, tab = open_site()
    add(tab, site, category, type_name, plain, secret)
    assert stored(site) == secret, "what is stored is what was typed"
    expect(tab.get_by_label("About", exact=True)).to_contain_text("LIFE")
    body = tab.content()
    assert not [value for value in secret.values() if value in body], "no value is on the page"

    replace(tab, replaced, new)
    assert stored(site) == {**secret, replaced: new}, "the others are kept"
    if cleared is not None:
        tab.locator(f"input[name=clear][value={cleared}]").check()
        save(tab)
        assert cleared not in stored(site)

    tab.get_by_role("button", name="Test", exact=True).click()
    expect(tab.locator("#tested .alert, #tested [data-problem]")).to_be_visible()
    tab.get_by_role("button", name="Disable").click()
    expect(tab.get_by_role("button", name="Enable")).to_be_visible()
    with site.vault() as vault:
        assert not vault.credentials["life"].enabled

    delete(tab, category)
    with site.vault() as vault, pytest.raises(UnknownCredentialError):
        vault.read("life")
    assert "A comment that stays." in site.settings.read_text()


def add(tab: Page, site: Site, category: str, type_name: str, plain: dict[str, str], secret: dict[str, str]) -> None:
    """Go from the empty list to the form, and fill it in."""
    tab.get_by_role("link", name="Something else").click()
    tab.locator(f"a[href='/new/{category}']").click()
    tab.locator(f"a[href='/new/{category}/{type_name}']").click()
    tab.get_by_label("Name", exact=True).fill("Life")
    tab.locator("#key").fill("LIFE")  # a key pair has a field of that name, too
    if type_name == "custom":
        tab.get_by_label("Fields", exact=True).fill(", ".join(secret))
        tab.get_by_label("Fields", exact=True).blur()
    for name, text in plain.items():
        field = tab.locator(f"[name='value.{name}']")
        if name == "security":
            field.select_option(text)
        else:
            field.fill(text)
    for name, text in secret.items():
        tab.locator(f"[name='secret.{name}']").fill(text)
    expect(tab.locator("#preview")).to_contain_text("LIFE")
    save(tab)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Life")
    assert tab.url == f"{site.origin}/credentials/life"


def replace(tab: Page, field: str, text: str) -> None:
    """Replace one field; opening and cancelling another changes nothing."""
    group = tab.locator(f"[data-field]:has([name='secret.{field}'])")
    group.get_by_role("button", name="Replace").click()
    group.locator(f"[name='secret.{field}']").fill("thrown away")
    group.get_by_role("button", name="Keep").click()
    group.get_by_role("button", name="Replace").click()
    expect(group.locator(f"[name='secret.{field}']")).to_have_value("")
    group.locator(f"[name='secret.{field}']").fill(text)
    save(tab)


def delete(tab: Page, category: str) -> None:
    tab.get_by_role("button", name="Delete…").click()
    if category in TYPED:
        tab.locator("#typed").fill("Life")
    tab.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(tab.get_by_text("No credentials yet")).to_be_visible()


def stored(site: Site) -> dict[str, str]:
    """Return what is stored, without what the type derives."""
    with site.vault() as vault:
        found = vault.read("life")
        assert found is not None
        return {name: found[name].reveal() for name in found.names if name != "public_key"}


def ssh_key(file: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    return file.read_text()
