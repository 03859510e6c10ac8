"""A shell that waits for the end of this process and then tidies up, whatever ended it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from contextlib import ExitStack

SHELL = "/bin/sh"
USUAL = "/usr/bin:/bin"
SECONDS = 5.0

# Its standard input is a pipe that ends when we do. Then: the folder goes, and of pairs of link and target the links.
TIDY_UP = """
trap '' HUP INT QUIT TERM
read -r _
rm -rf -- "$1"
shift
while [ $# -gt 1 ]; do
    [ "$(readlink -- "$1")" = "$2" ] && rm -f -- "$1"
    shift 2
done
"""


def guard(folder: str, links: Iterable[tuple[str, str]], environ: Mapping[str, str], undo: ExitStack) -> None:
    """Have the folder and these links removed when this process ends in a way that leaves it no time to do so."""
    words = [folder, *(word for pair in links for word in pair)]
    search = {"PATH": f"{USUAL}:{environ.get('PATH', '')}".rstrip(":")}
    try:
        process = waiting([SHELL, "-c", TIDY_UP, "orqo-vault", *words], search, stdout=subprocess.DEVNULL)
    except FileNotFoundError:  # a machine without a shell: the next run sweeps
        return
    undo.callback(dismiss, process)


def waiting(command: list[str], environment: dict[str, str], *, stdout: int) -> subprocess.Popen[bytes]:
    """Start a program that outlives us, in a session of its own, so that no terminal ends it before us."""
    return subprocess.Popen(  # noqa: S603  # no shell sees a word of a user as anything but a word
        command,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=environment,
        start_new_session=True,
    )


def dismiss(process: subprocess.Popen[bytes]) -> None:
    """Let it do its work now, and wait until it has."""
    try:
        # A line, not only the end of the pipe: a forked child of ours may hold the pipe open.
        process.communicate(b"\n", timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
