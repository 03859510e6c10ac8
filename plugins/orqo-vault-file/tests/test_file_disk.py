"""A failing disk: the old state or the new one, named as what it is, and the next write works."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_file.disk import files
from orqo_vault_file.upkeep import rotation

from orqo_vault.errors import AccessDeniedError, BackendError, CorruptSecretError

from .failing_os import FailingOs
from .machines import Machine, soon

ERRORS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EMFILE, errno.EDQUOT, errno.EACCES]
CHANGES: dict[str, tuple[Callable[[Machine], object], list[dict[str, str] | None]]] = {
    "first write": (lambda machine: machine.write("mail", token="new"), [None, {"token": "new"}]),
    "write": (lambda machine: machine.write("mail", token="new"), [{"token": "old"}, {"token": "new"}]),
    "delete": (lambda machine: machine.delete("mail"), [{"token": "old"}, None]),
    "rotate": (lambda machine: rotation.rotate(machine.store, soon()), [{"token": "old"}]),
    "read": (lambda machine: machine.read("mail"), [{"token": "old"}]),
}


def failed(change: Callable[[Machine], object], machine: Machine) -> BackendError | None:
    try:
        change(machine)
    except BackendError as error:
        return error
    return None


def _is_apt(error: BackendError, number: int) -> bool:
    denied = isinstance(error, AccessDeniedError)
    return not isinstance(error, CorruptSecretError) and denied == (number in (errno.EACCES, errno.EROFS))


@pytest.mark.parametrize("kind", CHANGES)
def test_whatever_call_fails_the_state_is_old_or_new_and_nothing_is_called_tampered(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    """The N-th call of one process, for every N; what the call was decides which of the errors it gets."""
    change, allowed = CHANGES[kind]
    machine.home.mkdir()
    if kind != "first write":
        machine.write("mail", token="old")
    start = [shutil.copytree(place, tmp_path / f"start-{place.name}") for place in (machine.project, machine.home)]
    for nth in range(500):
        for saved, place in zip(start, (machine.project, machine.home), strict=True):
            shutil.rmtree(place)
            shutil.copytree(saved, place)
        number = ERRORS[nth % len(ERRORS)]
        failing = FailingOs(nth, number)
        with monkeypatch.context() as patched:
            patched.setattr(files, "os", failing)
            error = failed(change, machine)
        assert error is None or _is_apt(error, number), (nth, error)
        assert machine.read("mail") in allowed, nth
        machine.write("mail", token="next")
        assert machine.read("mail") == {"token": "next"}, nth
        assert list((machine.folder / "c").glob(".tmp-*")) == []
        if not failing.reached:
            return
    pytest.fail("the change never ended")


def test_a_disk_that_takes_one_byte_at_a_time_gets_them_all(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(FailingOs):
        def write(self, fd: int, data: memoryview) -> int:
            return os.write(fd, data[:1])

    monkeypatch.setattr(files, "os", Slow())

    machine.write("mail", token="x")

    assert machine.read("mail") == {"token": "x"}


def test_a_write_is_on_disk_before_it_is_remembered_and_remembered_before_it_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.write("mail", token="old")
    watching = FailingOs(calls=("open", "write", "fsync", "rename"))
    monkeypatch.setattr(files, "os", watching)

    machine.write("mail", token="new")

    done = [(call, arguments[0] if call in ("open", "rename") else "") for call, arguments in watching.done]
    start = done.index(("open", ".tmp-c-mail.sealed"))
    (mark,) = machine.mark_files()
    after = [one for one in done[start:] if one[0] != "open"]
    assert after == [
        ("write", ""),
        ("fsync", ""),
        ("rename", ".tmp-c-mail.sealed"),
        ("fsync", ""),
        ("write", ""),
        ("fsync", ""),
        ("rename", f".tmp-{mark.name}"),
        ("fsync", ""),
    ]


def test_a_write_whose_last_flush_fails_is_said_to_be_uncertain(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.write("mail", token="old")

    class LastFlushFails(FailingOs):
        renamed = False

        def rename(self, *arguments: object, **more: int) -> None:
            os.rename(*arguments, **more)  # type: ignore[arg-type]  # handed through as it came
            self.renamed = True

        def fsync(self, fd: int) -> None:
            if self.renamed:
                raise OSError(errno.EIO, "")
            os.fsync(fd)

    with monkeypatch.context() as patched:
        patched.setattr(files, "os", LastFlushFails())
        with pytest.raises(BackendError, match="was written, but may not survive a power cut"):
            machine.write("mail", token="new")

    assert machine.read("mail") == {"token": "new"}


def test_an_error_names_the_file_and_the_reason(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.write("mail", token="old")

    class Full(FailingOs):
        def write(self, fd: int, data: memoryview) -> int:
            raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(files, "os", Full())
    with pytest.raises(BackendError) as caught:
        machine.write("mail", token="new")

    assert str(caught.value) == f"cannot write {machine.folder}/c/c-mail.sealed: no space left on device"
