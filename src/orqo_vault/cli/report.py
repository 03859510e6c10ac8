"""Prints what a check found."""

from __future__ import annotations

import click

from orqo_vault.cli.printing import print_json
from orqo_vault.cli.terminal import printable
from orqo_vault.vault.checking import CheckReport, Finding


def print_report(report: CheckReport, *, as_json: bool) -> None:
    """Print problems and notes, or that all is well."""
    if as_json:
        print_json(
            {
                "ok": not report.problems,
                "checked": list(report.checked),
                "problems": [_as_object(each) for each in report.problems],
                "notes": [_as_object(each) for each in report.findings if each.error is None],
            }
        )
        return
    for each in report.findings:
        _print(each)
    if not report.problems:
        click.echo(f"{click.style('ok', fg='green')}: {', '.join(report.checked) or 'nothing to check'}")


def _print(each: Finding) -> None:
    label = click.style("problem", fg="red") if each.error is not None else click.style("note", fg="yellow")
    click.echo(f"{label}: {printable(each.subject)}: {printable(each.message)}")
    if each.error is not None and each.error.hint:
        click.echo(f"  hint: {printable(each.error.hint)}")


def _as_object(each: Finding) -> dict[str, object]:
    code = each.error.code if each.error is not None else None
    hint = each.error.hint if each.error is not None else None
    return {"subject": each.subject, "message": each.message, "code": code, "hint": hint}
