"""A fresh clone: what opens it, what is said when nothing does, and what it trusts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .people import SETTINGS, Person


@pytest.fixture
def stranger(cloned: Callable[..., Person]) -> Person:
    """Ben, who was given no key."""
    return cloned("ben", key=None)


def test_without_a_key_slots_and_places_are_named(stranger: Person) -> None:
    for words in (("get", "openai"), ("run", "--", "true"), ("store", "rotate")):
        done = stranger.process(*words)
        assert done.status == (125 if words[0] == "run" else 5)
        assert "is locked: its only slot (key file" in done.err
        assert "'ana') does not open here; looked at ORQO_VAULT_KEY (not set), " in done.err
        assert f"{stranger.home}/.config/orqo-vault/keys/" in done.err
        assert "(no such file)" in done.err
        assert "ask somebody who can open it to add a slot for you" in done.err


def test_a_clone_without_a_key_gets_neither_a_key_nor_a_store(stranger: Person) -> None:
    before = stranger.git("status", "--porcelain")
    assert stranger.try_("set", "openai", stdin="mine").status == 5
    assert stranger.try_("store", "init", "--yes").status == 6
    assert stranger.git("status", "--porcelain") == before
    assert not (stranger.home / ".config/orqo-vault/keys").exists()


def test_the_key_of_another_store_is_told_apart(stranger: Person, tmp_path: Path) -> None:
    other = Person("eve", tmp_path / "eve", tmp_path / "elsewhere")
    other.project.mkdir()
    (other.project / "orqo-vault.yaml").write_text(SETTINGS)
    other.set("openai", "x")

    done = stranger.try_("get", "openai", ORQO_VAULT_KEY_FILE=str(other.key_file))

    assert done.status == 5
    assert f"ORQO_VAULT_KEY_FILE={other.key_file} (holds a key that opens no slot here)" in done.err
    assert "belongs to another store" in done.err


def test_a_key_file_that_others_can_read_is_told_apart(repository: Person, stranger: Person) -> None:
    file = stranger.home / "given.key"
    file.write_bytes(repository.key_file.read_bytes())
    file.chmod(0o644)

    done = stranger.try_("get", "openai", ORQO_VAULT_KEY_FILE=str(file))

    assert done.status == 5
    assert "can be read or changed by others" in done.err
    assert f"chmod 600 {file}" in done.err
    file.chmod(0o600)
    assert stranger("get", "openai", ORQO_VAULT_KEY_FILE=str(file)).out == "sk-1"


def test_a_mistyped_key_is_told_apart_and_not_shown(repository: Person, stranger: Person) -> None:
    magic, text, checksum = repository.key_file.read_text().splitlines()[-1].split(":")
    text = ("B" if text.startswith("A") else "A") + text[1:]

    done = stranger.try_("get", "openai", ORQO_VAULT_KEY=f"{magic}:{text}:{checksum}")

    assert done.status == 5
    assert "ORQO_VAULT_KEY (was mistyped or cut" in done.err
    assert text not in done.err


def test_a_fresh_clone_trusts_what_it_sees_and_says_so_once(cloned: Callable[..., Person]) -> None:
    ben = cloned("ben")
    first, second = ben.process("get", "openai"), ben.process("get", "openai")
    assert (first.out, second.out) == ("sk-1", "sk-1")
    assert "is new to this machine: its present state is trusted" in first.err
    assert second.err == ""


def test_what_a_clone_saw_once_it_expects(repository: Person, cloned: Callable[..., Person]) -> None:
    repository.set("openai", "sk-2")
    repository.commit("newer")
    ben = cloned("ben")
    assert ben.get("openai") == "sk-2"
    ben.git("reset", "-q", "--hard", "HEAD~1")
    assert ben.try_("get", "openai").status == 8


def test_the_run_gets_the_secret_and_never_the_key(cloned: Callable[..., Person]) -> None:
    ci = cloned("ci")
    done = ci.process("run", "--mask", "never", "--", "env")
    assert done.status == 0
    assert "OPENAI_API_KEY=sk-1" in done.out
    assert "ORQO_VAULT" not in done.out


def test_a_runner_may_have_a_home_that_cannot_be_written(cloned: Callable[..., Person]) -> None:
    ci = cloned("ci")
    done = ci.process("run", "--mask", "never", "--", "env", XDG_STATE_HOME="/proc/nowhere")
    assert done.status == 0
    assert "OPENAI_API_KEY=sk-1" in done.out
