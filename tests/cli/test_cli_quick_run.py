"""The plain form of run is understood without click, and exactly as click understands it."""

from __future__ import annotations

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orqo_vault.cli.commands import run as command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.quick_run import QuickRun, quick_run
from orqo_vault.cli.root import root
from orqo_vault.cli.running import RunRequest

WORDS = [
    "-c", "-P", "--config", "--profile", "f.yaml", "run", "exec", "list", "--run", "nightly", "--only", "a,b", "c",
    "--clean-env", "--allow-older", "--mask", "never", "--kill-after", "5", "--manifest", "--reason",
    "--json", "--", "-x", "", "--only=a", "-cf.yaml", "cmd", "-q",
]  # fmt: skip


def by_click(arguments: list[str]) -> QuickRun | None:
    """Return what click makes of it; None where it is no run."""
    seen: list[RunRequest] = []
    invocation = Invocation({})

    def note(_: Invocation, request: RunRequest) -> None:
        seen.append(request)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(command, "run", note)
        try:
            with root.make_context("orqo-vault", list(arguments), obj=invocation) as ctx:
                root.invoke(ctx)
        except Exception:
            return None
    return QuickRun(invocation.config, invocation.profile, seen[0]) if seen else None


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--", "cmd"],
        ["exec", "--", "cmd", "--only", "x"],
        ["-c", "f.yaml", "-P", "prod", "run", "--only", "a,b", "--only", "c", "--clean-env", "--", "cmd", "--", "-x"],
        ["--config", "a", "--config", "b", "run", "--run", "x", "--run", "y", "--allow-older", "--", "cmd"],
    ],
)
def test_the_plain_form_needs_no_click(arguments: list[str]) -> None:
    assert plain(quick_run(arguments)) == plain(by_click(arguments)) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run"],
        ["run", "cmd"],
        ["run", "--"],
        ["list", "--", "cmd"],
        ["run", "--json", "--", "cmd"],
        ["-q", "run", "--", "cmd"],
        ["run", "--only", "--", "cmd"],
        ["run", "--only=a", "--", "cmd"],
        ["-c", "run", "--", "cmd"],
    ],
)
def test_anything_else_is_left_to_click(arguments: list[str]) -> None:
    assert quick_run(arguments) is None


@given(st.lists(st.sampled_from(WORDS), max_size=8))
@example(["run", "--run", "--clean-env", "x", "--", "cmd"])
@example(["-c", "run", "run", "--", "cmd"])
def test_both_understand_the_same(arguments: list[str]) -> None:
    quick = quick_run(arguments)
    if quick is not None:
        assert plain(quick) == plain(by_click(arguments))


def plain(quick: QuickRun | None) -> object:
    if quick is None:
        return None
    words, only, *rest = quick.request
    return quick.config, quick.profile, list(words), list(only), rest


def test_click_is_what_it_was() -> None:
    """The comparison above is worth something only while the command is a click command."""
    assert isinstance(command.command, click.Command)
