"""``store rotate`` and ``store prune``: new keys for what is stored, and the way back to few of them."""

from __future__ import annotations

import pytest

from .people import Person, ended


def heights(person: Person) -> dict[str, int]:
    lines = [file.read_text().partition("\n")[0] for file in (person.folder / "c").iterdir()]
    words = [dict(word.split("=", 1) for word in line.split()[1:]) for line in lines]
    return {each["path"]: int(each["height"]) for each in words}


def epochs(person: Person) -> set[str]:
    return {file.name for file in (person.folder / "epochs").iterdir()}


@pytest.fixture
def filled(ana: Person) -> Person:
    ana.set("openai", "sk-1")
    ana.set("github", "gh-1")
    return ana


def test_a_rotation_counts_from_the_next_write(filled: Person) -> None:
    done = filled.process("store", "rotate")

    assert done.status == 0
    assert "height 2" in done.err
    assert heights(filled) == {"openai": 1, "github": 1}
    filled.set("github", "gh-2")
    assert heights(filled) == {"openai": 1, "github": 2}
    assert (filled.get("openai"), filled.get("github")) == ("sk-1", "gh-2")


def test_rotating_now_seals_all_of_it(filled: Person) -> None:
    assert filled.process("store", "rotate", "--now", "--json").json["sealed_again"] == 2
    assert heights(filled) == {"openai": 2, "github": 2}
    assert (filled.get("openai"), filled.get("github")) == ("sk-1", "gh-1")


def test_a_person_who_waits_is_told_how_far_it_is(filled: Person) -> None:
    filled.declare(101)
    for number in range(101):
        filled.set(f"c{number}", "x")
    session = filled.terminal("store", "rotate", "--now")
    session.expect("sealing again: 40 %, 50 of 103")
    session.expect("103 sealed again")
    assert ended(session) == 0


def test_there_is_nothing_to_rotate_without_a_store(ana: Person) -> None:
    done = ana.try_("store", "rotate")
    assert done.status == 6
    assert "orqo-vault store init" in done.err


def test_pruning_drops_what_no_secret_uses_and_warns_of_branches(filled: Person) -> None:
    before = epochs(filled)
    filled("store", "rotate", "--now")
    filled("store", "rotate")

    done = filled.process("store", "prune", "--yes", "--json")

    assert set(done.json["dropped"]) == before
    assert "branch" in done.err
    assert len(epochs(filled)) == 2
    assert (filled.get("openai"), filled.get("github")) == ("sk-1", "gh-1")
    filled.set("openai", "sk-2")
    assert filled.get("openai") == "sk-2"


def test_pruning_asks_first(filled: Person) -> None:
    filled("store", "rotate", "--now")
    before = epochs(filled)
    assert filled.try_("store", "prune").status == 2
    assert epochs(filled) == before


def test_pruning_leaves_what_is_used(filled: Person) -> None:
    filled("store", "rotate")
    filled.set("github", "gh-2")
    done = filled("store", "prune", "--yes")
    assert "every epoch is in use" in done.err
    assert len(epochs(filled)) == 2


def test_nothing_is_pruned_from_a_store_that_does_not_open_whole(filled: Person) -> None:
    filled("store", "rotate", "--now")
    before = epochs(filled)
    damaged = filled.file("openai")
    damaged.write_bytes(damaged.read_bytes()[:-20])

    done = filled.try_("store", "prune", "--yes")

    assert done.status == 8
    assert "c-openai.sealed" in done.err
    assert epochs(filled) == before
