"""Marks: what this machine has seen, and what it says when the store holds something older."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_file.disk import files, locking
from orqo_vault_file.keys import key as keys
from orqo_vault_file.upkeep import rotation

from orqo_vault.backend import Expected
from orqo_vault.errors import BackendError, ConflictError, CorruptSecretError, RolledBackError

from .machines import Machine, altered, at, soon


def test_an_older_file_is_refused_with_both_generations(machine: Machine) -> None:
    machine.write("mail", token="old")
    old = machine.file("mail").read_bytes()
    machine.write("mail", token="new")
    machine.file("mail").write_bytes(old)

    with pytest.raises(RolledBackError) as caught:
        machine.read("mail")

    assert str(caught.value) == "mail: this machine has seen generation 2, and the store holds 1"
    assert caught.value.exit_code == 8
    assert caught.value.paths == ("mail",)
    assert caught.value.hint is not None
    assert "orqo-vault store accept mail" in caught.value.hint


def test_a_missing_file_without_a_tombstone_is_refused(machine: Machine) -> None:
    machine.write("mail")
    machine.file("mail").unlink()

    with pytest.raises(RolledBackError, match="seen generation 1, and now its file is missing"):
        machine.read("mail")
    with pytest.raises(RolledBackError):
        machine.write("mail", if_version=Expected.ABSENT)
    assert not machine.backend().check([at("mail")], deadline=soon()).usable


def test_an_emptied_folder_is_as_many_missing_files(machine: Machine) -> None:
    machine.write("mail")
    machine.write("crm")
    shutil.rmtree(machine.folder / "c")

    backend = machine.backend()
    with pytest.raises(RolledBackError) as caught:
        backend.read_many([at("mail"), at("crm"), at("never")], deadline=soon())

    assert set(caught.value.paths) == {"mail", "crm"}


def test_a_secret_back_from_the_dead_is_refused(machine: Machine) -> None:
    machine.write("mail", token="x")
    old = machine.file("mail").read_bytes()
    machine.delete("mail")
    machine.file("mail").write_bytes(old)

    with pytest.raises(RolledBackError):
        machine.read("mail")


def test_a_tombstone_that_vanished_is_absence_still(machine: Machine) -> None:
    machine.write("mail")
    machine.delete("mail")
    machine.file("mail").unlink()

    assert machine.read("mail") is None
    assert machine.write("mail", if_version=Expected.ABSENT).startswith("3:")


def test_a_generation_that_was_written_twice_is_a_conflict(machine: Machine, colleague: Machine) -> None:
    machine.write("mail", token="x")
    colleague.read("mail")
    before = machine.file("mail").read_bytes()
    machine.write("mail", token="from ana")
    ana = machine.file("mail").read_bytes()
    machine.file("mail").write_bytes(before)
    colleague.write("mail", token="from ben")
    machine.file("mail").write_bytes(ana)

    assert machine.read("mail") == {"token": "from ana"}
    with pytest.raises(ConflictError, match="generation 2 was written twice") as caught:
        colleague.read("mail")
    assert caught.value.exit_code == 9


def test_what_a_colleague_wrote_is_seen_and_remembered(machine: Machine, colleague: Machine) -> None:
    machine.write("mail", token="x")
    old = machine.file("mail").read_bytes()
    colleague.write("mail", token="y")

    assert machine.read("mail") == {"token": "y"}
    machine.file("mail").write_bytes(old)
    with pytest.raises(RolledBackError):
        machine.read("mail")


def test_a_machine_that_reads_first_trusts_and_says_so_once(machine: Machine, colleague: Machine) -> None:
    machine.write("mail", token="old")
    old = machine.file("mail").read_bytes()
    machine.write("mail", token="new")
    machine.file("mail").write_bytes(old)

    assert colleague.read("mail") == {"token": "old"}
    assert colleague.read("mail") == {"token": "old"}
    assert len(colleague.said) == 1
    assert "is new to this machine: its present state is trusted" in colleague.said[0]


def test_the_machine_that_makes_a_store_trusts_nothing(machine: Machine) -> None:
    machine.write("mail")
    machine.read("mail")

    assert [line for line in machine.said if "trusted" in line] == []


@pytest.mark.parametrize("forged", ["generation=9 ", "generation=9007199254740991 "])
def test_a_forged_generation_in_a_plain_line_raises_no_mark(machine: Machine, forged: str) -> None:
    machine.write("mail", token="x")
    good = machine.file("mail").read_bytes()
    altered(machine.file("mail"), "generation=1 ", forged)
    with pytest.raises(CorruptSecretError):
        machine.read("mail")

    machine.file("mail").write_bytes(good)

    assert machine.read("mail") == {"token": "x"}
    assert machine.write("mail", token="y").startswith("2:")


def test_a_forged_generation_counts_for_nothing_when_it_is_overwritten(machine: Machine) -> None:
    machine.write("mail", token="x")
    altered(machine.file("mail"), "generation=1 ", "generation=900 ")

    assert machine.write("mail", token="y").startswith("2:")


def test_a_write_over_something_older_ends_above_everything_seen(machine: Machine) -> None:
    for turn in range(5):
        machine.write("mail", token=str(turn))
    (machine.project / "old").mkdir()
    machine.file("mail").unlink()

    assert machine.write("mail", token="new").startswith("6:")
    assert machine.read("mail") == {"token": "new"}


def test_a_write_that_expects_the_older_version_does_not_lose_count(machine: Machine) -> None:
    machine.write("mail", token="1")
    old = machine.file("mail").read_bytes()
    version = machine.stored("mail")
    machine.write("mail", token="2")
    machine.file("mail").write_bytes(old)
    assert version is not None
    assert version.version is not None

    assert machine.write("mail", if_version=version.version, token="3").startswith("3:")


def test_warning_instead_of_refusing_gives_the_older_value_and_says_so(machine: Machine) -> None:
    machine.write("mail", token="old")
    old = machine.file("mail").read_bytes()
    machine.write("mail", token="new")
    new = machine.file("mail").read_bytes()
    machine.file("mail").write_bytes(old)
    machine.rollback, machine.said = "warn", []
    backend = machine.backend()

    for _ in range(3):
        stored = backend.read(at("mail"), deadline=soon())
        assert stored is not None
        assert stored.secret["token"].reveal() == "old"

    assert machine.said == ["warning: mail: this machine has seen generation 2, and the store holds 1"]
    machine.rollback = "refuse"
    with pytest.raises(RolledBackError):
        machine.read("mail")
    machine.file("mail").write_bytes(new)
    assert machine.read("mail") == {"token": "new"}


def test_warning_covers_a_fork_and_a_missing_file(machine: Machine, colleague: Machine) -> None:
    """A release branch has its own generation 2, and secrets that were added later are not in it."""
    machine.write("mail", token="1")
    before = machine.file("mail").read_bytes()
    colleague.read("mail")
    machine.write("mail", token="2")
    machine.write("later")
    machine.file("mail").write_bytes(before)
    machine.file("later").unlink()
    colleague.write("mail", token="2 of the release")
    machine.rollback, machine.said = "warn", []

    assert machine.read("mail") == {"token": "2 of the release"}
    assert machine.read("later") is None
    assert len(machine.said) == 2


def test_warning_never_covers_a_changed_file(machine: Machine) -> None:
    machine.write("mail")
    altered(machine.file("mail"), "generation=1 ", "generation=2 ")
    machine.rollback = "warn"

    with pytest.raises(CorruptSecretError):
        machine.read("mail")


def test_a_whole_older_store_is_refused(machine: Machine, tmp_path: Path) -> None:
    machine.write("mail", token="old")
    shutil.copytree(machine.folder, tmp_path / "backup")
    machine.write("mail", token="new")
    shutil.rmtree(machine.folder)
    shutil.copytree(tmp_path / "backup", machine.folder)

    with pytest.raises(RolledBackError):
        machine.read("mail")


def test_another_store_in_the_same_place_is_refused(machine: Machine, new_machine: Callable[..., Machine]) -> None:
    """One key may open two stores; that does not make them one."""
    machine.write("mail", token="prod")
    machine.environ["ORQO_VAULT_KEY"] = machine.key_file().read_text()
    dev = new_machine(settings=machine.settings.__class__(path="dev"), environ=dict(machine.environ))
    dev.write("mail", token="dev")
    shutil.rmtree(machine.folder)
    (machine.project / "dev").rename(machine.folder)

    with pytest.raises(RolledBackError, match=r"has seen store .* here, and now holds"):
        machine.read("mail")
    with pytest.raises(RolledBackError):
        machine.write("mail", token="x")
    machine.rollback = "warn"
    assert machine.read("mail") == {"token": "dev"}


def test_marks_that_cannot_be_written_stop_nothing_and_check_says_so(machine: Machine) -> None:
    machine.environ["ORQO_VAULT_KEY"] = keys.new_key().compose()
    machine.home = Path("/proc/no-folder-can-be-made-here")

    machine.write("mail", token="x")

    backend = machine.backend()
    assert backend.read(at("mail"), deadline=soon()) is not None
    health = backend.check([at("mail")], deadline=soon())
    assert health.usable
    assert any("rollback cannot be noticed on this machine" in each.what for each in health.concerns)


def test_check_notices_marks_that_nobody_can_write_even_if_none_has_to_be_raised(machine: Machine) -> None:
    machine.write("mail", token="x")
    (lock,) = (machine.home / "state").rglob(".lock")
    lock.unlink()
    lock.mkdir()

    health = machine.backend().check([at("mail")], deadline=soon())

    assert health.usable
    assert any("rollback cannot be noticed on this machine" in each.what for each in health.concerns)


def test_a_process_that_holds_the_marks_stops_no_reader(machine: Machine, colleague: Machine) -> None:
    for path in ("mail", "crm", "third"):
        machine.write(path)
    colleague.read("mail")
    (folder,) = (colleague.home / "state" / "marks").iterdir()
    held = files.Folder.find(str(folder))
    assert held is not None
    backend = colleague.backend()
    with held, locking.Lock(held, soon()):
        found = backend.read_many([at("crm"), at("third")], deadline=soon())

    assert len(found) == 2
    assert len(colleague.mark_files()) == 1


def test_nothing_is_sealed_for_somebody_who_was_removed_not_even_with_a_warning(
    machine: Machine, tmp_path: Path
) -> None:
    machine.write("mail", token="x")
    shutil.copytree(machine.folder, tmp_path / "before")
    rotation.rotate_now(machine.store, soon())
    shutil.rmtree(machine.folder)
    shutil.copytree(tmp_path / "before", machine.folder)
    machine.rollback = "warn"

    assert machine.read("mail") == {"token": "x"}
    with pytest.raises(RolledBackError, match="the store ends at 1"):
        machine.write("mail", token="y")


@pytest.mark.parametrize("content", [b"nonsense", b"{}", b"[]", b'{"path": "mail"}', b"\xff", b"[" * 9000])
def test_a_mark_that_cannot_be_parsed_is_an_error_with_a_hint(machine: Machine, content: bytes) -> None:
    machine.write("mail", token="x")
    (mark,) = machine.mark_files()
    mark.write_bytes(content)

    for act in (lambda: machine.read("mail"), lambda: machine.write("mail"), lambda: machine.delete("mail")):
        with pytest.raises(BackendError, match="is not a mark") as caught:
            act()
        assert not isinstance(caught.value, CorruptSecretError)
        assert caught.value.hint is not None
        assert "remove it" in caught.value.hint
    assert mark.read_bytes() == content


def test_a_mark_that_a_power_cut_emptied_counts_as_none(machine: Machine) -> None:
    machine.write("mail", token="x")
    (mark,) = machine.mark_files()
    mark.write_bytes(b"")

    assert machine.read("mail") == {"token": "x"}
    assert mark.read_bytes() != b""


def test_marks_hold_no_value(machine: Machine) -> None:
    machine.write("mail", token="canary-42")

    for file in (machine.home / "state").rglob("*"):
        assert not file.is_file() or b"canary" not in file.read_bytes()


def test_an_older_store_of_epochs_is_refused_for_writing_and_reading(machine: Machine) -> None:
    machine.write("mail", token="x")
    before = {path.name for path in (machine.folder / "epochs").iterdir()}
    rotation.rotate(machine.store, soon())
    for path in (machine.folder / "epochs").iterdir():
        if path.name not in before:
            path.unlink()

    for act in (lambda: machine.read("mail"), lambda: machine.write("mail")):
        with pytest.raises(RolledBackError, match="this machine has seen height 2, and the store ends at 1"):
            act()
