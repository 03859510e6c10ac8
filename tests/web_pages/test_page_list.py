"""The list: search, filters and sorting stand in the address, and a thousand rows are no more work than fifty."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import Opening
from .site import EMPTY

FIVE = (
    EMPTY
    + """\
credentials:
  openai: {name: OpenAI, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai, mode: platform}
  claude: {name: Claude, key: ANTHROPIC_API_KEY, category: llm_provider, type: api_token, provider: anthropic}
  mail: {name: Mail, key: SMTP, category: communication, type: email_smtp, values: {host: smtp.acme.example}}
  old: {name: Old, key: OLD, category: custom, type: custom, fields: [a, b], expires_at: 2020-01-01T00:00:00Z}
  off: {name: Off, key: OFF_TOKEN, category: runtime, type: api_token, enabled: false}
llm:
  default: {model: "openai:gpt-4o-mini", credential: openai}
runs:
  nightly: {credentials: [mail]}
"""
)


def names(tab: object) -> list[str]:
    return tab.locator("tbody tr td:first-child a").all_inner_texts()  # type: ignore[attr-defined]  # a page


def test_the_list_says_what_each_credential_is(open_site: Opening) -> None:
    _, tab = open_site(FIVE)
    row = {each: tab.locator("tbody tr", has=tab.get_by_role("link", name=each)) for each in ("OpenAI", "Mail", "Old")}
    expect(row["OpenAI"]).to_contain_text("Platform key")
    expect(row["OpenAI"]).not_to_contain_text("****")
    expect(row["Mail"]).to_contain_text("********")
    expect(row["Mail"]).to_contain_text("Needs setup")
    expect(row["Old"]).to_contain_text("Expired")
    expect(tab.locator("tbody tr", has=tab.get_by_role("link", name="Off"))).to_contain_text("Disabled")
    row["Mail"].locator("summary").click()
    expect(row["Mail"]).to_contain_text("SMTP_PASSWORD")
    row["OpenAI"].get_by_role("button", name="Where OpenAI is used").click()
    expect(tab.get_by_role("dialog")).to_contain_text("default")


def test_what_is_searched_and_filtered_stands_in_the_address(open_site: Opening) -> None:
    _, tab = open_site(FIVE)
    with tab.expect_response(lambda each: "text=smtp_pass" in each.url):
        tab.get_by_label("Search").fill("smtp_pass")
    expect(tab.locator("tbody tr")).to_have_count(1)
    assert "text=smtp_pass" in tab.url
    with tab.expect_response(lambda each: "category=llm_provider" in each.url and "text=&" in each.url):
        tab.get_by_label("Search").fill("")
        tab.get_by_label("Category").select_option("llm_provider")
    expect(tab.locator("tbody tr")).to_have_count(2)
    address = tab.url
    tab.get_by_role("link", name="Claude").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Claude")
    tab.go_back()
    expect(tab.locator("tbody tr")).to_have_count(2)
    assert tab.url == address
    tab.reload()  # the session is the tab's
    expect(tab.locator("tbody tr")).to_have_count(2)
    expect(tab.get_by_label("Category")).to_have_value("llm_provider")


def test_the_list_is_sorted_by_each_heading(open_site: Opening) -> None:
    _, tab = open_site(FIVE)
    expect(tab.locator("tbody tr")).to_have_count(5)
    assert names(tab) == sorted(names(tab), key=str.casefold)
    tab.get_by_role("link", name="Name").click()
    expect(tab.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")
    assert names(tab) == sorted(names(tab), key=str.casefold, reverse=True)
    tab.get_by_role("link", name="Used by").click()
    expect(tab.get_by_role("columnheader", name="Used by")).to_have_attribute("aria-sort", "ascending")
    assert set(names(tab)[-2:]) == {"OpenAI", "Mail"}


def test_a_thousand_credentials_come_fifty_at_a_time(open_site: Opening) -> None:
    rows = "".join(
        f"  c{n:04}: {{name: Number {n:04}, key: KEY_{n:04}, category: runtime, type: api_token}}\n"
        for n in range(1000)
    )
    _, tab = open_site(EMPTY + "credentials:\n" + rows)
    expect(tab.locator("tbody tr")).to_have_count(50)
    tab.get_by_role("link", name="Next").click()
    expect(tab.get_by_label("Pages of the list")).to_contain_text("100 of 1000")
    assert names(tab)[0] == "Number 0050"
    with tab.expect_response(lambda each: "text=key_0999" in each.url):
        tab.get_by_label("Search").fill("key_0999")
    expect(tab.locator("tbody tr")).to_have_count(1)


def test_an_empty_project_says_what_to_do(open_site: Opening) -> None:
    _, tab = open_site()
    expect(tab.get_by_text("No credentials yet")).to_be_visible()
    tab.get_by_role("link", name="OpenAI key").click()
    expect(tab.get_by_label("Key", exact=True)).to_have_value("OPENAI_API_KEY")
    expect(tab.locator("#preview")).to_contain_text("OPENAI_API_KEY")
