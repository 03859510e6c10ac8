"""At a terminal: what is typed unseen stays unseen, also when Ctrl-C or Ctrl-D comes in the middle of it."""

from __future__ import annotations

import os
import sys

import pexpect
import pytest

from .stage import Stage

CTRL_C, CTRL_D, ENTER = "\x03", "\x04", "\r"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("terminal"))


def type_at(stage: Stage, prompt: str, keys: str, *words: str) -> str:
    """Type at the prompt and then Ctrl-C until it ends; return everything the screen showed."""
    session = pexpect.spawn(
        sys.executable,
        ["-m", "orqo_vault", "-vv", "-c", str(stage.settings), *words],
        cwd=str(stage.project),
        env={**stage.environ, "PATH": os.environ["PATH"], "TERM": "xterm"},
        dimensions=(50, 200),
        timeout=30,
        encoding="utf-8",
    )
    session.delaybeforesend = None
    screen = ""
    session.expect(prompt)
    screen += session.before + session.after
    session.send(keys)
    while session.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=1) != 0:
        session.send(CTRL_C)
    return screen + session.before


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        (r"Token \(not shown\)", ("set", "openai")),
        ("Password", ("set", "login.password")),
        ("Passphrase|passphrase", ("store", "slot", "add", "--passphrase")),
    ],
    ids=lambda words: words if isinstance(words, str) else " ".join(words),
)
@pytest.mark.parametrize(
    "end",
    [
        CTRL_C,
        ENTER + CTRL_C,
        pytest.param(CTRL_D, marks=pytest.mark.slow),
        pytest.param(ENTER, marks=pytest.mark.slow),
    ],
    ids=["^C", "enter ^C", "^D", "enter"],
)
def test_what_is_typed_does_not_come_back(stage: Stage, prompt: str, words: tuple[str, ...], end: str) -> None:
    stage.restore()
    value = stage.canaries.plain("at the keyboard")

    screen = type_at(stage, prompt, value + end, *words)

    scanner = stage.scanner()
    assert scanner.hits("the screen", screen) == []
    assert stage.hits_at_rest(scanner) == []
