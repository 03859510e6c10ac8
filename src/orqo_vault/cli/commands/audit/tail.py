"""``orqo-vault audit tail``: the newest records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from orqo_vault.audit.reading import newest
from orqo_vault.cli.audit_file import chosen_log, log_file_argument
from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table

COLUMNS = ("Time", "Event", "Outcome", "Who", "Run", "Credentials", "Reason")


@click.command("tail", cls=Command)
@log_file_argument
@click.option("-n", "count", type=click.IntRange(min=1), default=20, metavar="N", help="How many; 20 unless said.")
@plain_option
@json_option
@pass_invocation
def command(invocation: Invocation, file: str | None, count: int, plain: bool, as_json: bool) -> None:
    """Show the newest records, the newest last; of FILE, else of this project's log.

    Records hold names and versions, never a value. Whether they are whole, "audit verify" says.
    """
    log = chosen_log(invocation, file)
    records, damaged = newest(log.file, count)
    if damaged:
        invocation.tell(f"left out, because they are not what was written: {damaged} lines; audit verify says more")
    if as_json:
        print_json({"file": str(log.file), "records": records})
        return
    if not records:
        invocation.say(f"nothing is recorded in {log.file}")
    print_table(COLUMNS, map(_cells, records), plain=plain)


def _cells(record: Mapping[str, Any]) -> tuple[str, ...]:
    actor = record["actor"]
    user = actor["user"] or str(actor["uid"])
    credentials = ", ".join(_used(each) for each in record["credentials"])
    target = f" to {record['target']}" if record["target"] else ""
    return (
        record["time"].partition(".")[0] + "Z",
        record["event"] + target,
        record["outcome"],
        f"{user} for {actor['name']}" if actor["name"] else user,
        record["run"] or "",
        credentials,
        record["reason"] or "",
    )


def _used(credential: Mapping[str, Any]) -> str:
    """Return ``mail(host,password)``: fields are named where some were handed over."""
    fields = ",".join(credential["fields"])
    return f"{credential['id']}({fields})" if fields else str(credential["id"])
