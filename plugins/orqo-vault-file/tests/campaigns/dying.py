"""Processes that are killed, forked from one that has imported everything: a new process for a few milliseconds."""

from __future__ import annotations

import json
import os
import random
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .operations import OPERATIONS
from .seam import Counting, through
from .trial import Trial


class Dying(Counting):
    """Kills its own process at one call: before it is made, or just after."""

    def __init__(self, at: int, *, after: bool) -> None:
        super().__init__()
        self._at = at
        self._after = after

    def __call__(self, name: str, call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        due = len(self.kinds) == self._at
        if due and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return super().__call__(name, call, *arguments, **more)
        finally:
            if due:
                os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns in a process of its own; None when that was killed."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        answer(work, write_end)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    found = json.loads(said)
    if "traceback" in found:
        raise RuntimeError(found["traceback"])
    return found["value"]


def answer(work: Callable[[], Any], write_end: int) -> None:
    """Do the work, say what came of it, and end this process without returning."""
    try:
        said = {"value": work()}
    except BaseException:
        said = {"traceback": traceback.format_exc()}
    os.write(write_end, json.dumps(said).encode())
    os._exit(0)


def main(place: str, name: str, most: str, seed: str) -> dict[str, Any]:
    """Let the operation (or ``each``) die at its calls, at most so many, and return what was wrong after which."""
    deaths, wrong = 0, {}
    chance = random.Random(int(seed))
    for operation in OPERATIONS:
        if name in (operation.name, "each"):
            trial = Trial(operation, Path(place) / str(OPERATIONS.index(operation)))
            possible = [(number, after) for number in range(len(trial.kinds)) for after in (False, True)]
            for number, after in chance.sample(possible, min(int(most), len(possible))):
                deaths += 1
                found = _after_death(trial, number, after)
                if found:
                    where = f"{'after' if after else 'before'} call {number}, {trial.kinds[number]}"
                    wrong[f"{operation.name}: {where}"] = found
    return {"deaths": deaths, "wrong": wrong}


def _after_death(trial: Trial, number: int, after: bool) -> list[str]:
    trial.scene.restore()
    if in_child(lambda: _die(trial, number, after)) is not None:
        return ["it lived on"]
    found: list[str] = in_child(lambda: trial.complaints(done=False))
    return found


def _die(trial: Trial, number: int, after: bool) -> bool:
    with through(Dying(number, after=after)):
        trial.operation.do(trial.scene)
    return True
