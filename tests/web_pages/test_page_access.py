"""Everybody can use the pages: no violation that axe finds, light and dark, on a telephone, with the keyboard alone."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import Opening
from .project import PAGES, full_site
from .site import Site

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(tab: Page) -> list[str]:
    """Return what axe finds in the page as it is now."""
    found = Axe().run(tab, options={"runOnly": TAGS}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]} {each['nodes'][0]['failureSummary']}" for each in found]


def visit(site: Site, tab: Page, address: str) -> None:
    """Go there, and wait for all that is loaded later."""
    tab.goto(site.origin + address)
    tab.locator("#app h1").wait_for()
    expect(tab.locator(".htmx-request")).to_have_count(0)


def test_axe_finds_nothing_on_any_page_light_or_dark(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path), color_scheme="light")
    found: dict[str, list[str]] = {}
    for address in PAGES:
        visit(site, tab, address)
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
            expect(tab.locator("html")).to_have_attribute("data-bs-theme", scheme)
            found[f"{address} {scheme}"] = violations(tab)
    assert not {where: what for where, what in found.items() if what}


def test_axe_finds_nothing_in_dialogs_refusals_and_the_login(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path), color_scheme="dark")
    for button in ("Where used (1)", "Delete…"):
        visit(site, tab, "/credentials/claude")
        tab.get_by_role("button", name=button).click()
        expect(tab.get_by_role("dialog")).to_be_visible()
        assert violations(tab) == []
    visit(site, tab, "/new/llm_provider/api_token")
    tab.get_by_label("Key", exact=True).fill("PATH")
    tab.get_by_label("Name", exact=True).fill("x")
    tab.get_by_label("Token", exact=True).fill("x")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator("[data-problem]")).to_be_focused()
    assert violations(tab) == []
    tab.get_by_role("button", name="Log out").click()
    expect(tab.get_by_role("heading", name="Log in")).to_be_visible()
    assert violations(tab) == []


def test_no_page_is_wider_than_a_telephone(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path), viewport={"width": 360, "height": 740})
    for address in PAGES:
        visit(site, tab, address)
        wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{address} is {wide} pixels too wide"


def test_light_or_dark_can_be_chosen(open_site: Opening) -> None:
    _, tab = open_site(color_scheme="light")
    tab.get_by_role("button", name="Light or dark").click()
    expect(tab.locator("html")).to_have_attribute("data-bs-theme", "dark")
    tab.reload()
    expect(tab.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_credential_is_added_with_the_keyboard_alone(open_site: Opening) -> None:
    site, tab = open_site()
    press(tab, "Something else", "Enter")
    expect(tab.get_by_role("heading", level=1)).to_be_focused()
    press(tab, "Runtime", "Enter")
    press(tab, "API token", "Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Add API token")
    for label, text in (("Name", "By keys"), ("Key", "BY_KEYS"), ("Token", "typed-value")):
        press(tab, label, "")
        tab.keyboard.type(text)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("By keys")
    with site.vault() as vault:
        assert vault.value("by-keys", "token").reveal() == "typed-value"
    press(tab, "Delete…", "Enter")
    expect(tab.get_by_role("dialog")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_be_hidden()


def press(tab: Page, start: str, key: str) -> None:
    """Go on with Tab until something whose label begins so has the focus, then press the key."""
    tab.locator("#app :is(a, button, label)", has_text=start).first.wait_for()
    for _ in range(60):
        tab.keyboard.press("Tab")
        said = tab.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()")
        if said.startswith(start):
            if key:
                tab.keyboard.press(key)
            return
    raise AssertionError(f"Tab never reaches {start!r}")
