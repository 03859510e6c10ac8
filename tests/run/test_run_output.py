"""What goes through us: masked, whole, in order, to pipes; and what never goes through us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run.driver import SECRET
from tests.run.sessions import OnPipes, child, driven


def run(way: str, *command: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(driven(way, *command), stdin=subprocess.DEVNULL, check=False, **more)  # type: ignore[call-overload,no-any-return]  # passed on as they are


def test_each_stream_is_masked_by_itself() -> None:
    done = run("piped", "sh", "-c", f"echo a {SECRET}; echo b {SECRET} >&2", capture_output=True)
    assert (done.stdout, done.stderr) == (b"a ********\n", b"b ********\n")


def test_a_secret_across_single_byte_writes_is_masked() -> None:
    script = f"import os\nfor each in b'x{SECRET}y': os.write(1, bytes([each]))"
    done = run("piped", sys.executable, "-c", script, capture_output=True)
    assert done.stdout == b"x********y"


@pytest.mark.parametrize("way", ["piped", "inner terminal"])
def test_a_file_is_never_masked(way: str, tmp_path: Path) -> None:
    with open(tmp_path / "out", "wb") as out:
        done = run(way, "echo", SECRET, stdout=out, stderr=subprocess.PIPE)
    assert (tmp_path / "out").read_bytes() == SECRET.encode() + b"\n"
    assert done.stderr == b""


def test_both_streams_in_one_pipe_keep_their_order() -> None:
    script = "for i in 1 2 3 4 5 6 7 8 9; do echo out$i; echo err$i >&2; done"
    done = run("piped", "sh", "-c", script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.stdout.decode().split() == [f"{each}{i}" for i in range(1, 10) for each in ("out", "err")]


def test_a_prompt_on_a_pipe_is_not_held_back() -> None:
    """Also when it ends as the secret begins."""
    session = OnPipes(*driven("piped", "sh", "-c", f"printf 'name: {SECRET[:2]}'; read x; echo \"got $x.\""))
    session.expect(f"name: {SECRET[:2]}")
    session.type("ana\n")
    session.expect(r"got ana\.")
    assert session.end() == 0


def test_much_output_arrives_whole() -> None:
    done = run("piped", "sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo end", capture_output=True)
    assert (len(done.stdout), done.stdout[-5:]) == (3_000_004, b"xend\n")


def test_a_command_whose_reader_leaves_ends_of_it() -> None:
    command = driven("piped", "yes")
    session = OnPipes("bash", "-c", '"$@" | head -1; echo "status ${PIPESTATUS[0]}."', "bash", *command)
    assert session.expect(r"status (\d+)\.").group(1) == str(128 + signal.SIGPIPE)
    session.end()


def test_a_reader_that_does_not_read_does_not_keep_signals_from_the_command() -> None:
    read, write = os.pipe()
    with subprocess.Popen(
        driven("piped", "sh", "-c", "echo $$ >&2; exec yes"), stdout=write, stderr=subprocess.PIPE
    ) as p:
        os.close(write)
        assert p.stderr is not None
        p.stderr.readline()
        os.read(read, 1)  # it flows, and then nobody reads
        p.terminate()
        status = p.wait(20)
    os.close(read)
    assert status == -signal.SIGTERM


def test_a_process_that_is_left_behind_is_not_waited_for() -> None:
    session = OnPipes(*driven("piped", "sh", "-c", f"sleep 600 & echo left $!. {SECRET}"))
    left = session.expect(r"left (\d+)\. \*{8}").group(1)
    try:
        assert session.end() == 0
    finally:
        os.kill(int(left), signal.SIGKILL)


def test_closed_streams_are_no_obstacle() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" <&- >&-', "sh", *driven("piped", "sh", "-c", "echo err >&2; exit 4")],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (4, b"", b"err\n")


def test_descriptors_we_were_given_reach_the_command_and_ours_do_not() -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    command = driven(
        "piped", sys.executable, "-I", "-S", "-c", "import os; print(sorted(map(int, os.listdir('/dev/fd'))))"
    )
    done = subprocess.run(command, pass_fds=[write], capture_output=True, text=True, check=True)
    os.close(read)
    os.close(write)
    assert done.stdout.strip() == str(sorted({0, 1, 2, write, 3 if write != 3 else 4}))  # one lists the others


def test_kill_after_ends_what_ignores_sigterm() -> None:
    session = OnPipes(*driven("supervise", *child("ignores", "grandchild"), kill_after="0.2"))
    for _ in range(2):
        session.expect(r"child ready \d+\.")
    os.kill(session.pid, signal.SIGTERM)
    assert session.end() == -signal.SIGKILL


def test_without_kill_after_nothing_is_killed() -> None:
    session = OnPipes(*driven("supervise", *child("ignores")))
    session.expect(r"child ready \d+\.")
    os.kill(session.pid, signal.SIGTERM)
    session.type("fence\n")
    session.expect(r"answer fence\.")
    os.kill(session.pid, signal.SIGKILL)
    session.end()
