"""A power cut after every change of every operation, on a disk that keeps only what it was told to flush.

What was acknowledged is there when the power is back; what was not is there whole or not at all. The tests at the
end forget one flush after the other: those that nobody misses are listed, with the reason.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from .operations import OPERATIONS, Operation
from .power import Disk, Files, Recorder
from .seam import through
from .trial import Trial


class Cut(NamedTuple):
    """What a power cut left, and whether the operation had said that it was done."""

    files: Files
    folders: set[Path]
    done: bool


def cuts(
    trial: Trial, chance: random.Random, *, forgotten: int | None = None, unflushed: str | None = None
) -> tuple[list[Cut], list[Path]]:
    """Return everything different that power cuts during and after the operation leave, and what was flushed.

    The flush ``forgotten`` is left out; files that match ``unflushed`` were not flushed before it begins.
    """
    trial.scene.restore()
    disk = Disk(trial.scene.place)
    for path in trial.scene.place.glob(unflushed) if unflushed else ():
        disk.unflush(path)
    found: dict[bytes, Cut] = {}

    def look(*, done: bool = False) -> None:
        for files, folders in disk.survivors(20, chance):
            digest = hashlib.sha256(repr((sorted(files.items()), sorted(folders))).encode()).digest()
            if done or digest not in found:
                found[digest] = Cut(files, folders, done)

    recorder = Recorder(disk, look, forgotten)
    with through(recorder):
        trial.operation.do(trial.scene)
    look(done=True)
    return list(found.values()), recorder.flushed


def complaints(trial: Trial, chosen: list[Cut]) -> Iterator[str]:
    for cut in chosen:
        trial.scene.become(cut.files, cut.folders)
        for found in trial.complaints(done=cut.done):
            yield f"{'after' if cut.done else 'during'}: {found}"


def named(name: str) -> Operation:
    return next(each for each in OPERATIONS if each.name == name)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, operation: Operation, seed: int) -> None:
    trial = Trial(operation, tmp_path)
    possible, _ = cuts(trial, random.Random(seed))
    assert any(cut.done for cut in possible)
    assert len(possible) > 4
    assert list(complaints(trial, possible)) == []


IN_THE_STORE = "project/.orqo-vault"
DURABLE_ALREADY = [f"{IN_THE_STORE}/epochs/#", f"{IN_THE_STORE}/epochs", IN_THE_STORE]
"""The epoch that is sealed under, and the way to it: flushed for the case that who made it died before its flush."""
ONLY_MEMORY = ["ana/state/marks/#/.tmp-#", "ana/state/marks/#"]
"""A mark that is lost harms no secret."""
FLUSHED_AGAIN = [IN_THE_STORE]
"""The same folder is flushed once more before anything depends on it."""
MISSED_BY_NOBODY = {
    "put over": DURABLE_ALREADY + ONLY_MEMORY,
    "delete": DURABLE_ALREADY + ONLY_MEMORY,
    "rotate": [*DURABLE_ALREADY, "ana/state/marks/#/.tmp-store", "ana/state/marks/#"],
    "slot add": DURABLE_ALREADY,
    "create with the first write": [
        *FLUSHED_AGAIN * 4,  # before the header is put there
        *("ana", "ana/state", "ana/state/marks", "ana/state/marks/#/.tmp-store", "ana/state/marks/#"),
        *DURABLE_ALREADY,
        *ONLY_MEMORY,
    ],
}


@pytest.mark.parametrize(
    "name", [*list(MISSED_BY_NOBODY)[:4], pytest.param("create with the first write", marks=pytest.mark.slow)]
)
def test_every_other_flush_is_missed_when_it_is_forgotten(tmp_path: Path, name: str, seed: int) -> None:
    trial = Trial(named(name), tmp_path)
    _, flushed = cuts(trial, random.Random(seed))
    unmissed = []
    for number, path in enumerate(flushed):
        possible, _ = cuts(trial, random.Random(seed), forgotten=number)
        if next(complaints(trial, possible), None) is None:
            unmissed.append(re.sub("[0-9a-f]{16,}", "#", str(path.relative_to(trial.scene.place))))
    assert unmissed == MISSED_BY_NOBODY[name]


@pytest.mark.parametrize("forgotten", [None, 0, 1])
def test_an_epoch_is_durable_before_anything_is_sealed_under_it(
    tmp_path: Path, forgotten: int | None, seed: int
) -> None:
    """Who rotated died before the flush; the next writer has to make up for it, and its two flushes are missed."""
    trial = Trial(named("put over"), tmp_path)
    newest = f"{IN_THE_STORE}/epochs/{epoch_of(trial)}"
    possible, _ = cuts(trial, random.Random(seed), forgotten=forgotten, unflushed=newest)
    first = next(complaints(trial, [cut for cut in possible if cut.done]), None)
    assert (first is not None) == (forgotten is not None)


def epoch_of(trial: Trial) -> str:
    """Return the newest epoch of the scene."""
    trial.scene.restore()
    with trial.scene.ana.store.visit() as visit:
        assert visit is not None
        return visit.keyring.active.id
