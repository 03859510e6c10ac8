"""``orqo-vault audit verify``: whether the log is what was written."""

from __future__ import annotations

import re

import click

from orqo_vault.audit.chain import Link
from orqo_vault.audit.verify import Verdict, verify
from orqo_vault.cli.audit_file import chosen_log, log_file_argument
from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_facts, print_json, print_lists
from orqo_vault.cli.usage import UsageError
from orqo_vault.errors import AuditTamperedError, Location


@click.command("verify", cls=Command)
@log_file_argument
@click.option("--head", "noted", metavar="N:HASH", help="An earlier end that you noted elsewhere: it must be in it.")
@json_option
@pass_invocation
def command(invocation: Invocation, file: str | None, noted: str | None, as_json: bool) -> None:
    """Find out whether the log is whole; of FILE, else of this project's log. Exit 8 where it is not.

    A changed, inserted, moved or missing record is found by the chain. An end that was cut off is found because this
    machine remembers the end; a chain made anew by somebody who may write both files only by --head.
    """
    log = chosen_log(invocation, file)
    verdict = verify(log.file, log.head, _link(noted))
    if as_json:
        print_json(_as_object(verdict))
    else:
        _print(verdict)
    if verdict.problem is not None:
        where = Location(str(verdict.problem.file), verdict.problem.line)
        raise AuditTamperedError(verdict.problem.message, location=where, hint=_hint(verdict))


def _link(noted: str | None) -> Link | None:
    if noted is None:
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", noted)
    if match is None:
        raise UsageError("--head is N:HASH", hint="audit verify prints it as head:")
    return Link(int(match[1]), match[2])


def _print(verdict: Verdict) -> None:
    facts = [("records", str(verdict.records)), ("files", str(len(verdict.files)))]
    if verdict.problem is None and verdict.records:
        facts.append(("head", f"{verdict.last.seq}:{verdict.last.hash}"))
    print_facts(facts)
    print_lists([("notes", verdict.notes)])


def _as_object(verdict: Verdict) -> dict[str, object]:
    problem = verdict.problem
    return {
        "ok": problem is None,
        "files": [str(each) for each in verdict.files],
        "records": verdict.records,
        "head": verdict.last._asdict() if verdict.records else None,
        "remembered": verdict.remembered._asdict() if verdict.remembered is not None else None,
        "notes": verdict.notes,
        "problem": {**problem._asdict(), "file": str(problem.file)} if problem is not None else None,
    }


def _hint(verdict: Verdict) -> str:
    whole = (
        f"records up to {verdict.last.seq} are whole" if verdict.records else "nothing in front of it can be relied on"
    )
    return f"{whole}; keep a copy of the file before anything else is recorded"
