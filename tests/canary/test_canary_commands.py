"""Every command in every state, loud and quiet: no secret comes out but where it is asked for."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator

import click
import pytest
from orqo_vault_file.disk import patience

from orqo_vault.cli.root import root

from .command_lines import Line, command_lines
from .conversation import finish, in_a_process, in_this_process, start
from .stage import STATES, Stage

LOUD = ((), ("-vv",))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("canary"))


@pytest.fixture(scope="module")
def lines(stage: Stage) -> list[Line]:
    return command_lines(stage)


@pytest.fixture
def seed() -> int:
    chosen = int(os.environ.get("ORQO_TEST_SEED") or int.from_bytes(os.urandom(4), "big"))
    print(f"ORQO_TEST_SEED={chosen}")  # noqa: T201  # pytest shows it when the test fails
    return chosen


def set_up(stage: Stage, state: str) -> None:
    stage.restore()
    STATES[state](stage)


def at_rest(stage: Stage, state: str) -> list[str]:
    """Return what a command left in files; in the last state somebody else has put a secret there."""
    return [] if state == "literal" else stage.hits_at_rest(stage.scanner())


def names(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command below a group."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from names(command, (*above, name))
        else:
            yield (*above, name)


def test_every_command_is_among_the_lines(lines: list[Line]) -> None:
    there = {line.words[:length] for line in lines for length in (1, 2, 3)}
    assert set(names(root)) - there == set()


@pytest.mark.parametrize("state", STATES)
def test_no_command_leaks_in_any_state(
    stage: Stage, lines: list[Line], monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0)
    found = []
    for number, line in enumerate(lines):
        if not line.becomes_another:
            set_up(stage, state)
            options = LOUD[(number + list(STATES).index(state)) % 2]
            traces = in_this_process(stage, line, options, monkeypatch)
            assert traces.status < 10, f"{line}: {traces}"
            found += [f"{line}: {hit}" for hit in [*traces.hits(line, stage.scanner()), *at_rest(stage, state)]]
    assert found == []


@pytest.mark.parametrize("most", [20, pytest.param(10**6, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
def test_no_process_leaks(stage: Stage, lines: list[Line], seed: int, most: int) -> None:
    """With a spy in it that keeps logs, executed command lines and temporary files."""
    cases = [(line, state, options) for line in lines for state in STATES for options in LOUD]
    running = [case for case in cases if case[0].becomes_another]
    chance = random.Random(seed)
    chosen = [*chance.sample(running, min(most // 2, len(running))), *chance.sample(cases, min(most // 2, len(cases)))]
    found = []
    for line, state, options in chosen:
        set_up(stage, state)
        traces = in_a_process(stage, line, options)
        hits = [*traces.hits(line, stage.scanner()), *at_rest(stage, state)]
        found += [f"{options} {line}, {state}: {hit}" for hit in hits]
    assert found == []


@pytest.mark.parametrize("count", [12, pytest.param(300, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])])
def test_no_process_leaks_when_it_is_interrupted(stage: Stage, lines: list[Line], seed: int, count: int) -> None:
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        line = chance.choice([each for each in lines if not each.slip])
        set_up(stage, "ok")
        process = start(stage, line)
        try:
            process.wait(chance.random() * 0.4)  # not to wait for anything: to interrupt it somewhere
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        traces = finish(stage, process)
        found += [
            f"{line}: {hit}" for hit in [*traces.hits(line, stage.scanner()), *stage.hits_at_rest(stage.scanner())]
        ]
    assert found == []
