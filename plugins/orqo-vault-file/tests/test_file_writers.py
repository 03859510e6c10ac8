"""Several writers: processes, threads and forks take turns, and nobody overwrites what they have not seen."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from orqo_vault_file.disk import files, locking

from orqo_vault.backend import Deadline, Expected
from orqo_vault.errors import BackendError, ConflictError, TimedOutError
from orqo_vault.secret import Secret

from .machines import Machine, at, soon

COUNT_UP = """
import sys
from pathlib import Path
from orqo_vault.backend import BackendContext, Deadline
from orqo_vault.errors import ConflictError
from orqo_vault_file.backend import EncryptedFileBackend, FileReference, FileSettings

project, home, turns = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
context = BackendContext(
    name="local", base_dir=project, state_dir=home / "state", config_dir=home / "config", notify=lambda line: None
)
backend, counter, deadline = EncryptedFileBackend(FileSettings(), context), FileReference(path="counter"), Deadline(120)
for turn in range(turns):
    while True:
        stored = backend.read(counter, deadline=deadline)
        more = stored.secret.replace({"count": str(int(stored.secret["count"].reveal()) + 1)})
        try:
            backend.write(counter, more, if_version=stored.version, deadline=deadline)
            break
        except ConflictError:
            continue
"""
CREATE = """
import sys
from pathlib import Path
from orqo_vault.backend import BackendContext, Deadline, Expected
from orqo_vault.secret import Secret
from orqo_vault_file.backend import EncryptedFileBackend, FileReference, FileSettings

project, home, number = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
context = BackendContext(
    name="local", base_dir=project, state_dir=home / "state", config_dir=home / "config", notify=print
)
backend = EncryptedFileBackend(FileSettings(), context)
sys.stdin.readline()
backend.write(
    FileReference(path=f"from-{number}"), Secret({"by": number}), if_version=Expected.ABSENT, deadline=Deadline(120)
)
"""
FORK = """
import os, sys
from pathlib import Path
from orqo_vault.backend import BackendContext, Deadline, Expected
from orqo_vault.secret import Secret
from orqo_vault_file.backend import EncryptedFileBackend, FileReference, FileSettings

project, home, mail, deadline = Path(sys.argv[1]), Path(sys.argv[2]), FileReference(path="mail"), Deadline(20)
context = BackendContext(name="local", base_dir=project, state_dir=home / "state", config_dir=home / "config")
backend = EncryptedFileBackend(FileSettings(), context)
backend.read(mail, deadline=deadline)
backend.store._guard.acquire()  # as if another thread were just opening the store
child = os.fork()
if not child:
    backend.write(mail, Secret({"token": "child"}), if_version=Expected.ANY, deadline=deadline)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


def started(script: str, machine: Machine, argument: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(machine.project), str(machine.home), argument]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate("go\n", timeout=120)
    assert process.returncode == 0, errors
    return output


def test_no_count_is_lost_between_processes(machine: Machine) -> None:
    machine.write("counter", count="0")
    processes = [started(COUNT_UP, machine, "15") for _ in range(4)]

    for process in processes:
        finished(process)

    assert machine.read("counter") == {"count": "60"}


def test_processes_that_all_write_first_make_one_store(machine: Machine) -> None:
    processes = [started(CREATE, machine, str(number)) for number in range(6)]

    said = [finished(process) for process in processes]

    assert sum("made the store" in line for line in said) == 1
    assert machine.paths() == [f"from-{number}" for number in range(6)]
    assert [machine.read(f"from-{number}") for number in range(6)] == [{"by": str(number)} for number in range(6)]
    assert len(list((machine.home / "config" / "keys").iterdir())) == 1


def test_a_writer_waits_until_its_deadline_and_no_longer(machine: Machine) -> None:
    machine.write("mail", token="x")
    root = files.Folder.find(str(machine.folder))
    assert root is not None

    with root, locking.Lock(root, soon()):
        with pytest.raises(TimedOutError, match="waiting for another writer"):
            machine.backend().write(
                at("mail"), Secret({"token": "y"}), if_version=Expected.ANY, deadline=Deadline(0.05)
            )
        assert machine.read("mail") == {"token": "x"}


def test_a_reader_waits_for_nobody(machine: Machine) -> None:
    machine.write("mail", token="x")
    root = files.Folder.find(str(machine.folder))
    assert root is not None

    with root, locking.Lock(root, soon()):
        assert machine.read("mail") == {"token": "x"}
        assert machine.paths() == ["mail"]


def test_a_lock_on_a_file_that_was_removed_is_no_lock(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """``git clean -x`` removes it: whoever waited for it must then ask for the one that others will ask for."""
    machine.write("mail", token="x")
    root = files.Folder.find(str(machine.folder))
    assert root is not None
    opened: list[int] = []
    waits = threading.Event()
    open_lock = files.Folder.open_lock

    def noting(self: files.Folder, name: str) -> int:
        fd = open_lock(self, name)
        if self.shown == str(machine.folder):
            opened.append(os.fstat(fd).st_ino)
            waits.set()
        return fd

    with root, locking.Lock(root, soon()):
        monkeypatch.setattr(files.Folder, "open_lock", noting)
        second = threading.Thread(target=machine.write, args=("mail",), kwargs={"token": "y"})
        second.start()
        assert waits.wait(60)
        (machine.folder / ".lock").unlink()
    second.join(60)

    assert len(opened) == 2
    assert opened[1] == (machine.folder / ".lock").stat().st_ino
    assert machine.read("mail") == {"token": "y"}


def test_a_forked_child_uses_the_keys_of_its_parent(machine: Machine) -> None:
    machine.write("mail", token="x")

    finished(started(FORK, machine, ""))

    assert machine.read("mail") == {"token": "child"}


@pytest.mark.parametrize("expected", ["", "1:", "2:" + "0" * 64, "nonsense"])
def test_a_writer_that_expects_another_version_writes_nothing(machine: Machine, expected: str) -> None:
    machine.write("mail", token="x")
    before = machine.file("mail").read_bytes()

    with pytest.raises(ConflictError):
        machine.write("mail", if_version=expected, token="y")

    assert machine.file("mail").read_bytes() == before


def test_the_same_generation_with_other_bytes_is_another_version(machine: Machine, colleague: Machine) -> None:
    version = machine.write("mail", token="x")
    base = machine.file("mail").read_bytes()
    colleague.read("mail")
    second = machine.write("mail", token="ana")
    machine.file("mail").write_bytes(base)
    colleague.write("mail", token="ben", if_version=version)

    with pytest.raises(ConflictError):
        colleague.write("mail", token="z", if_version=second)


def test_a_corrupt_secret_can_be_replaced_whole_or_deleted_but_not_edited(machine: Machine) -> None:
    for path in ("a", "b", "c"):
        machine.write(path)
        machine.file(path).write_bytes(b"garbage")

    assert machine.write("a", token="new").startswith("2:")
    assert machine.read("a") == {"token": "new"}
    assert machine.delete("b") is True
    assert machine.read("b") is None
    for expected in (Expected.ABSENT, "1:abc"):
        with pytest.raises(BackendError, match=r"c-c\.sealed"):
            machine.write("c", if_version=expected)
    assert machine.file("c").read_bytes() == b"garbage"


def test_a_replaced_file_keeps_its_permissions(machine: Machine) -> None:
    machine.write("mail")
    machine.file("mail").chmod(0o644)

    machine.write("mail", token="y")

    assert machine.file("mail").stat().st_mode & 0o777 == 0o644


def test_a_store_that_others_may_write_is_remarked_on(machine: Machine) -> None:
    machine.write("mail")
    assert machine.backend().check(deadline=soon()).concerns == ()
    (machine.folder / "c").chmod(0o770)

    health = machine.backend().check(deadline=soon())

    assert health.usable
    assert any("can be written by others" in each.what and "/c" in each.fix for each in health.concerns)


def test_what_a_dead_writer_left_is_not_in_the_way(machine: Machine) -> None:
    machine.write("mail", token="x")
    (machine.folder / "c" / ".tmp-c-mail.sealed").write_bytes(b"half")

    machine.write("mail", token="y")

    assert machine.read("mail") == {"token": "y"}
    assert [path.name for path in (machine.folder / "c").iterdir()] == ["c-mail.sealed"]
