"""``orqo-vault copy``: secrets from one backend to another, read back before anything is deleted."""

from __future__ import annotations

import sys

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import backend_names, credential_ids
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, yes_option
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.prompts import confirm
from orqo_vault.cli.selection import selected
from orqo_vault.errors import MissingSecretsError
from orqo_vault.vault.copying import (
    Outcome,
    Parcel,
    copy_secrets,
    declare_in,
    delete_source,
    parcels,
    refuse_leaving_others_behind,
)


@click.command("copy", cls=Command)
@click.option("--from", "source", metavar="BACKEND", required=True, shell_complete=backend_names)
@click.option("--to", "target", metavar="BACKEND", required=True, shell_complete=backend_names)
@click.option("--only", metavar="ID,…", multiple=True, help="These credentials only.", shell_complete=credential_ids)
@click.option("--overwrite", is_flag=True, help="Replace a different secret that is there already.")
@click.option("--switch", is_flag=True, help="Then declare the credentials in the new backend.")
@click.option("--delete-source", "delete", is_flag=True, help="Then delete them where they were. Implies --switch.")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@yes_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    source: str,
    target: str,
    only: tuple[str, ...],
    overwrite: bool,
    switch: bool,
    delete: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Copy secrets from one backend to another, whole, each read back after it was written.

    Run it again after an interruption: what is there already is left alone. The exit status is 3 when a credential
    has no secret to copy.
    """
    vault = invocation.vault()
    wanted = parcels(vault, source, target, selected(only, None).only)
    if delete:
        refuse_leaving_others_behind(vault, source, wanted)
        question = f"Delete {len(wanted)} secrets in {source} once they are in {target}?"
        if not dry_run and not confirm(question, yes=yes, interactive=invocation.interactive):
            invocation.say("nothing is changed")
            return 1
    done: dict[Parcel, Outcome] = {}
    copying = copy_secrets(vault, source, target, wanted, overwrite=overwrite, dry_run=dry_run)
    with click.progressbar(copying, len(wanted), "copying", file=sys.stderr) as bar:
        # Without a terminal the bar shows its label only, and each secret gets a line.
        for parcel, outcome in bar:
            done[parcel] = outcome
            if not invocation.interactive:
                invocation.say(f"{len(done)}/{len(wanted)} {parcel.path}: {outcome}")
    copied = [parcel for parcel, outcome in done.items() if outcome in ("copied", "there already")]
    if not dry_run and (switch or delete):
        declare_in(invocation.editor(), target, copied)
    if not dry_run and delete:
        delete_source(vault, source, copied)
    if as_json:
        secrets = [
            {"path": parcel.path, "credentials": list(parcel.credentials), "outcome": outcome}
            for parcel, outcome in done.items()
        ]
        print_json({"from": source, "to": target, "dry_run": dry_run, "secrets": secrets})
    return MissingSecretsError.exit_code if "not stored" in done.values() else 0
