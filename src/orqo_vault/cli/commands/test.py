"""``orqo-vault test``: whether credentials work, found out by asking the services they are for."""

from __future__ import annotations

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import credential_ids
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, older_option, pass_invocation
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.cli.usage import UsageError
from orqo_vault.errors import OrqoVaultError
from orqo_vault.probes import Outcome
from orqo_vault.vault.probing import SECONDS, Probed, probe_all

COLUMNS = ("Id", "Status", "Took", "Reason")
STATUS = {
    Outcome.OK: 0,
    Outcome.FAILING: 1,
    Outcome.REFUSED: 1,
    Outcome.NOT_TESTABLE: 1,
    Outcome.UNREACHABLE: 6,
}


@click.command("test", cls=Command)
@click.argument("ids", metavar="[ID]...", nargs=-1, shell_complete=credential_ids)
@click.option("--all", "everything", is_flag=True, help="Every enabled credential that can be tested.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True, max=600),
    default=SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="How long one test may take.",
)
@older_option
@json_option
@pass_invocation
def command(
    invocation: Invocation, ids: tuple[str, ...], everything: bool, timeout: float, allow_older: bool, as_json: bool
) -> int:
    """Ask the services of these credentials whether they take them: log in to the mail server, list the models.

    Contacted is only what the settings file names, or the declared provider's own address. Nothing is sent, bought
    or changed there. `list` shows what came of it.

    The exit status is 0 when all work, 1 when one does not, 6 when one could not be asked; the highest counts, also
    of errors before that.
    """
    if everything == bool(ids):
        raise UsageError("say which: one ID or more, or --all")
    probed = probe_all(invocation.vault(allow_older=allow_older), None if everything else ids, seconds=timeout)
    status = max((_status(each, everything) for each in probed), default=0)
    if as_json:
        print_json({"ok": status == 0, "results": [as_object(each) for each in probed]})
    else:
        print_table(COLUMNS, (_cells(each) for each in probed))
    return status


def as_object(probed: Probed) -> dict[str, object]:
    """Return one result for JSON; an error before the test has its code in place of an outcome."""
    result = probed.result
    if isinstance(result, OrqoVaultError):
        return {"id": probed.credential, "outcome": "error", "reason": str(result), "code": result.code}
    return {
        "id": probed.credential,
        "outcome": result.outcome.value,
        "reason": result.reason,
        "status": result.status,
        "latency_ms": result.latency_ms,
        "tested_at": result.tested_at.isoformat(),
        "version": result.version,
    }


def _status(probed: Probed, everything: bool) -> int:
    if isinstance(probed.result, OrqoVaultError):
        return probed.result.exit_code
    if everything and probed.result.outcome is Outcome.NOT_TESTABLE:
        return 0
    return STATUS[probed.result.outcome]


def _cells(probed: Probed) -> tuple[str, str, str, str]:
    result = probed.result
    if isinstance(result, OrqoVaultError):
        return probed.credential, "error", "", str(result)
    took = f"{result.latency_ms} ms" if result.latency_ms is not None else ""
    return probed.credential, result.outcome.value.replace("_", " "), took, result.reason
