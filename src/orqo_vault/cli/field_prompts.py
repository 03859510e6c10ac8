"""Asks for the values of a credential's fields, each in the way that suits it."""

from __future__ import annotations

from collections.abc import Mapping

from orqo_vault.cli.prompts import Check, ask, ask_hidden
from orqo_vault.cli.usage import UsageError
from orqo_vault.cli.values import from_file
from orqo_vault.credential import Credential
from orqo_vault.credential_types import Field
from orqo_vault.credential_types.checking import check_value
from orqo_vault.secret import SecretValue


def ask_fields(credential: Credential, fields: Mapping[str, Field], *, all_required: bool) -> dict[str, SecretValue]:
    """Return the values that were entered; what was left empty is not among them.

    ``all_required``: a required field is asked for until it has a value.
    """
    answers = {name: _ask(credential, field, all_required) for name, field in fields.items()}
    return {name: value for name, value in answers.items() if value}


def _ask(credential: Credential, field: Field, all_required: bool) -> SecretValue:
    required = field.required and all_required and not field.may_be_empty
    check = _check(credential, field, required)
    if field.multiline:
        return _from_a_file(field, required)
    if field.secret:
        return ask_hidden(_question(field, "not shown"), check=check)
    about = "/".join(field.choices) or (f"empty: {field.default}" if field.default else "")
    return SecretValue(ask(_question(field, about), check=check))


def _from_a_file(field: Field, required: bool) -> SecretValue:
    """Ask for a file's name: a terminal takes one line at a time, and would show the others."""
    found: list[SecretValue] = []

    def read(path: str) -> None:
        if path:
            found.append(from_file(field, path))
        elif required:
            raise UsageError("it is required")

    ask(_question(field, "name of the file that holds it"), check=read)
    return found[-1] if found else SecretValue("")


def _check(credential: Credential, field: Field, required: bool) -> Check:
    def check(answer: str) -> None:
        if answer:
            check_value(credential, field, answer)
        elif required:
            raise UsageError("it is required")

    return check


def _question(field: Field, about: str) -> str:
    facts = [each for each in (about, "" if field.required else "optional") if each]
    return f"{field.label} ({', '.join(facts)})" if facts else field.label
