"""``store accept`` and ``store marks``: an older state that is meant, and what a new machine should know."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .people import Person


@pytest.fixture
def rolled_back(ana: Person) -> Person:
    """Ana's store with a secret that is older than what her machine has seen, and one that is gone."""
    ana.set("openai", "old")
    older = ana.file("openai").read_bytes()
    ana.set("openai", "new")
    ana.set("github", "gh")
    ana.file("openai").write_bytes(older)
    ana.file("github").unlink()
    return ana


def test_only_what_was_named_is_accepted(rolled_back: Person) -> None:
    refused = rolled_back.try_("get", "openai")
    assert refused.status == 8
    assert "openai: this machine has seen generation 2, and the store holds 1" in refused.err

    done = rolled_back.process("store", "accept", "openai")

    assert done.status == 0
    assert "openai: generation 1 is accepted over 2" in done.err
    assert rolled_back.get("openai") == "old"
    assert rolled_back.generation("openai") == 3
    assert rolled_back.try_("get", "github").status == 8


def test_a_missing_file_becomes_a_deleted_secret(rolled_back: Person) -> None:
    done = rolled_back("store", "accept", "github", "--json")
    assert done.json["accepted"] == [{"path": "github", "seen": 1, "found": 0, "live": False}]
    assert rolled_back.try_("get", "github").status == 3
    assert "type=deleted" in rolled_back.file("github").read_text()


def test_all_of_it_is_accepted_after_a_yes(rolled_back: Person) -> None:
    assert rolled_back.try_("store", "accept", "--all").status == 2
    assert rolled_back.try_("get", "openai").status == 8

    done = rolled_back("store", "accept", "--all", "--yes", "--json")

    assert [each["path"] for each in done.json["accepted"]] == ["github", "openai"]
    assert rolled_back("store", "verify").status == 0


def test_what_is_new_is_left_alone(ana: Person) -> None:
    ana.set("openai", "sk-1")
    before = ana.file("openai").read_bytes()
    assert "nothing was changed" in ana("store", "accept", "openai", "github").err
    assert "nothing was changed" in ana("store", "accept", "--all", "--yes").err
    assert ana.file("openai").read_bytes() == before


@pytest.mark.parametrize("words", [(), ("openai", "--all"), ("../header",), ("Open AI",)])
def test_it_must_be_said_what_is_accepted(rolled_back: Person, words: tuple[str, ...]) -> None:
    assert rolled_back.try_("store", "accept", *words).status == 2


def test_a_new_machine_that_was_told_what_another_has_seen_refuses_an_older_state(
    repository: Person, cloned: Callable[..., Person], tmp_path: Path
) -> None:
    older = repository.git("rev-parse", "HEAD").strip()
    repository.set("openai", "sk-2")
    repository.commit("a newer key")
    marks = tmp_path / "marks.json"
    assert repository.process("store", "marks", "export", str(marks)).status == 0
    assert "sk-2" not in marks.read_text()

    ben = cloned("ben")
    ben.git("checkout", "-q", older)
    assert ben.process("store", "marks", "import", str(marks), "--json").json["paths"] == 1

    done = ben.try_("get", "openai")
    assert done.status == 8
    assert "has seen generation 2, and the store holds 1" in done.err
    assert "new to this machine" not in done.err
    ben.git("checkout", "-q", "main")
    assert ben.get("openai") == "sk-2"


def test_marks_go_through_a_pipe(repository: Person, cloned: Callable[..., Person]) -> None:
    text = repository("store", "marks", "export", "-").out
    assert "took over the marks of 1 paths" in cloned("ben")("store", "marks", "import", "-", stdin=text).err


@pytest.mark.parametrize("text", ["", "{}", '{"format": "orqo-vault-marks/1"}', "\xff\x00", "[" * 100000])
def test_what_is_no_export_is_refused(ana: Person, text: str) -> None:
    ana.set("openai", "1")
    done = ana.try_("store", "marks", "import", "-", stdin=text)
    assert done.status == 6
    assert "internal error" not in done.err


def test_marks_of_another_store_are_refused(ana: Person) -> None:
    ana.set("openai", "1")
    text = ana("store", "marks", "export", "-").out
    shutil.rmtree(ana.folder)
    ana("store", "init", "--yes")
    assert "not marks of the store" in ana.try_("store", "marks", "import", "-", stdin=text).err


def test_a_failed_export_leaves_what_was_there(ana: Person) -> None:
    file = ana.project / "marks.json"
    file.write_text("precious")
    assert ana.try_("store", "marks", "export", str(file)).status == 6
    assert file.read_text() == "precious"
