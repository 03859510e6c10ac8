"""What may not be lost: whose key it is, what others use, what somebody else changes at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from orqo_vault.errors import UnknownCredentialError
from orqo_vault.web import Role

from .conftest import Opening
from .hands import save
from .project import FULL, full_site

SECRET = "sk-ant-example"


def test_an_own_key_becomes_the_platforms_and_comes_back(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path))
    tab.get_by_role("link", name="Claude").click()
    tab.get_by_label("Platform key").check()
    expect(tab.locator("[data-field]").first).to_be_hidden()
    expect(tab.get_by_text("the operator supplies no key for anthropic")).to_be_visible()
    tab.get_by_label("which is stored now").select_option("keep")
    save(tab)
    expect(tab.get_by_label("About", exact=True)).to_contain_text("Platform key")
    with site.vault() as vault:
        assert vault.credentials["claude"].mode.value == "platform"
    tab.get_by_label("Own key").check()
    save(tab)
    with site.vault() as vault:
        assert vault.value("claude", "token").reveal() == SECRET, "it was kept for the way back"
    tab.get_by_label("Platform key").check()
    save(tab)  # destroying is the default
    tab.get_by_label("Own key").check()
    tab.get_by_role("button", name="Replace Token").click()
    tab.get_by_label("New Token").fill("sk-ant-new")
    save(tab)
    with site.vault() as vault:
        assert vault.value("claude", "token").reveal() == "sk-ant-new"


def test_a_platform_key_is_added_without_a_secret_and_shows_its_price(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path))
    tab.goto(f"{site.origin}/new/llm_provider/api_token?provider=openai")
    tab.get_by_label("Platform key").check()
    expect(tab.locator("[name='secret.token']")).to_be_hidden()
    expect(tab.locator("#preview")).to_contain_text("USD in")
    tab.get_by_label("Name", exact=True).fill("Hosted")
    save(tab)
    with site.vault() as vault:
        assert vault.credentials["hosted"].mode.value == "platform"


def test_a_refused_or_doubled_variable_is_said_while_it_is_typed(open_site: Opening) -> None:
    site, tab = open_site(FULL)
    tab.goto(f"{site.origin}/new/runtime/api_token")
    tab.get_by_label("Name", exact=True).fill("X")
    for key, said in (
        ("LD_PRELOAD", "LD_PRELOAD"),
        ("lower", "key"),
        ("ANTHROPIC_API_KEY", "claude, spare sets it too"),
    ):
        tab.get_by_label("Key", exact=True).fill(key)
        expect(tab.locator("#preview")).to_contain_text(said)


def test_a_config_is_linked_with_a_credential_that_fits_its_model(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path))
    tab.get_by_role("link", name="LLM configs").click()
    expect(tab.get_by_role("row", name="default")).to_contain_text("USD in")
    tab.get_by_role("link", name="Add LLM config").click()
    tab.get_by_label("Name", exact=True).fill("drafts")
    tab.get_by_label("Model").fill("anthropic:claude-sonnet-4-5")
    expect(tab.get_by_label("Credential", exact=True).locator("option")).to_have_text(
        ["Claude, own key", "Spare, own key"]
    )
    expect(tab.locator("#picker")).to_contain_text("3 USD in, 15 USD out")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("row", name="drafts")).to_contain_text("Claude")
    with site.vault() as vault:
        assert vault.llm("drafts").credential.id == "claude"
    tab.get_by_role("link", name="default").click()
    tab.get_by_role("button", name="Delete this config").click()
    expect(tab.locator("[data-problem]")).to_contain_text("used by run nightly")


def test_what_is_used_is_not_deleted_but_can_be_replaced(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path))
    tab.get_by_role("link", name="Claude").click()
    tab.get_by_role("button", name="Delete…").click()
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("used by llm writer")
    dialog.get_by_label("Type Claude to confirm").fill("Klaude")
    dialog.get_by_label("Replace with").select_option("spare")
    dialog.get_by_role("button", name="Replace and delete").click()
    expect(dialog.locator("[data-problem]")).to_contain_text("another one")
    dialog.get_by_label("Type Claude to confirm").fill("Claude")
    dialog.get_by_role("button", name="Replace and delete").click()
    expect(tab.get_by_role("link", name="Spare", exact=True)).to_be_visible()
    expect(tab.get_by_role("link", name="Claude")).to_have_count(0)
    with site.vault() as vault:
        assert vault.settings.llm["writer"].credential == "spare"
        with pytest.raises(UnknownCredentialError):
            vault.read("claude")
    tab.get_by_role("link", name="Outgoing mail").click()
    tab.get_by_role("button", name="Delete…").click()
    expect(dialog.get_by_label("Replace with")).to_be_visible()
    assert not dialog.get_by_role("button", name="Delete", exact=True).count()


def test_a_file_edited_meanwhile_by_hand_and_by_command_shows_a_conflict(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path))
    tab.get_by_role("link", name="Claude").click()
    expect(tab.get_by_text("Stored: token")).to_be_visible()
    site.settings.write_text(
        site.settings.read_text().replace("name: Claude,", "name: Claude of Bo,") + "# Bo was here\n"
    )
    command = [
        sys.executable,
        "-m",
        "orqo_vault",
        "-c",
        str(site.settings),
        "edit",
        "claude",
        "--description",
        "by command",
    ]
    subprocess.run(command, check=True, env={**os.environ, **site.environ}, capture_output=True)
    tab.get_by_label("Description").fill("by page")
    tab.get_by_role("button", name="Save").click()
    shown = tab.locator("[data-problem]")
    expect(shown).to_contain_text("Somebody else changed it")
    expect(shown.get_by_role("row", name="name")).to_contain_text("Claude of Bo")
    expect(shown.get_by_role("row", name="description")).to_contain_text("by command")
    expect(shown.get_by_role("row", name="description")).to_contain_text("by page")
    text = site.settings.read_text()
    assert "by command" in text, "nothing is lost"
    assert "by page" not in text
    tab.get_by_label("Name", exact=True).fill("Claude of Bo")
    save(tab)  # looked at, and decided
    text = site.settings.read_text()
    assert "by page" in text
    assert "Claude of Bo" in text
    assert "# A comment that stays." in text
    assert "# Bo was here" in text


def test_a_file_that_is_read_only_here_says_so_and_offers_nothing_to_change(open_site: Opening) -> None:
    site, tab = open_site(FULL, read_only="it is deployed from git")
    expect(tab.get_by_role("note")).to_contain_text("it is deployed from git")
    for address in ("/credentials", "/credentials/claude", "/llm", "/llm/default"):
        tab.goto(site.origin + address)
        tab.locator("#app h1").wait_for()
        buttons = set(tab.get_by_role("button").all_inner_texts())
        assert not buttons & {"Save", "Delete…", "Disable", "Test", "Delete this config"}
        assert not tab.get_by_role("link", name="Add").count()
    assert tab.locator("#app form input:enabled").count() == 0


def test_a_viewer_sees_and_changes_nothing(open_site: Opening) -> None:
    site, tab = open_site(FULL, role=Role.VIEWER)
    assert not tab.get_by_role("link", name="Add credential").count()
    tab.get_by_role("link", name="Claude").click()
    expect(tab.get_by_label("Name", exact=True)).to_be_disabled()
    assert set(tab.locator("#main button:visible:enabled").all_inner_texts()) == {"Where used (1)"}
    tab.goto(f"{site.origin}/new")
    expect(tab.locator("[data-problem]")).to_contain_text("needs the role editor")
    assert site.settings.read_text() == FULL


def test_an_editor_switches_to_the_platforms_key_and_destroys_nothing(open_site: Opening, tmp_path: Path) -> None:
    site, tab = open_site(site=full_site(tmp_path), role=Role.EDITOR)
    tab.get_by_role("link", name="Claude").click()
    tab.get_by_label("Platform key").check()
    expect(tab.locator("#own_key option")).to_have_text(["is kept, for the way back"])
    tab.locator("#own_key option").evaluate("each => each.value = 'destroy'")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator("[data-problem]")).to_contain_text("needs the role admin")
    with site.vault() as vault:
        assert vault.value("claude", "token").reveal() == SECRET


def test_the_list_says_which_credentials_need_their_secret(open_site: Opening, tmp_path: Path) -> None:
    _, tab = open_site(site=full_site(tmp_path))
    expect(tab.get_by_role("row", name="Spare")).to_contain_text("Needs setup")
    expect(tab.get_by_role("row", name="Claude")).to_contain_text("Untested")
    expect(tab.get_by_role("row", name="Claude")).to_contain_text("just now")


def test_credits_are_shown_where_there_are_some(open_site: Opening, tmp_path: Path) -> None:
    _, tab = open_site(site=full_site(tmp_path))
    tab.get_by_role("link", name="Credits").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Credits of acme")
    expect(tab.locator(".figures")).to_contain_text("21.7")
    expect(tab.get_by_role("img")).to_be_visible()
    expect(tab.locator("#main")).to_contain_text("monthly")
    expect(tab.locator("#main")).to_contain_text("nightly")


def test_where_nobody_gives_credits_there_is_no_such_tab(open_site: Opening) -> None:
    site, tab = open_site(FULL)
    assert not tab.get_by_role("link", name="Credits").count()
    tab.goto(f"{site.origin}/credits")
    expect(tab.locator("[data-problem]")).to_contain_text("no credits")


def test_backends_say_how_they_are_and_what_they_keep(open_site: Opening, tmp_path: Path) -> None:
    _, tab = open_site(site=full_site(tmp_path))
    tab.get_by_role("link", name="Backends").click()
    expect(tab.get_by_role("status").filter(has_text="Usable")).to_be_visible()
    tab.get_by_text("Keeps the secrets of 5 credentials").click()
    tab.get_by_role("link", name="Outgoing mail").click()
    expect(tab.get_by_text("Stored: username, password")).to_be_visible()


def test_a_used_login_code_is_refused_and_said(open_site: Opening) -> None:
    site, tab = open_site(FULL)
    tab.get_by_role("button", name="Log out").click()
    tab.get_by_label("Login code").fill("wrong")
    tab.get_by_role("button", name="Log in").click()
    expect(tab.get_by_role("alert")).to_contain_text("wrong, used, or older")
    tab.get_by_label("Login code").fill(site.address)
    tab.get_by_role("button", name="Log in").click()
    expect(tab.get_by_role("heading", level=1, name="Credentials")).to_be_visible()
    assert "code" not in tab.url
