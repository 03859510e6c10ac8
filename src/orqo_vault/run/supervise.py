"""Runs a command as a child, for runs that have something to do around it, as if it had taken our place."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from orqo_vault.run.child import Child
from orqo_vault.run.group import controlling_terminal
from orqo_vault.run.hardening import harden
from orqo_vault.run.signals import Signals
from orqo_vault.run.spawn import Start, spawn
from orqo_vault.run.status import Status
from orqo_vault.run.watch import Watch

if TYPE_CHECKING:
    from orqo_vault.run.chores import Chore
    from orqo_vault.run.masking import Masking
    from orqo_vault.run.outputs import Outputs


def supervise(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    pass_fds: Sequence[int] = (),
    masking: Masking | None = None,
    kill_after: float | None = None,
    chores: Sequence[Chore] = (),
    dumpable: bool = False,
) -> Status:
    """Run the command to its end and return its status: 0 to 255, or 128+N when signal N ended it.

    Signals that come meanwhile are the child's, from the first line on; ``kill_after`` is how many seconds it may live
    on after a SIGTERM. ``dumpable`` keeps this process readable under /proc for its own user. Call it in the main
    thread, with no other thread running that starts processes. Raises
    :class:`~orqo_vault.run.execute.CannotStartError` when the command cannot be started.
    """
    with ExitStack() as closing:
        signals = closing.enter_context(Signals())
        core_limit = harden(dumpable=dumpable)
        outputs = _outputs(masking, closing)
        terminal = controlling_terminal()
        if terminal is not None:
            closing.callback(os.close, terminal)
        start = Start(
            command=command,
            environment=environment,
            signals=signals,
            core_limit=core_limit,
            streams=outputs.for_child if outputs else {},
            pass_fds=pass_fds,
        )
        child = _started(start, outputs, terminal)
        closing.callback(child.close)
        watch = Watch(signals, child, outputs, terminal, kill_after)
        if chores:
            from orqo_vault.run.chores import Chores

            watch.chores = Chores(chores)
            closing.callback(watch.chores.close)
        return watch.until_the_end()


def _outputs(masking: Masking | None, closing: ExitStack) -> Outputs | None:
    if masking is None:
        return None
    from orqo_vault.run.outputs import Outputs

    return Outputs(masking, closing)


def _started(start: Start, outputs: Outputs | None, terminal: int | None) -> Child:
    try:
        if outputs is not None and outputs.terminal is not None:
            from orqo_vault.run.session import start_session

            return start_session(start, outputs.terminal.inner)
        start = replace(start, own_group=terminal is None)
        return Child(spawn(start), leads_group=start.own_group)
    finally:
        if outputs is not None:
            outputs.close_childs_ends()
