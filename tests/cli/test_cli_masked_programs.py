"""Programs that talk through pipes do not notice that their output is masked: servers, archives, much of it, runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

SECRET = "sk-of-a-sufficient-length"
SERVER = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": asked["params"]}) + asked["tail"], flush=True)
"""
PEAK = """
import os, subprocess, sys
running = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
size = 0
while piece := running.stdout.read(1 << 16):
    size += len(piece)
print(size, os.wait4(running.pid, 0)[2].ru_maxrss)
"""


@pytest.fixture
def long(cli: Cli) -> Cli:
    """Return a cli whose key is long enough to be masked."""
    assert cli("set", "openai", stdin=SECRET.encode()).status == 0
    return cli


def test_a_server_on_pipes_answers_each_request_before_the_next_one_comes(long: Cli) -> None:
    """As MCP has it: a line each. One that ends like the beginning of a secret is not held back for the next."""
    words = [sys.executable, "-m", "orqo_vault", "run", "--only", "openai", "--", sys.executable, "-c", SERVER]
    with subprocess.Popen(words, cwd=long.folder, stdin=-1, stdout=-1, stderr=-1, text=True, bufsize=1) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for number in range(2 * len(SECRET)):
            tail = SECRET[: number // 2]
            request = {"id": number, "params": SECRET if number % 2 else tail, "tail": tail}
            server.stdin.write(json.dumps(request) + "\n")
            result = "********" if number % 2 else tail
            answer = {"jsonrpc": "2.0", "id": number, "result": result}
            assert server.stdout.readline() == json.dumps(answer) + tail + "\n"
        server.stdin.close()
        assert server.wait(30) == 0


def test_bytes_that_are_no_text_pass_a_masked_pipe_unchanged(long: Cli) -> None:
    data = os.urandom(1 << 20) + bytes(range(256)) * 16 + SECRET.encode()[:-1]
    (long.folder / "archive").write_bytes(data)
    done = long.process("run", "--only", "openai", "--", "cat", "archive")
    assert (done.status, done.out == data, done.err) == (0, True, "")


def test_a_file_gets_every_byte_while_the_other_stream_is_masked(long: Cli) -> None:
    command = f'{sys.executable} -m orqo_vault run --only openai -- sh -c "{_both()}" > dump'
    done = subprocess.run(["sh", "-c", command], cwd=long.folder, capture_output=True, text=True, check=True)
    assert (long.folder / "dump").read_text() == f"{SECRET}\n"
    assert (done.stdout, done.stderr) == ("", "********\norqo-vault: 1 place masked\n")


def _both() -> str:
    return r"echo \$OPENAI_API_KEY; echo \$OPENAI_API_KEY >&2"


def test_much_output_is_passed_on_and_not_gathered(long: Cli) -> None:
    def peak(size: int) -> int:
        ours = [sys.executable, "-m", "orqo_vault", "run", "--only", "openai", "--", "head", "-c", str(size)]
        done = subprocess.run(
            [sys.executable, "-c", PEAK, *ours, "/dev/zero"], cwd=long.folder, capture_output=True, check=True
        )
        passed, memory = map(int, done.stdout.split())
        assert passed == size
        return memory

    peak(1)  # the first run of new settings reads them with more
    assert peak(100_000_000) < 1.3 * peak(1_000_000)


@pytest.mark.parametrize("mask", ["auto", "never"])
def test_a_run_within_a_run_has_the_variables_of_both_and_its_own_status(long: Cli, mask: str) -> None:
    assert long("set", "shared", stdin=b"of-the-inner-run").status == 0
    inner = (sys.executable, "-m", "orqo_vault", "run", "--mask", mask, "--only", "shared", "--")
    show = ("sh", "-c", "echo $OPENAI_API_KEY $SHARED; exit 5")
    done = long.process("run", "--mask", mask, "--only", "openai", "--", *inner, *show)
    shown = b"******** ********\n" if mask == "auto" else f"{SECRET} of-the-inner-run\n".encode()
    assert (done.status, done.out) == (5, shown)


@pytest.mark.parametrize("closed", ["<&-", "<&- >&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_stop_no_run(long: Cli, closed: str) -> None:
    command = f"{sys.executable} -m orqo_vault run --only openai -- sh -c 'exit 7' {closed}"
    assert subprocess.run(["sh", "-c", command], cwd=long.folder, check=False).returncode == 7
