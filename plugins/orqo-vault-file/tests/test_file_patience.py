"""A git that is at work gets the time it needs, wherever it keeps its index; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_file.disk import patience

from orqo_vault.errors import CorruptSecretError

from .machines import Machine


def own_repository(project: Path) -> Path:
    (project / ".git").mkdir()
    return project / ".git"


def worktree(project: Path) -> Path:
    index = project.parent / "main" / ".git" / "worktrees" / "project"
    index.mkdir(parents=True)
    (project / ".git").write_text(f"gitdir: {index}\n")
    return index


def submodule(project: Path) -> Path:
    index = project.parent / ".git" / "modules" / "project"
    index.mkdir(parents=True)
    (project / ".git").write_text("gitdir: ../.git/modules/project\n")
    return index


@pytest.mark.parametrize("layout", [own_repository, worktree, submodule])
def test_a_file_that_git_is_writing_slowly_is_waited_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, layout: Callable[[Path], Path]
) -> None:
    machine.write("mail", token="x")
    whole = machine.file("mail").read_bytes()
    lock = layout(machine.project) / "index.lock"
    lock.touch()
    machine.file("mail").write_bytes(whole[:20])
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 30:
            machine.file("mail").write_bytes(whole)
            lock.unlink()

    monkeypatch.setattr(patience.time, "sleep", pause)

    assert machine.read("mail") == {"token": "x"}
    assert len(pauses) == 30


@pytest.mark.parametrize(("locked", "most"), [(False, 10), (True, 60)])
def test_a_file_that_stays_cut_is_reported_in_the_end(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, locked: bool, most: int
) -> None:
    machine.write("mail", token="x")
    machine.file("mail").write_bytes(machine.file("mail").read_bytes()[:20])
    git = own_repository(machine.project)
    if locked:
        (git / "index.lock").touch()  # left by a git that died
    pauses: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", pauses.append)

    with pytest.raises(CorruptSecretError, match="cut short"):
        machine.read("mail")

    assert len(pauses) == most - 1
    assert sum(pauses) < 4


@pytest.mark.parametrize("content", ["", "gitdir: ", "gitdir: /no/such/place\n", "\0" * 100, "x" * 100_000])
def test_a_strange_git_file_is_no_reason_to_fail_otherwise(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    machine.write("mail", token="x")
    machine.file("mail").write_bytes(machine.file("mail").read_bytes()[:20])
    (machine.project / ".git").write_text(content)
    monkeypatch.setattr(patience.time, "sleep", lambda _: None)

    with pytest.raises(CorruptSecretError, match="cut short"):
        machine.read("mail")
