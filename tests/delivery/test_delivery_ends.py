"""However a process ends, what it delivered goes; what a kill of everything leaves, the next run takes away."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from orqo_vault.delivery import leftovers, sweep
from orqo_vault.delivery.process import start_time
from tests.delivery.stage import SECONDS, Engine, engine, open_vault, run_folders, token, wait_for_end
from tests.probes.ssh_server import new_key

SSH = "  key: {name: K, key: KEY, category: ssh_key, type: ssh_key, deliver: agent}\n"
RUN_ID = "0123456789abcdef"


def declared(folder: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """Return a file with a link, and a key in an agent."""
    said = f"{{token: {{as: file, path: {folder / 'link'}}}}}"
    return token("cert", said) + SSH, {"cert": {"token": "kanari"}, "key": {"private_key": new_key(folder / "id")}}


def agent_of(running: Engine) -> int:
    folder = Path(running.variables["CERT_FILE"]).parent
    return int((folder / ".agent-process").read_text().split()[0])


@pytest.mark.parametrize("act", ["exit", "raise"])
def test_an_engine_that_ends_by_itself_leaves_nothing(tmp_path: Path, runtime: Path, act: str) -> None:
    with engine(tmp_path, *declared(tmp_path), act) as running:
        assert running.process.wait(SECONDS) == {"exit": 3, "raise": 1}[act]
    assert not list(runtime.iterdir())
    assert not os.path.lexists(tmp_path / "link")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL"])
def test_an_engine_that_is_killed_leaves_nothing(tmp_path: Path, runtime: Path, name: str) -> None:
    """Python runs nothing when such a signal ends it: the shell that waits for our end does the work."""
    with engine(tmp_path, *declared(tmp_path), "wait") as running:
        assert (tmp_path / "link").read_text() == "kanari"
        agent = os.pidfd_open(agent_of(running))
        running.kill(signal.Signals[name])
    wait_for_end(agent)
    assert not list(runtime.iterdir())
    assert not os.path.lexists(tmp_path / "link")


def test_what_is_left_when_all_of_it_is_killed_is_listed_and_swept_by_the_next_run(
    tmp_path: Path, runtime: Path
) -> None:
    with engine(tmp_path, *declared(tmp_path), "wait") as running:
        agent = agent_of(running)
        for helper in running.helpers():
            os.kill(helper, signal.SIGKILL)
        agent_ends = os.pidfd_open(agent)
        running.kill(signal.SIGKILL)
        file = Path(running.variables["CERT_FILE"])
        assert file.read_text() == "kanari"
        (left,) = leftovers(os.environ)
        assert (left.path, left.pid) == (str(file.parent), running.process.pid)
        assert left.links == (str(tmp_path / "link"),)
        with open_vault(tmp_path, token("t", "file"), {"t": {"token": "x"}}).prepare(only=["t"]):
            assert not file.parent.exists()
            assert not os.path.lexists(tmp_path / "link")
    wait_for_end(agent_ends)
    assert not list(runtime.iterdir())


def test_the_folder_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    with engine(tmp_path, *declared(tmp_path), "wait") as running:
        assert leftovers(os.environ) == sweep(os.environ) == []
        assert Path(running.variables["CERT_FILE"]).read_text() == "kanari"
        assert running.process.stdin is not None
        running.process.stdin.close()
        running.process.wait(SECONDS)


def left_behind(place: Path, pid: int, started: int) -> Path:
    folder = place / f"orqo-vault.{pid}.{started}.{RUN_ID}"
    folder.mkdir(mode=0o700)
    (folder / "cert.token").write_text("kanari")
    return folder


def gone() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_another_process_with_the_number_of_a_dead_one_keeps_nothing_alive(runtime: Path) -> None:
    left_behind(runtime, os.getpid(), start_time(os.getpid()) - 1)
    sweep(os.environ)
    assert not list(runtime.iterdir())
    ours = left_behind(runtime, os.getpid(), start_time(os.getpid()))
    assert sweep(os.environ) == []
    assert ours.exists()
    (ours / "cert.token").unlink()
    ours.rmdir()


def test_the_folder_of_a_process_that_has_another_number_here_is_left_alone(runtime: Path) -> None:
    """Containers that share the folder do not share process numbers; the lock tells."""
    folder = left_behind(runtime, gone(), 5)
    holder = os.open(folder, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    assert leftovers(os.environ) == sweep(os.environ) == []
    os.close(holder)
    assert [left.path for left in sweep(os.environ)] == [str(folder)]


def test_another_users_folder_is_left_alone(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = left_behind(runtime, gone(), 5)
    with monkeypatch.context() as other:
        other.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
        assert leftovers(os.environ) == sweep(os.environ) == []
    assert run_folders(str(runtime)) == {folder.name}
    sweep(os.environ)


def test_a_link_with_the_name_of_a_run_is_not_followed(runtime: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("mine")
    link = runtime / f"orqo-vault.{gone()}.5.{RUN_ID}"
    link.symlink_to(tmp_path / "mine")
    sweep(os.environ)
    assert (tmp_path / "mine" / "file").read_text() == "mine"
    link.unlink()


def test_a_link_that_was_given_to_something_else_is_not_swept(runtime: Path, tmp_path: Path) -> None:
    folder = left_behind(runtime, gone(), 5)
    mine = tmp_path / "mine"
    mine.write_text("mine")
    (folder / ".links").write_bytes(os.fsencode(mine) + b"\0")
    sweep(os.environ)
    assert mine.read_text() == "mine"
    assert not folder.exists()
