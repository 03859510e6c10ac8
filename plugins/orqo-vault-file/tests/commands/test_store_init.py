"""``store init``: made once, where the settings say, never over something."""

from __future__ import annotations

import shutil
import stat

from .people import Person, ended


def test_init_makes_a_store_and_its_key_and_says_to_back_it_up(ana: Person) -> None:
    done = ana.process("store", "init")

    assert done.status == 0
    assert str(ana.key_file) in done.err
    assert "back this file up; without it the store is lost" in done.err
    assert stat.S_IMODE(ana.key_file.stat().st_mode) == 0o600
    assert (ana.folder / ".gitattributes").read_text() == "* -text -merge -diff\n"
    ana.set("openai", "sk-1")
    assert ana.get("openai") == "sk-1"


def test_the_settings_file_may_be_anywhere(ana: Person) -> None:
    elsewhere = ana.project / "deploy"
    elsewhere.mkdir()
    (ana.project / "orqo-vault.yaml").rename(elsewhere / "orqo-vault.yaml")

    done = ana("-c", "deploy/orqo-vault.yaml", "store", "init", "--json")

    assert done.json["directory"] == str(elsewhere / ".orqo-vault")
    assert done.json["made_key_file"] == str(ana.key_file)
    assert (elsewhere / ".orqo-vault" / "header").read_text().endswith(f"store {done.json['store']}\n")


def test_a_key_that_is_at_hand_opens_the_new_store(ana: Person) -> None:
    ana("store", "init")
    key = ana.key_file.read_text()
    shutil.rmtree(ana.project / ".orqo-vault")
    shutil.rmtree(ana.home / ".local")

    done = ana("store", "init", "--json", ORQO_VAULT_KEY=key)

    assert done.json["made_key_file"] is None
    assert [slot["kind"] for slot in ana("store", "slot", "list", "--json").json["slots"]] == ["environment"]


def test_a_store_that_is_there_is_not_touched(ana: Person) -> None:
    ana.set("openai", "sk-1")
    before = {path: path.read_bytes() for path in ana.folder.rglob("*") if path.is_file()}

    done = ana.try_("store", "init", "--yes")

    assert done.status == 6
    assert "holds a store already" in done.err
    assert {path: path.read_bytes() for path in ana.folder.rglob("*") if path.is_file()} == before


def test_a_store_that_was_here_and_is_gone_is_replaced_only_when_somebody_says_so(ana: Person) -> None:
    ana.set("openai", "sk-1")
    shutil.rmtree(ana.folder)

    refused = ana.try_("store", "init")
    assert refused.status == 2
    assert "has seen store" in refused.err
    assert not (ana.folder / "header").exists()

    assert ana("store", "init", "--yes").status == 0
    ana.set("openai", "sk-2")
    assert ana.get("openai") == "sk-2"


def test_at_a_terminal_the_question_is_asked(ana: Person) -> None:
    ana.set("openai", "sk-1")
    shutil.rmtree(ana.folder)
    session = ana.terminal("store", "init")
    session.expect("Make a new one")
    session.sendline("n")
    session.expect("nothing is changed")
    assert ended(session) == 1
    assert not (ana.folder / "header").exists()


def test_a_backend_that_is_only_read_gets_no_store(ana: Person) -> None:
    settings = ana.project / "orqo-vault.yaml"
    settings.write_text(settings.read_text().replace("path: .orqo-vault", "path: .orqo-vault, read_only: true"))

    done = ana.process("store", "init")

    assert done.status == 5
    assert "read_only" in done.err
    assert not ana.folder.exists()


def test_two_stores_are_told_apart_by_name(ana: Person) -> None:
    settings = ana.project / "orqo-vault.yaml"
    more = "backends:\n  other: {type: encrypted-file, path: .other}\n"
    settings.write_text(settings.read_text().replace("backends:\n", more))

    ana("store", "init", "--backend", "other")

    assert (ana.project / ".other" / "header").exists()
    assert not ana.folder.exists()
