"""Programs of this checkout, run as OS users that may read neither each other's files nor root's. Needs root.

A developer's Python may be in root's own folder. There such a user gets a view of the machine in which that folder
holds the Python and nothing else.
"""

from __future__ import annotations

import itertools
import os
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = (Path(sys.base_prefix), Path(sys.prefix), ROOT)
HOW = "this test runs programs as several OS users: run it as root, with unshare(1) and setpriv(1) from util-linux"

# $1: folders that are closed, $2: what is needed of them; each list ends its lines. The rest is the command.
_VIEW = """
set -e
closed=$1; needed=$2; shift 2
stage=$(mktemp -d); mount -t tmpfs -o mode=700 tmpfs "$stage"
number=0
echo "$needed" | while read -r place; do
  number=$((number + 1)); mkdir "$stage/$number"; mount --rbind "$place" "$stage/$number"
done
echo "$closed" | while read -r place; do mount -t tmpfs -o mode=755 tmpfs "$place"; done
number=0
echo "$needed" | while read -r place; do
  number=$((number + 1)); mkdir -p "$place"; mount --rbind "$stage/$number" "$place"
done
exec "$@"
"""


_machines = itertools.count()


def new_uids(count: int) -> list[int]:
    """Return users that no other test has now: tests look at all processes of a user, and run side by side."""
    first = 20_000 + (os.getpid() * 64 + next(_machines)) % 10_000 * 4
    assert count <= 4
    return list(range(first, first + count))


class Answer(NamedTuple):
    """What a program of another user left behind."""

    status: int
    out: str
    err: str


def require_root() -> None:
    """Fail, and say what to do, where programs cannot be run as other users."""
    if os.geteuid() != 0:
        pytest.fail(HOW)


def command_as(uid: int, words: Sequence[str]) -> list[str]:
    """Return the command line that runs ``words`` as a user without any of root's rights."""
    dropped = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs", *words]
    closed = sorted({closed for place in NEEDED for closed in _closed(place)})
    if not closed:
        return dropped
    needed = [place for place in NEEDED if _closed(place)]
    lists = ("\n".join(map(str, places)) for places in (closed, needed))
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", _VIEW, "view", *lists, *dropped]


def python_as(uid: int, *words: str) -> list[str]:
    return command_as(uid, [sys.executable, *words])


def run_as(uid: int, words: Sequence[str], *, env: Mapping[str, str], cwd: Path, stdin: str = "") -> Answer:
    """Run Python with these words as that user."""
    done = subprocess.run(
        python_as(uid, *words), env=dict(env), cwd=cwd, input=stdin, capture_output=True, text=True, check=False
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def _closed(place: Path) -> list[Path]:
    """Return the outermost folder on the way that others may not enter, if there is one."""
    for each in reversed(place.parents):
        if not each.stat().st_mode & stat.S_IXOTH:
            return [each]
    return []
