"""``orqo-vault doctor``: what is wrong on this machine, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.terminal import printable
from orqo_vault.doctor import Finding, examine, subject
from orqo_vault.doctor.versions import versions

COLORS = {"error": "red", "warning": "yellow"}


@click.command("doctor", cls=Command)
@json_option
@pass_invocation
def command(invocation: Invocation, as_json: bool) -> int:
    """Look for what is wrong on this machine: settings, permissions, keys, clock, certificates, logins, leftovers,
    versions. Changes nothing, and says how to put each finding right.

    The exit status is 1 when there is an error, 0 when there are only warnings.
    """
    findings = examine(
        subject(
            invocation.surroundings(),
            config=Path(invocation.config) if invocation.config is not None else None,
            profile=invocation.profile,
            operator=Path(invocation.operator) if invocation.operator is not None else None,
        )
    )
    failed = any(each.severity == "error" for each in findings)
    if as_json:
        print_json({"ok": not failed, "findings": [asdict(each) for each in findings], "versions": versions()})
        return int(failed)
    for each in findings:
        _print(each)
    said = ", ".join(f"{name} {version}" for name, version in versions().items())
    click.echo(f"{click.style('ok', fg='green') if not findings else f'findings: {len(findings)}'}: {said}")
    return int(failed)


def _print(each: Finding) -> None:
    label = click.style(each.severity, fg=COLORS[each.severity])
    click.echo(f"{label}: {printable(each.where)}: {printable(each.what)}")
    click.echo(f"  fix: {printable(each.fix)}")
