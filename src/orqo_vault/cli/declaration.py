"""What ``add`` and ``edit`` may say about a credential: the options, and the entry they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from orqo_vault.cli.assignments import assignments, variables
from orqo_vault.cli.completing import backend_names, type_names
from orqo_vault.cli.usage import UsageError
from orqo_vault.credential import Category

F = TypeVar("F", bound=Callable[..., Any])

CATEGORIES = click.Choice([each.value for each in Category])
CHOICES = ", ".join(CATEGORIES.choices)

_SHARED = (
    click.option("--name", help="What people call it."),
    click.option("--key", metavar="KEY", help="Its variable, or the prefix of several."),
    click.option("--category", type=CATEGORIES, metavar="NAME", help=f"What it is for: {CHOICES}."),
    click.option("--description", metavar="TEXT", help="What its keeper should know."),
    click.option("--provider", help="Who issued it."),
    click.option("--mode", type=click.Choice(["own", "platform"]), help="Your own key, or the platform's."),
    click.option("--optional/--required", default=None, help="Whether a run may start without it."),
    click.option("--expires-at", metavar="TIME", help="No run uses it from then on (ISO 8601)."),
    click.option("--value", "values", multiple=True, metavar="FIELD=TEXT", help="A field that is not secret."),
    click.option("--env", multiple=True, metavar="FIELD=VAR,…", help="Rename, alias; FIELD= does not inject it."),
)
_ONLY_ADD = (
    click.option("--type", "type_name", metavar="TYPE", shell_complete=type_names, help="Which fields it has."),
    click.option("--backend", metavar="NAME", shell_complete=backend_names, help="Where its secret is kept."),
    click.option("--path", help="Where its secret is already; not ours then."),
    click.option("--field", "custom", multiple=True, metavar="NAME", help="A field of a custom credential."),
)


def declaration_options(*, new: bool) -> Callable[[F], F]:
    """Add the options; ``new``: also what only a new credential can say."""

    def add(command: F) -> F:
        for option in reversed((*(_ONLY_ADD if new else ()), *_SHARED)):
            command = option(command)
        return command

    return add


def entry(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of the settings file that the options say something about."""
    said = {key: value for key, value in given.items() if value not in (None, ())}
    renamed = {"type_name": "type", "custom": "fields"}
    result = {renamed.get(key, key): value for key, value in said.items()}
    if "values" in result:
        result["values"] = assignments("--value", result["values"])
    if "env" in result:
        result["env"] = variables(result["env"])
    if "fields" in result:
        result["fields"] = list(result["fields"])
    return result


def refuse_secret_values(secret_fields: set[str], said: Mapping[str, Any]) -> None:
    """Raise for ``--value`` of a secret field, before anything else can look at it."""
    wrong = sorted(secret_fields & set(said.get("values", {})))
    if wrong:
        raise UsageError(
            f"{', '.join(wrong)}: a secret never stands on the command line",
            hint="give it with --stdin, --from-file or --from-env, or at the prompt; and change the one you typed",
        )
