"""Rotation: a new epoch is cheap, nothing is lost on the way, and what was required stays required."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_file.disk import files
from orqo_vault_file.store import Store
from orqo_vault_file.upkeep import rotation

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendError, CorruptSecretError, RolledBackError, TimedOutError

from .machines import Machine, altered, soon


def line(machine: Machine, path: str) -> dict[str, str]:
    words = machine.file(path).read_bytes().partition(b"\n")[0].decode().split(" ")[1:]
    return dict(word.split("=", 1) for word in words)


def test_a_rotation_touches_no_secret(machine: Machine) -> None:
    machine.write("mail", token="x")
    before = machine.file("mail").read_bytes()

    epoch = rotation.rotate(machine.store, soon())

    assert epoch.height == 2
    assert machine.file("mail").read_bytes() == before
    assert machine.read("mail") == {"token": "x"}
    assert machine.file("mail").read_bytes() == before


def test_the_next_write_uses_the_newest_epoch(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.write("crm", token="x")
    epoch = rotation.rotate(machine.store, soon())
    machine.write("mail", token="y")

    assert (line(machine, "mail")["epoch"], line(machine, "mail")["height"]) == (epoch.id, "2")
    assert line(machine, "crm")["height"] == "1"
    assert (machine.read("mail"), machine.read("crm")) == ({"token": "y"}, {"token": "x"})


def test_a_process_that_was_running_follows_a_rotation(machine: Machine, colleague: Machine) -> None:
    machine.write("mail", token="x")
    reader, writer = machine.backend(), colleague.backend()
    reference = reader.Reference(path="mail")
    reader.read(reference, deadline=soon())
    writer.read(reference, deadline=soon())

    for turn in range(3):
        rotation.rotate(machine.store, soon())
        stored = reader.read(reference, deadline=soon())
        assert stored is not None
        writer.write(
            reference, stored.secret.replace({"turn": str(turn)}), if_version=stored.version or "", deadline=soon()
        )
        assert line(machine, "mail")["height"] == str(turn + 2)


def test_of_two_epochs_with_one_height_the_greater_id_is_used_everywhere(machine: Machine, tmp_path: Path) -> None:
    """Two branches rotate; git merges both files."""
    machine.write("mail", token="x")
    shutil.copytree(machine.folder, tmp_path / "before")
    rotation.rotate(machine.store, soon())
    ours = {path.name: path.read_bytes() for path in (machine.folder / "epochs").iterdir()}
    shutil.rmtree(machine.folder)
    shutil.copytree(tmp_path / "before", machine.folder)
    machine.forget_marks()
    rotation.rotate(machine.store, soon())
    theirs = {path.name: path.read_bytes() for path in (machine.folder / "epochs").iterdir()}
    for name, data in ours.items():
        (machine.folder / "epochs" / name).write_bytes(data)

    machine.write("crm", token="y")

    newest = (set(ours) | set(theirs)) - (set(ours) & set(theirs))
    assert line(machine, "crm")["epoch"] == max(newest)
    assert machine.read("mail") == {"token": "x"}


def test_rotating_now_seals_everything_again(machine: Machine) -> None:
    for number in range(5):
        machine.write(f"mail-{number}", token=str(number))
    machine.write("gone")
    machine.delete("gone")

    assert rotation.rotate_now(machine.store, soon()) == 6

    assert {line(machine, f"mail-{number}")["height"] for number in range(5)} == {"2"}
    assert [machine.read(f"mail-{number}") for number in range(5)] == [{"token": str(number)} for number in range(5)]
    assert line(machine, "gone")["type"] == "deleted"
    assert machine.read("gone") is None


def test_after_rotating_now_this_machine_refuses_what_was_sealed_before(machine: Machine, colleague: Machine) -> None:
    """Also under a greater generation: whoever kept the old root key can forge that."""
    machine.write("mail", token="x")
    forged_path = machine.file("mail")
    colleague.write("mail", token="y")
    colleague.write("mail", token="z")
    newer_generation_older_epoch = forged_path.read_bytes()
    forged_path.unlink()
    colleague.forget_marks()
    machine.forget_marks()
    machine.write("mail", token="x")
    rotation.rotate_now(machine.store, soon())
    forged_path.write_bytes(newer_generation_older_epoch)

    with pytest.raises(RolledBackError, match="sealed at height 1, and this machine requires 2"):
        machine.read("mail")
    assert colleague.read("mail") == {"token": "z"}


def test_an_interrupted_rotation_leaves_everything_readable_and_goes_on(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        machine.write(f"mail-{number}", token=str(number))
    done = []

    def stop(store: Store, visit: object, path: str, *rest: object) -> bool:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(path)
        return reseal(store, visit, path, *rest)  # type: ignore[arg-type]  # handed through as it came

    reseal = rotation._reseal
    with monkeypatch.context() as patched:
        patched.setattr(rotation, "_reseal", stop)
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate_now(machine.store, soon())
    heights = [line(machine, f"mail-{number}")["height"] for number in range(6)]
    assert sorted(heights) == ["1"] * 3 + ["2"] * 3
    assert [machine.read(f"mail-{number}") for number in range(6)] == [{"token": str(number)} for number in range(6)]

    assert rotation.rotate_now(machine.store, soon()) == 3

    assert {line(machine, f"mail-{number}")["height"] for number in range(6)} == {"2"}
    assert len(list((machine.folder / "epochs").iterdir())) == 2
    assert not (machine.folder / rotation.UNDER_WAY).exists()
    assert rotation.rotate_now(machine.store, soon()) == 6


class PassesAfter(Deadline):
    """Passes when it has been looked at so many times."""

    __slots__ = ("looks",)

    def __init__(self, looks: int) -> None:
        super().__init__(60)
        self.looks = looks

    @property
    def passed(self) -> bool:
        self.looks -= 1
        return self.looks < 0


@pytest.mark.parametrize("looks", range(8))
def test_a_rotation_that_runs_out_of_time_can_be_gone_on_with(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 1)
    for number in range(3):
        machine.write(f"mail-{number}", token="x")

    with pytest.raises(TimedOutError):
        rotation.rotate_now(machine.store, PassesAfter(looks))

    rotation.rotate_now(machine.store, soon())
    assert {line(machine, f"mail-{number}")["height"] for number in range(3)} == {"2"}


def test_a_rotation_during_a_rotation_makes_nothing_unreadable(
    machine: Machine, colleague: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 1)
    for number in range(3):
        machine.write(f"mail-{number}", token="x")

    def meanwhile(done: int, of: int) -> None:
        rotation.rotate(colleague.store, soon())

    rotation.rotate_now(machine.store, soon(), progress=meanwhile)

    assert [machine.read(f"mail-{number}") for number in range(3)] == [{"token": "x"}] * 3


def test_what_cannot_be_sealed_again_is_named_and_the_rest_is_done(machine: Machine) -> None:
    for path in ("a", "b", "c"):
        machine.write(path, token=path)
    altered(machine.file("b"), "generation=1 ", "generation=2 ")

    with pytest.raises(CorruptSecretError, match=r"c-b\.sealed"):
        rotation.rotate_now(machine.store, soon())

    assert (line(machine, "a")["height"], line(machine, "c")["height"]) == ("2", "2")
    machine.write("b", token="b")
    assert rotation.rotate_now(machine.store, soon()) == 0
    assert machine.read("a") == {"token": "a"}


def test_something_older_is_not_made_new_by_rotating(machine: Machine) -> None:
    machine.write("mail", token="old")
    old = machine.file("mail").read_bytes()
    machine.write("mail", token="new")
    machine.file("mail").write_bytes(old)

    with pytest.raises(RolledBackError):
        rotation.rotate_now(machine.store, soon())

    assert machine.file("mail").read_bytes() == old


def test_rotating_sweeps_what_dead_writers_left(machine: Machine) -> None:
    machine.write("mail")
    (machine.folder / "c" / ".tmp-c-dead.sealed").write_bytes(b"half a file")

    rotation.rotate_now(machine.store, soon())

    assert [path.name for path in (machine.folder / "c").iterdir()] == ["c-mail.sealed"]


def test_an_epoch_is_on_disk_before_anything_is_sealed_under_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An epoch that came with a checkout was never flushed by anybody."""
    machine.write("mail")
    done: list[tuple[str, str]] = []
    sync, replace = files.Folder.sync, files.Folder.replace

    def noting_sync(self: files.Folder, doing: str, name: str | None = None) -> None:
        done.append(("sync", f"{Path(self.shown).name}/{name}"))
        sync(self, doing, name)

    def noting_replace(self: files.Folder, name: str, data: bytes, *, durable: bool = True) -> None:
        done.append(("replace", f"{Path(self.shown).name}/{name}"))
        replace(self, name, data, durable=durable)

    monkeypatch.setattr(files.Folder, "sync", noting_sync)
    monkeypatch.setattr(files.Folder, "replace", noting_replace)
    machine.write("crm")

    (epoch,) = (machine.folder / "epochs").iterdir()
    assert done.index(("sync", f"epochs/{epoch.name}")) < done.index(("replace", "c/c-crm.sealed"))


@pytest.mark.parametrize("how", ["cut", "emptied", "flipped", "renamed", "swapped"])
def test_a_changed_epoch_is_noticed(machine: Machine, how: str) -> None:
    machine.write("mail", token="x")
    first = next((machine.folder / "epochs").iterdir())
    rotation.rotate(machine.store, soon())
    machine.write("mail", token="y")
    second = next(path for path in (machine.folder / "epochs").iterdir() if path != first)
    data = second.read_bytes()
    changes: dict[str, Callable[[], object]] = {
        "cut": lambda: second.write_bytes(data[:-20]),
        "emptied": lambda: second.write_bytes(b""),
        "flipped": lambda: second.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]),
        "renamed": lambda: second.rename(second.with_name("0123456789abcdef")),
        "swapped": lambda: second.write_bytes(first.read_bytes()),
    }
    changes[how]()
    words = second.name if how in ("cut", "emptied", "flipped") else "another epoch's or another store's file"

    with pytest.raises(CorruptSecretError, match=words):
        machine.read("mail")
    with pytest.raises(CorruptSecretError):
        machine.write("crm")


def test_a_store_without_epochs_is_corrupt(machine: Machine) -> None:
    machine.write("mail")
    shutil.rmtree(machine.folder / "epochs")

    with pytest.raises(CorruptSecretError, match="holds no epoch"):
        machine.read("mail")


def test_there_is_nothing_to_rotate_without_a_store(machine: Machine) -> None:
    with pytest.raises(BackendError, match="holds no store"):
        rotation.rotate(machine.store, soon())
    assert not machine.folder.exists()
