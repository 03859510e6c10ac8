"""Whatever stands in a name or a value is text: two hundred ways to smuggle a script into a page run none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Opening
from .site import EMPTY, Site

MARK = "window.hacked=1"
BODIES = (MARK, f"eval('{MARK}')", f"top.{MARK}", f"setTimeout('{MARK}')", f"Function('{MARK}')()")
SHAPES = (
    "<script>{}</script>",
    "</script><script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<img src=x onerror={}>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<details open ontoggle={}>",
    "<body onload={}>",
    "<input autofocus onfocus={}>",
    "<iframe srcdoc='<script>parent.{}</script>'>",
    "<iframe src=javascript:{}>",
    "<object data=javascript:{}>",
    "<a href=javascript:{}>x</a>",
    "javascript:{}",
    '"><script>{}</script>',
    "'><script>{}</script>",
    '" onmouseover="{}" x="',
    "' onfocus='{}' autofocus x='",
    '" autofocus onfocus="{}',
    "`-{}-`",
    "${{{}}}",
    "{{{{ {} }}}}",
    "{{% set x = {} %}}",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</option></select><script>{}</script>",
    "--><script>{}</script>",
    "]]><script>{}</script>",
    "<template><script>{}</script></template>",
    "<math><mtext></table><img src=x onerror={}>",
    '<div hx-on:htmx:load="{}">',
    '<div hx-get="/x" hx-trigger="load[{}]">',
    "<div hx-vals='js:{{a: {}}}' hx-get=/x hx-trigger=load>",
    '<div data-hx-on:load="{}" hx-trigger=load>',
    "<hx-partial hx-target='#app'><img src=x onerror={}></hx-partial>",
    "<base href='javascript:{}//'>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<style>@import 'javascript:{}'</style>",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
)
HOSTILE = tuple(shape.format(body) for body in BODIES for shape in SHAPES)
assert len(HOSTILE) == 200


def hostile_settings(hostile: tuple[str, ...]) -> str:
    """Return a file in which every text that may be free is hostile."""
    credentials = [
        f"  c{n}: {{name: {json.dumps(each)}, description: {json.dumps(each)}, key: KEY_{n}, category: llm_provider,"
        f" type: username_password, provider: {json.dumps(each)}, values: {{username: {json.dumps(each)}}}}}"
        for n, each in enumerate(hostile)
    ]
    credentials.append("  plain: {name: ~plain, key: PLAIN, category: llm_provider, type: api_token}")
    models = [f"  m{n}: {{model: {json.dumps('x:' + each)}, credential: plain}}" for n, each in enumerate(hostile)]
    return EMPTY + "credentials:\n" + "\n".join(credentials) + "\nllm:\n" + "\n".join(models) + "\n"


@pytest.mark.parametrize("many", [len(SHAPES), pytest.param(200, marks=pytest.mark.slow)])
def test_hostile_texts_run_nothing_on_any_page(many: int, open_site: Opening, tmp_path: Path) -> None:
    hostile = HOSTILE[:many]
    site, tab = open_site(site=Site(tmp_path, hostile_settings(hostile)))
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
