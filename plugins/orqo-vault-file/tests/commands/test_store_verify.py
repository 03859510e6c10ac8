"""``store verify``: everything is opened, every problem is told, nothing is shown or changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .people import Person


def test_a_whole_store_is_ok(ana: Person) -> None:
    ana.set("openai", "sk-canary")
    ana.set("github", "gh-canary")
    ana("delete", "github", "--yes")

    done = ana.process("store", "verify")

    assert done.status == 0
    assert "ok: 1 secrets, 1 deleted, 1 epochs, 1 slots" in done.err
    assert "canary" not in done.out + done.err


def test_every_problem_is_told_with_its_hint(ana: Person) -> None:
    for name in ("openai", "github"):
        ana.set(name, "1")
        older = ana.file(name).read_bytes()
        ana.set(name, "2")
        ana.file(name).write_bytes(older)
    damaged = ana.file("github")
    damaged.write_bytes(damaged.read_bytes().replace(b"generation=1", b"generation=3"))
    (ana.folder / "c" / "notes.txt").write_text("x")

    done = ana.process("store", "verify", "--json")

    assert done.status == 8
    assert done.err == ""
    assert not done.json["ok"]
    assert {problem["code"]: problem["paths"] for problem in done.json["problems"]} == {
        "rolled_back": ["openai"],
        "tampered": [],
    }
    assert done.json["strays"] == ["notes.txt"]
    said = ana.try_("store", "verify").err
    assert "openai: this machine has seen generation 2, and the store holds 1" in said
    assert "hint: restore the newer store" in said
    assert "c-github.sealed was changed" in said


def test_verifying_raises_no_mark(ana: Person, tmp_path: Path) -> None:
    ana.set("openai", "1")
    other = Person("ben", tmp_path / "ben", ana.project, {"ORQO_VAULT_KEY": ana.key_file.read_text()})
    other("store", "verify")
    marks = [path for path in (other.home / ".local").rglob("*") if len(path.name) == 64]
    assert marks == []


def test_a_store_that_does_not_open_is_not_ok(ana: Person, tmp_path: Path) -> None:
    ana.set("openai", "1")
    assert Person("eve", tmp_path / "eve", ana.project).try_("store", "verify").status == 5


def test_no_store_is_not_ok(ana: Person) -> None:
    assert ana.try_("store", "verify").status == 6


@pytest.mark.parametrize(
    ("group", "commands"),
    [
        (("store",), {"init", "slot", "rotate", "accept", "merge", "marks", "verify", "prune"}),
        (("store", "slot"), {"list", "add", "remove"}),
        (("store", "marks"), {"export", "import"}),
    ],
)
def test_help_lists_every_command_in_whole_sentences(ana: Person, group: tuple[str, ...], commands: set[str]) -> None:
    lines = ana(*group, "--help").out.partition("Commands:\n")[2].splitlines()
    assert {line.split()[0] for line in lines} == commands
    assert all(line.endswith(".") and not line.endswith("...") for line in lines)


@pytest.mark.parametrize(
    "words",
    [
        ("init",),
        ("rotate",),
        ("verify",),
        ("prune",),
        ("slot", "list"),
        ("marks", "export", "f"),
        ("marks", "import", "-"),
    ],
)
def test_no_command_quotes_what_it_was_given_by_mistake(ana: Person, words: tuple[str, ...]) -> None:
    ana.set("openai", "1")
    done = ana.try_("store", *words, "sk-canary")
    assert done.status == 2
    assert "canary" not in done.err
