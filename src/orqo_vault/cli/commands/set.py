"""``orqo-vault set``: stores one field of a secret, or all of them."""

from __future__ import annotations

from collections.abc import Mapping

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import fields as complete_fields
from orqo_vault.cli.field_prompts import ask_fields
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.target import credential_and_type, field_named, meant_field, split_target, storable_fields
from orqo_vault.cli.usage import UsageError
from orqo_vault.cli.values import from_environment, from_file, from_json, from_stdin
from orqo_vault.credential import Credential
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.secret import SecretValue


@click.command("set", cls=Command)
@click.argument("target", metavar="ID", shell_complete=complete_fields)
@click.argument("field_name", metavar="[FIELD]", required=False)
@click.option("--from-file", "file", metavar="FILE", help="Read the value from a file; - is standard input.")
@click.option("--from-env", "variable", metavar="VAR", help="Take the value of an environment variable.")
@click.option("--from-json", "whole", metavar="FILE", help="Replace all fields by those of a JSON object.")
@click.option("--clear", multiple=True, metavar="FIELD", help="Remove a field; may be repeated.")
@click.option("--exact", is_flag=True, help="Keep the final newline of a one-line value; accept an empty one.")
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    target: str,
    field_name: str | None,
    file: str | None,
    variable: str | None,
    whole: str | None,
    clear: tuple[str, ...],
    exact: bool,
    as_json: bool,
) -> None:
    """Store the secret of a credential: one FIELD, or all of them.

    At a terminal you are asked, unseen; what you leave empty stays as it is. Otherwise the value is read from
    standard input. Of a value that is one line the final newline is dropped, unless --exact; a value of several
    lines is kept byte for byte. Values never stand on the command line. FILE may be -, for standard input.
    """
    credential_id, after_dot = split_target(target)
    name = field_name or after_dot
    _refuse_contradictions(name, file, variable, whole, clear)
    vault = invocation.vault()
    credential, type = credential_and_type(vault.settings, credential_id)
    if whole is not None:
        values = from_json(whole)
        version = vault.put(credential_id, values)
    else:
        for each in clear:
            field_named(credential, type, each)
        field = field_named(credential, type, name) if name else None
        if file is not None or variable is not None:
            values = _given(invocation, field or meant_field(credential, type), file, variable, exact)
        elif clear and field is None:
            values = {}
        else:
            values = _asked_or_piped(invocation, credential, type, field, exact)
        if not values and not clear:
            invocation.say("nothing was entered, and nothing is changed")
            return
        version = vault.update(credential_id, set=values, clear=clear)
    _confirm(invocation, credential, values, clear, version, as_json)


def _refuse_contradictions(
    name: str | None, file: str | None, variable: str | None, whole: str | None, clear: tuple[str, ...]
) -> None:
    sources = {"--from-file": file, "--from-env": variable, "--from-json": whole}
    given = [option for option, value in sources.items() if value is not None]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other")
    if whole is not None and (name or clear):
        raise UsageError("--from-json replaces all fields: it goes with no FIELD and no --clear")


def _given(
    invocation: Invocation, field: Field, file: str | None, variable: str | None, exact: bool
) -> dict[str, SecretValue]:
    if file is not None:
        return {field.name: from_file(field, file, exact=exact)}
    return {field.name: from_environment(field, str(variable), invocation.environ)}


def _asked_or_piped(
    invocation: Invocation, credential: Credential, type: CredentialType, field: Field | None, exact: bool
) -> dict[str, SecretValue]:
    if invocation.interactive:
        wanted = {field.name: field} if field else storable_fields(credential, type)
        return ask_fields(credential, wanted, all_required=False)
    field = field or meant_field(credential, type)
    return {field.name: from_stdin(field, exact=exact)}


def _confirm(
    invocation: Invocation,
    credential: Credential,
    values: Mapping[str, SecretValue],
    cleared: tuple[str, ...],
    version: str,
    as_json: bool,
) -> None:
    if as_json:
        print_json(
            {
                "id": credential.id,
                "backend": credential.backend,
                "stored": list(values),
                "cleared": list(cleared),
                "version": version,
            }
        )
        return
    done = {"stored": list(values), "cleared": list(cleared)}
    said = "; ".join(f"{verb} {', '.join(names)}" for verb, names in done.items() if names)
    invocation.say(f"{credential.id}: {said} in {credential.backend}")
