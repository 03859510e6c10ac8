"""A memfd is read by its path, by this user's programs only, and never exists anywhere else than in memory."""

from __future__ import annotations

import ctypes
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from orqo_vault.errors import DeliveryError
from tests.delivery.stage import engine, open_vault, token

KANARI = {"pem": {"token": "kanari\n"}}
NOBODY = 65534
SET_DUMPABLE = 4


def test_a_child_reads_it_by_its_path_and_by_its_descriptor(tmp_path: Path, runtime: Path) -> None:
    with open_vault(tmp_path, token("pem", "memfd"), KANARI).prepare(only=["pem"]) as run:
        path = run.environment["PEM_FILE"]
        (descriptor,) = run.pass_fds
        assert path == f"/proc/{os.getpid()}/fd/{descriptor}"
        for _ in range(2):
            assert subprocess.run(["cat", path], capture_output=True, check=True).stdout == b"kanari\n"
        program = [sys.executable, "-c", f"import os; print(os.read({descriptor}, 100))"]
        inherited = subprocess.run(program, pass_fds=run.pass_fds, capture_output=True, check=True)
        assert inherited.stdout.strip() == rb"b'kanari\n'"
        assert not list(runtime.iterdir())
        assert run.plan.needs_dumpable
    assert not os.path.exists(path)


def test_nobody_can_change_it_and_others_cannot_read_it(tmp_path: Path) -> None:
    with open_vault(tmp_path, token("pem", "memfd"), KANARI).prepare(only=["pem"]) as run:
        path = Path(run.environment["PEM_FILE"])
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_uid == os.geteuid()
        for change in (lambda: path.write_bytes(b"other"), lambda: os.truncate(path, 1)):
            with pytest.raises(PermissionError):
                change()
        assert path.read_bytes() == b"kanari\n"


@pytest.mark.parametrize(("dumpable", "expected"), [(1, b"kanari\n"), (0, b"")])
def test_a_program_of_another_user_than_root_reads_it_while_we_are_dumpable(
    tmp_path: Path, dumpable: int, expected: bytes
) -> None:
    """What the plan says with ``needs_dumpable``. The whole engine runs as that user."""
    vault = open_vault(tmp_path, token("pem", "memfd"), KANARI)
    with vault.prepare(only=["pem"]):
        pass  # all of the code is loaded now: nobody may not read the interpreter's home
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _as_nobody(dumpable)
            with vault.prepare(only=["pem"]) as run:
                command = ["cat", run.environment["PEM_FILE"]]
                subprocess.run(command, stdout=writer, stderr=subprocess.DEVNULL, cwd="/", check=False)
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as file:
        assert file.read() == expected
    os.waitpid(child, 0)


def _as_nobody(dumpable: int) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    # A change of user takes it away, and the start of a program gives it back.
    ctypes.CDLL(None).prctl(SET_DUMPABLE, dumpable, 0, 0, 0)


def test_elsewhere_than_on_linux_it_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = open_vault(tmp_path, token("pem", "memfd"), {})
    monkeypatch.delattr(os, "memfd_create")
    with pytest.raises(DeliveryError, match="memfd needs Linux"):
        vault.prepare(only=["pem"])


def test_it_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    with engine(tmp_path, token("pem", "memfd"), KANARI, "wait") as running:
        path = running.variables["PEM_FILE"]
        assert Path(path).read_text() == "kanari\n"
        running.process.kill()
        running.process.wait()
    assert not os.path.exists(path)
