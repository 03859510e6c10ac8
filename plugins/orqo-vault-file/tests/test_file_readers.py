"""Readers while others change the store: never half a secret, never a false alarm."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from orqo_vault_file.disk import patience
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.slots import Opener
from orqo_vault_file.upkeep import rotation

from orqo_vault.errors import CorruptSecretError, OrqoVaultError

from .machines import Machine, at, soon


def watched(machine: Machine, change: Callable[[], object], readers: int = 4) -> list[Exception]:
    """Read all the time, with kept and with fresh backends, while ``change`` runs; return what went wrong."""
    stop = threading.Event()
    wrong: list[Exception] = []

    def read() -> None:
        kept = machine.backend()
        while not stop.is_set() and not wrong:
            for backend in (kept, machine.backend()):
                try:
                    found = backend.read_many([at("mail"), at("crm")], deadline=soon())
                    assert [one.secret["token"].reveal()[0] for one in found.values()] == ["m", "c"]
                except Exception as error:
                    wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    try:
        change()
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    return wrong


@pytest.fixture
def store(machine: Machine) -> Machine:
    machine.write("mail", token="m")
    machine.write("crm", token="c")
    return machine


def test_nobody_notices_a_writer(store: Machine) -> None:
    assert watched(store, lambda: [store.write("mail", token=f"m{turn}") for turn in range(30)]) == []


def test_nobody_notices_a_rotation(store: Machine) -> None:
    assert watched(store, lambda: [rotation.rotate_now(store.store, soon()) for _ in range(6)]) == []


def test_nobody_notices_the_removal_of_a_slot(store: Machine) -> None:
    def change() -> None:
        for turn in range(4):
            slot_changes.add_slot(store.store, Opener(slots.KEY_FILE, keys.new_key(), f"leaver-{turn}"), soon())
            slot_changes.remove_slot(store.store, f"leaver-{turn}", soon())

    assert watched(store, change) == []


def test_nobody_notices_that_git_writes_files_in_place_and_one_by_one(store: Machine, tmp_path: Path) -> None:
    """As a checkout of a newer commit does: a secret may be there before its epoch, and half of it before the rest."""
    newer = tmp_path / "newer"
    for turn in range(8):
        before = tmp_path / f"before-{turn}"
        shutil.copytree(store.folder, before)
        rotation.rotate(store.store, soon())
        store.write("mail", token=f"m{turn}")
        shutil.rmtree(newer, ignore_errors=True)
        shutil.move(store.folder, newer)
        shutil.move(before, store.folder)
        store.forget_marks()

        wrong = watched(store, lambda: _checkout(newer, store.folder), readers=2)

        assert wrong == []


def _checkout(source: Path, target: Path) -> None:
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        place = target / file.relative_to(source)
        if place.name != ".lock" and (not place.exists() or place.read_bytes() != file.read_bytes()):
            place.unlink(missing_ok=True)
            data = file.read_bytes()
            with place.open("wb", buffering=0) as written:
                written.write(data[:100])
                os.sched_yield()
                written.write(data[100:])


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens in the pauses between two looks of a reader, one after the other, instead of time passing."""
    happening: list[Callable[[], object]] = []

    def pause(seconds: float) -> None:
        if happening:
            happening.pop(0)()

    monkeypatch.setattr(patience.time, "sleep", pause)
    return happening


def test_a_file_that_is_being_written_is_waited_for(store: Machine, looks: list[Callable[[], object]]) -> None:
    data = store.file("mail").read_bytes()
    store.file("mail").write_bytes(b"")
    looks += [
        lambda: store.file("mail").write_bytes(data[:10]),
        lambda: None,
        lambda: store.file("mail").write_bytes(data[:-1]),
        lambda: store.file("mail").unlink(),
        lambda: None,
        lambda: store.file("mail").write_bytes(data),
    ]

    assert store.read("mail") == {"token": "m"}
    assert looks == []


@pytest.mark.parametrize("rollback", ["refuse", "warn"])
def test_a_file_that_is_missing_for_a_moment_is_not_absent(
    store: Machine, looks: list[Callable[[], object]], rollback: Literal["refuse", "warn"]
) -> None:
    data = store.file("mail").read_bytes()
    store.file("mail").unlink()
    store.rollback, store.said = rollback, []
    looks += [lambda: None, lambda: store.file("mail").write_bytes(data)]

    assert store.read("mail") == {"token": "m"}
    assert store.said == []


def test_an_epoch_that_is_still_to_come_is_waited_for(store: Machine, looks: list[Callable[[], object]]) -> None:
    first = next((store.folder / "epochs").iterdir())
    rotation.rotate(store.store, soon())
    store.write("mail", token="m2")
    second = next(path for path in (store.folder / "epochs").iterdir() if path != first)
    data = second.read_bytes()
    second.unlink()
    store.forget_marks()
    looks += [lambda: None, lambda: None, lambda: second.write_bytes(data[:5]), lambda: second.write_bytes(data)]

    assert store.read("mail") == {"token": "m2"}


@pytest.mark.parametrize(
    ("change", "pauses"),
    [(lambda data: data.replace(b"generation=1", b"generation=2"), 1), (lambda data: data[:-1], patience.TRIES - 1)],
    ids=["a whole file with a broken seal", "a file that stays cut"],
)
def test_what_does_not_change_is_reported_soon(
    store: Machine, monkeypatch: pytest.MonkeyPatch, change: Callable[[bytes], bytes], pauses: int
) -> None:
    store.file("mail").write_bytes(change(store.file("mail").read_bytes()))
    slept: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", slept.append)

    with pytest.raises(CorruptSecretError):
        store.read("mail")

    assert len(slept) == pauses


def test_an_absent_secret_is_not_waited_for(store: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", slept.append)

    assert store.read("never") is None
    assert slept == []


def test_only_what_failed_is_read_again(store: Machine, looks: list[Callable[[], object]]) -> None:
    data = store.file("mail").read_bytes()
    store.file("mail").write_bytes(data[:20])
    looks.append(lambda: (store.file("mail").write_bytes(data), store.file("crm").write_bytes(b"too late to matter")))
    backend = store.backend()

    found = backend.read_many([at("crm"), at("mail")], deadline=soon())

    assert {str(reference) for reference in found} == {"crm", "mail"}


def test_a_batch_names_everything_that_failed(store: Machine) -> None:
    for path in ("mail", "crm"):
        store.file(path).write_bytes(b"garbage")
    store.write("fine")

    with pytest.raises(OrqoVaultError) as caught:
        store.backend().read_many([at("mail"), at("fine"), at("crm")], deadline=soon())

    assert set(caught.value.paths) == {"mail", "crm"}


def test_reading_needs_no_permission_to_write(store: Machine) -> None:
    before = {path: path.stat().st_mtime_ns for path in store.folder.rglob("*")}
    (store.folder / ".lock").unlink()
    before.pop(store.folder / ".lock")

    assert store.read("mail") == {"token": "m"}

    after = {path: path.stat().st_mtime_ns for path in store.folder.rglob("*")}
    assert after == before


def test_reading_ten_looks_at_no_other_file(store: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """So ten of a hundred thousand cost what ten of a hundred cost."""
    for number in range(30):
        store.write(f"other-{number}")
    listed: list[int] = []
    opened: list[object] = []
    listdir, open_file = os.listdir, os.open

    def noting_listdir(fd: int) -> list[str]:
        found = listdir(fd)
        listed.append(len(found))
        return found

    def noting_open(path: str, flags: int, *rest: int, **more: int) -> int:
        opened.append(path)
        return open_file(path, flags, *rest, **more)

    monkeypatch.setattr(os, "listdir", noting_listdir)
    monkeypatch.setattr(os, "open", noting_open)
    found = store.backend().read_many([at("mail"), at("crm")], deadline=soon())

    assert len(found) == 2
    assert max(listed) == 1
    assert [name for name in opened if str(name).endswith(".sealed")] == ["c-mail.sealed", "c-crm.sealed"]
    assert len(opened) < 30
