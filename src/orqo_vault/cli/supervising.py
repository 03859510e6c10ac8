"""A run with something to do around its command: what is masked, renewed and given back, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

from orqo_vault.cli.failure import show
from orqo_vault.errors import OrqoVaultError
from orqo_vault.run.execute import CannotStartError
from orqo_vault.run.status import leave
from orqo_vault.run.supervise import supervise

if TYPE_CHECKING:
    from orqo_vault.cli.invocation import Invocation
    from orqo_vault.cli.running import RunRequest
    from orqo_vault.run.interruption import Interruption
    from orqo_vault.run.masking import Masking
    from orqo_vault.run.streams import Streams
    from orqo_vault.vault.prepared import PreparedRun


def masking_of(invocation: Invocation, prepared: PreparedRun, streams: Streams) -> Masking | None:
    """Return what is to be masked in these streams; None when there is nothing. Values too short for it are counted."""
    if not any(streams):
        return None
    from orqo_vault.redaction import patterns
    from orqo_vault.run.masking import Masking

    found = patterns(prepared.secrets())
    if found.too_short:
        invocation.say(
            f"orqo-vault: {found.too_short} {_plural(found.too_short, 'value')} shorter than 6 characters "
            f"{'is' if found.too_short == 1 else 'are'} not masked"
        )
    return Masking(found, streams) if found else None


def run_around(
    invocation: Invocation,
    prepared: PreparedRun,
    request: RunRequest,
    environment: Mapping[str, str],
    masking: Masking | None,
    interruption: Interruption,
) -> NoReturn:
    """Run the command, give everything back, and end as the command ended."""
    invocation.failing_as = None  # from here on the status is the command's
    try:
        status = supervise(
            request.words,
            environment,
            pass_fds=prepared.pass_fds,
            masking=masking,
            kill_after=request.kill_after,
            chores=prepared.chores(invocation.tell),
            dumpable=prepared.plan.needs_dumpable,
        )
    except CannotStartError:
        prepared.cancel()
        raise
    interruption.ignore()
    _give_back(invocation, prepared)
    if masking is not None and masking.count:
        invocation.say(f"orqo-vault: {masking.count} {_plural(masking.count, 'place')} masked")
    leave(status)


def _give_back(invocation: Invocation, prepared: PreparedRun) -> None:
    """Undo what the run set up. What goes wrong now is said, and the status stays the command's."""
    for close in (prepared.close, invocation.close):
        try:
            close()
        except OrqoVaultError as error:
            show(error, as_json=invocation.json, color=invocation.color)


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
