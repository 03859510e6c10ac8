"""Readers, a rotation loop and a checkout loop on one working tree: nobody is told that a good secret is corrupt."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from . import storm
from .people import Person

READERS = 8
TRUE = re.compile(r".*(has seen (generation|height) \d+, and the store (holds|ends at) \d+|was written twice.*)")
"""What may be said about going back and forth; not that a secret is changed, cut or missing."""


def false_words(seen: Counter[str]) -> set[str]:
    words = {word for each in seen if each != "right" for word in each.split("; ")}
    return {word for word in words if not TRUE.fullmatch(word)}


def start(person: Person, *words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, str(Path(storm.__file__)), *words],
        env=person.env(ORQO_VAULT_KEY=person.key_file.read_text()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def counted(process: subprocess.Popen[str]) -> Counter[str]:
    out, _ = process.communicate(timeout=1200)
    assert process.returncode == 0
    return Counter(json.loads(out))


@pytest.mark.parametrize(
    ("checkouts", "rounds"), [(24, 8), pytest.param(1000, 300, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_nobody_sees_corruption_while_git_and_rotations_change_files(
    ana: Person, tmp_path: Path, checkouts: int, rounds: int
) -> None:
    ana.git("init", "-q")
    ana("store", "init")
    home = str(tmp_path / "machine")
    for branch in ("before", "after"):
        ana.git("checkout", "-qb", branch)
        assert counted(start(ana, "prepare", str(ana.project), home, "3")) == {"right": 3}
        ana.commit(branch)
    assert counted(start(ana, "rotate", str(ana.project), home, "1")) == {"right": 1}
    stop = tmp_path / "stop"
    readers = [
        start(ana, kind, str(ana.project), str(tmp_path / f"{kind}-{number}"), str(stop))
        for kind in ("refuse", "warn")
        for number in range(READERS // 2)
    ]
    rotating = start(ana, "rotate", str(ana.project), home, str(rounds))
    for turn in range(checkouts):
        ana.git("checkout", "-qf", ("before", "after")[turn % 2])
    written = counted(rotating)
    stop.touch()
    seen = sum(map(counted, readers), Counter())

    assert false_words(seen) == set()
    # a writer may be told that git took a file away under its hands, but not that somebody changed it
    assert not [each for each in written if each.startswith(("Corrupt", "Tampered", "RolledBack"))], written
    assert written["right"] > rounds // 2
    assert seen["right"] >= READERS // 2 * 30
