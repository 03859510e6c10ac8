"""``orqo-vault add``: declares a credential and stores its secret."""

from __future__ import annotations

from typing import Any

import click

from orqo_vault.cli.add_guide import guided
from orqo_vault.cli.assignments import assignments
from orqo_vault.cli.command import Command
from orqo_vault.cli.declaration import declaration_options, entry, refuse_secret_values
from orqo_vault.cli.field_prompts import ask_fields
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation
from orqo_vault.cli.printing import print_json
from orqo_vault.cli.target import field_named, storable_fields
from orqo_vault.cli.usage import UsageError
from orqo_vault.cli.values import from_environment, from_file, from_stdin
from orqo_vault.credential import Category, Credential, Mode
from orqo_vault.credential_types import CredentialType
from orqo_vault.plugins import credential_type
from orqo_vault.secret import SecretValue
from orqo_vault.vault.declaring import add_credential, candidate


@click.command("add", cls=Command)
@click.argument("credential_id", metavar="[ID]", required=False)
@declaration_options(new=True)
@click.option("--from-file", "files", multiple=True, metavar="FIELD=FILE", help="Read a field's value from a file.")
@click.option("--from-env", "variables", multiple=True, metavar="FIELD=VAR", help="Take it from a variable.")
@click.option("--stdin", "piped", metavar="FIELD", help="Read a field's value from standard input.")
@click.option("--no-secret", is_flag=True, help="Declare only; use set later.")
@click.option("--overwrite", is_flag=True, help="Replace what is stored in its place.")
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    /,
    credential_id: str | None,
    files: tuple[str, ...],
    variables: tuple[str, ...],
    piped: str | None,
    no_secret: bool,
    overwrite: bool,
    as_json: bool,
    **declared: Any,
) -> None:
    """Declare a credential and store its secret.

    At a terminal you are asked for what is missing. In a script give the id, --type, --key, and each secret field
    with --from-file, --from-env or --stdin; values never stand on the command line. The secret is stored first and
    declared second.
    """
    said = entry(declared)
    vault = invocation.vault()
    if invocation.interactive:
        credential_id, said = guided(vault.settings, credential_id, said)
    credential_id, said = _complete(credential_id, said)
    type = credential_type(said["type"])
    refuse_secret_values({field.name for field in type.fields if field.secret} | set(said.get("fields", ())), said)
    editor = invocation.editor()
    with candidate(vault, editor, credential_id, said) as wanted:
        credential = wanted.credentials[credential_id]
        for warning in set(wanted.settings.warnings) - set(vault.settings.warnings):
            invocation.tell(f"warning: {warning}")
    values = None
    if credential.mode is Mode.OWN and not no_secret:
        given = _given(invocation, credential, type, assignments("--from-file", files), variables, piped)
        values = _with_the_missing(invocation, credential, type, given)
    file = add_credential(vault, editor, credential_id, said, values, overwrite=overwrite)
    _confirm(invocation, credential, values, str(file.name), as_json)


def _complete(credential_id: str | None, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the entry with what follows from the rest; raise for what does not."""
    missing = [
        option
        for option, there in (("ID", credential_id), ("--type", "type" in said), ("--key", "key" in said))
        if not there
    ]
    if missing:
        raise UsageError(f"missing: {', '.join(missing)}", hint="orqo-vault add ID --type TYPE --key KEY …")
    categories = credential_type(said["type"]).categories
    if "category" not in said and len(categories) > 1 and said["type"] != Category.CUSTOM.value:
        raise UsageError("missing: --category", hint=f"for {said['type']}: {', '.join(categories)}")
    category = said.get("category") or (categories[0] if len(categories) == 1 else Category.CUSTOM)
    head = {"name": said.get("name", credential_id), "key": said["key"], "category": str(category)}
    return str(credential_id), {**head, **{key: value for key, value in said.items() if key not in head}}


def _given(
    invocation: Invocation,
    credential: Credential,
    type: CredentialType,
    files: dict[str, str],
    variables: tuple[str, ...],
    piped: str | None,
) -> dict[str, SecretValue]:
    values: dict[str, SecretValue] = {}
    for name, path in files.items():
        values[name] = from_file(field_named(credential, type, name), path)
    for name, variable in assignments("--from-env", variables).items():
        values[name] = from_environment(field_named(credential, type, name), variable, invocation.environ)
    if piped is not None:
        values[piped] = from_stdin(field_named(credential, type, piped))
    return values


def _with_the_missing(
    invocation: Invocation, credential: Credential, type: CredentialType, given: dict[str, SecretValue]
) -> dict[str, SecretValue] | None:
    """Return the values with those a person is asked for; None where there is nothing to store."""
    missing = {name: field for name, field in storable_fields(credential, type).items() if name not in given}
    if credential.referenced:
        return given or None  # the secret is there already
    if invocation.interactive:
        return {**given, **ask_fields(credential, missing, all_required=True)}
    required = [name for name, field in missing.items() if field.required]
    if required:
        raise UsageError(
            f"no value for {', '.join(required)}",
            hint="--stdin FIELD, --from-file FIELD=FILE, --from-env FIELD=VAR, or --no-secret to store it later",
        )
    return given or None


def _confirm(
    invocation: Invocation, credential: Credential, values: dict[str, SecretValue] | None, file: str, as_json: bool
) -> None:
    if as_json:
        print_json({"id": credential.id, "file": file, "backend": credential.backend, "stored": list(values or ())})
        return
    stored = f"{', '.join(values)} stored in {credential.backend}, " if values else ""
    invocation.say(f"{credential.id}: {stored}declared in {file}")
    if credential.mode is Mode.OWN and not values and not credential.referenced:
        invocation.say(f"its secret is still missing: orqo-vault set {credential.id}")
