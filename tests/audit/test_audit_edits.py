"""A thousand edits and cuts of a log, each detected; a cut end only because this machine remembers the end."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orqo_vault.audit import chain
from orqo_vault.audit.files import all_files

if TYPE_CHECKING:
    from tests.audit.conftest import Log

Files = list[list[bytes]]
"""The lines of every file of the log."""
Edit = Callable[[Files, random.Random], None]


def flip_a_byte(files: Files, chance: random.Random) -> None:
    lines = chance.choice(files)
    number = chance.randrange(len(lines))
    line = bytearray(lines[number])
    line[chance.randrange(len(line))] ^= chance.randrange(1, 256)
    lines[number] = bytes(line)


def remove_bytes(files: Files, chance: random.Random) -> None:
    lines = chance.choice(files)
    number = chance.randrange(len(lines))
    start = chance.randrange(len(lines[number]))
    lines[number] = lines[number][:start] + lines[number][start + chance.randrange(1, 40) :]


def insert_bytes(files: Files, chance: random.Random) -> None:
    lines = chance.choice(files)
    number = chance.randrange(len(lines))
    place = chance.randrange(len(lines[number]))
    lines[number] = lines[number][:place] + chance.randbytes(chance.randrange(1, 20)) + lines[number][place:]


def change_a_word(files: Files, chance: random.Random) -> None:
    lines = chance.choice(files)
    number = chance.randrange(len(lines))
    before, after = chance.choice([(b'"ana"', b'"bob"'), (b"password", b"username"), (b'"granted"', b'"denied"')])
    lines[number] = lines[number].replace(before, after)


def remove_lines(files: Files, chance: random.Random) -> None:
    lines = chance.choice(files)
    start = chance.randrange(len(lines))
    del lines[start : start + chance.randrange(1, 4)]


def repeat_a_line(files: Files, chance: random.Random) -> None:
    lines = chance.choice(files)
    number = chance.randrange(len(lines))
    lines.insert(chance.randrange(number, len(lines)) + 1, lines[number])


def swap_lines(files: Files, chance: random.Random) -> None:
    lines = chance.choice([each for each in files if len(each) > 1])
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]


def forge_a_line(files: Files, chance: random.Random) -> None:
    """Replace a record by another one whose own hash is right."""
    lines = chance.choice(files)
    number = chance.randrange(len(lines))
    old = chance_entry(lines[number])
    lines[number], _ = chain.sealed({"event": "forged"}, chain.Link(old.link.seq - 1, old.prev))


def cut_the_end(files: Files, chance: random.Random) -> None:
    """Cut anywhere: between two records, or within one."""
    last = b"".join(files[-1])
    files[-1] = [last[: chance.randrange(len(last))]]


def cut_whole_records(files: Files, chance: random.Random) -> None:
    del files[-1][-chance.randrange(1, len(files[-1]) + 1) :]


def lose_a_file(files: Files, chance: random.Random) -> None:
    chance.choice(files).clear()


def swap_files(files: Files, chance: random.Random) -> None:
    one, other = chance.sample(range(len(files)), 2)
    files[one], files[other] = files[other], files[one]


def go_back(files: Files, chance: random.Random) -> None:
    """Put an earlier state of the whole log back."""
    kept = chance.randrange(len(files))
    files[kept] = files[kept][: chance.randrange(len(files[kept]))]
    for later in files[kept + 1 :]:
        later.clear()


EDITS: list[Edit] = [
    flip_a_byte, remove_bytes, insert_bytes, change_a_word, remove_lines, repeat_a_line, swap_lines, forge_a_line,
    cut_the_end, cut_whole_records, lose_a_file, swap_files, go_back,
]  # fmt: skip


def chance_entry(line: bytes) -> chain.Entry:
    found = chain.entry(line.removesuffix(b"\n"))
    assert found is not None
    return found


@pytest.fixture
def rotated(log: Log) -> Log:
    """A log of three full files and one that grows."""
    log.sink = log.make_sink(limit=4500)
    while len(all_files(log.file)) < 4 or len(log.lines()) < 5:
        log.fill(1)
    assert log.verdict().problem is None
    return log


def play(log: Log, edits: list[Edit], trials: int, seed: int) -> list[str]:
    """Edit the log in that many ways, and return those that nobody noticed."""
    paths = all_files(log.file)
    whole = [path.read_bytes() for path in paths]
    unnoticed = []
    for trial in range(trials):
        chance = random.Random(f"{seed} {trial}")
        files = [each.splitlines(keepends=True) for each in whole]
        edit = edits[trial % len(edits)]
        edit(files, chance)
        edited = [b"".join(lines) for lines in files]
        assert edited != whole, f"{edit.__name__}, trial {trial} of seed {seed} changed nothing"
        write(paths, edited)
        if log.verdict().problem is None:
            unnoticed.append(f"{edit.__name__}, trial {trial} of seed {seed}")
    write(paths, whole)
    return unnoticed


def write(paths: list[Path], contents: list[bytes]) -> None:
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)


def test_a_thousand_edits_and_cuts_are_detected(rotated: Log) -> None:
    seed = random.SystemRandom().randrange(1 << 32)

    assert play(rotated, EDITS, 1000, seed) == []
    assert rotated.verdict().problem is None
