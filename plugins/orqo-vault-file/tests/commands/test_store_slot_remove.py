"""``store slot remove``: what will happen is shown, asked and done; who stays stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from .people import Person, ended

PHRASE = "correct horse battery"


@pytest.fixture
def team(ana: Person) -> Person:
    """Ana's store, which Ben and the CI can open with a key of their own."""
    ana.set("openai", "sk-1")
    ana.set("github", "gh-1")
    ana("store", "slot", "add", "--key-file", str(ana.home / "ben.key"), "--label", "ben")
    ana("store", "slot", "add", "--key-file", str(ana.home / "ci.key"), "--label", "ci")
    return ana


def labels(person: Person) -> set[str]:
    return {slot["label"] for slot in person("store", "slot", "list", "--json").json["slots"]}


def opens(team: Person, tmp_path: Path, key: str) -> bool:
    someone = Person(key, tmp_path / "machines" / key, team.project)
    return someone.try_("get", "openai", ORQO_VAULT_KEY_FILE=str(team.home / f"{key}.key")).status == 0


def test_a_removed_key_opens_nothing_and_the_others_stay(team: Person, tmp_path: Path) -> None:
    assert opens(team, tmp_path, "ben")

    ci = str(team.home / "ci.key")
    done = team.process("store", "slot", "remove", "ben", "--key-file", ci, "--yes", "--json")

    assert done.status == 0
    assert done.json["sealed_again"] == 2
    assert done.json["dropped"] == []
    assert labels(team) == {"ana", "ci"}
    assert not opens(team, tmp_path / "later", "ben")
    assert opens(team, tmp_path, "ci")
    assert (team.get("openai"), team.get("github")) == ("sk-1", "gh-1")


def test_the_user_is_told_to_change_the_secrets_themselves(team: Person) -> None:
    done = team("-q", "store", "slot", "remove", "ben", "--yes", "--drop-others")
    assert "change the secrets themselves" in done.err
    assert "github, openai" in done.err
    assert "sk-1" not in done.err


def test_who_cannot_stay_is_shown_and_goes_only_when_that_is_confirmed(team: Person) -> None:
    done = team.try_("store", "slot", "remove", "ben", "--yes")

    assert done.status == 6
    assert "'ci': its key is not here" in done.err
    assert "--drop-others" in done.err
    assert labels(team) == {"ana", "ben", "ci"}

    team("store", "slot", "remove", "ben", "--yes", "--drop-others")
    assert labels(team) == {"ana"}


def test_without_a_terminal_removing_needs_a_yes(team: Person) -> None:
    done = team.try_("store", "slot", "remove", "ben", "ci")
    assert done.status == 2
    assert "--yes" in done.err
    assert labels(team) == {"ana", "ben", "ci"}


@pytest.mark.parametrize(("answer", "left"), [("n", {"ana", "ben", "ci"}), ("y", {"ana"})])
def test_at_a_terminal_the_answer_decides(team: Person, answer: str, left: set[str]) -> None:
    session = team.terminal("store", "slot", "remove", "ben")
    session.expect("removes key file .{4} 'ben'.*keeps   key file .{4} 'ana'.*drops   key file .{4} 'ci'")
    session.expect("seal everything again")
    session.sendline(answer)
    assert ended(session) == (0 if answer == "y" else 1)
    assert labels(team) == left


def test_several_go_at_once(team: Person) -> None:
    done = team("store", "slot", "remove", "ben", "ci", "--yes", "--json")
    assert len(done.json["removed"]) == 2
    assert done.json["dropped"] == []
    assert done.json["sealed_again"] == 2
    assert labels(team) == {"ana"}


def test_a_passphrase_that_stays_is_presented(team: Person) -> None:
    file = team.home / "phrase"
    file.touch(0o600)
    file.write_text(PHRASE)
    team("store", "slot", "add", "--passphrase-file", str(file), "--label", "ops")

    team("store", "slot", "remove", "ben", "ci", "--passphrase-file", str(file), "--yes")

    assert labels(team) == {"ana", "ops"}


def test_the_last_one_cannot_be_removed(team: Person) -> None:
    done = team.try_("store", "slot", "remove", "ana", "--yes", "--drop-others")
    assert done.status == 6
    assert "leave nobody here who can open the store" in done.err
    assert labels(team) == {"ana", "ben", "ci"}


def test_a_name_that_fits_none_lists_them(team: Person) -> None:
    done = team.try_("store", "slot", "remove", "eve", "--yes")
    assert done.status == 6
    assert "'eve' names no slot" in done.err
    assert "'ben'" in done.err
