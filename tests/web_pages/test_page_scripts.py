"""Whatever stands in a name or a value is text: two hundred ways to smuggle a script into a page run none."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.hostile_texts import HOSTILE, SHAPES, hostile_settings

from .conftest import Opening
from .site import EMPTY, Site


@pytest.mark.parametrize("many", [len(SHAPES), pytest.param(200, marks=pytest.mark.slow)])
def test_hostile_texts_run_nothing_on_any_page(many: int, open_site: Opening, tmp_path: Path) -> None:
    hostile = HOSTILE[:many]
    site, tab = open_site(site=Site(tmp_path, EMPTY + hostile_settings(hostile)))
    for offset in range(0, many + 1, 50):
        go(tab, f"{site.origin}/credentials?offset={offset}")
        expect(tab.locator("tbody tr")).to_have_count(min(50, many + 1 - offset))
    go(tab, f"{site.origin}/llm")
    expect(tab.locator("tbody tr")).to_have_count(many)
    go(tab, f"{site.origin}/backends")
    # Each one's own pages: put into the tab as its script does, all in one go.
    shown = tab.evaluate(
        """async (count) => {
            const headers = {Authorization: `Bearer ${sessionStorage.getItem("orqo-vault-session")}`};
            const texts = [];
            for (let n = 0; n < count; n++)
                for (const part of ["", "/uses", "/delete"]) {
                    const answer = await fetch(`/pages/credentials/c${n}${part}`, {headers});
                    const text = await answer.text();
                    const place = document.createElement("div");
                    document.getElementById("main").append(place);
                    place.innerHTML = text;
                    if (!part) texts.push(place.querySelector("#name").value);
                    place.remove();
                }
            return texts;
        }""",
        many,
    )
    assert tuple(shown) == hostile, "each is shown as the text that it is"
    assert tab.evaluate("window.hacked") is None


def test_hostile_texts_in_the_address_and_in_forms_run_nothing(open_site: Opening) -> None:
    site, tab = open_site()
    for each in HOSTILE[::20]:
        go(tab, f"{site.origin}/credentials?text={each.replace('#', '%23').replace('%', '%25')}")
    go(tab, f"{site.origin}/new/custom/custom")
    for label in ("Name", "Key", "Fields"):
        tab.get_by_label(label, exact=True).fill(HOSTILE[3])
        tab.get_by_label(label, exact=True).blur()
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator(".problem [data-problem]")).to_be_visible()
    assert tab.evaluate("window.hacked") is None
    assert HOSTILE[3] not in site.settings.read_text()


def go(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.locator("#app h1").wait_for()
    assert tab.evaluate("window.hacked") is None
