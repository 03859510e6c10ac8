"""``orqo-vault import``: plain text becomes declared credentials and stored secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.completing import backend_names
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import json_option, pass_invocation, yes_option
from orqo_vault.cli.printing import print_json, print_lists
from orqo_vault.cli.prompts import confirm
from orqo_vault.cli.selection import selected
from orqo_vault.cli.usage import UsageError
from orqo_vault.cli.values import file_content
from orqo_vault.exchange.importing import read_source
from orqo_vault.exchange.proposals import Proposed
from orqo_vault.exchange.sources import source_names
from orqo_vault.secret import SecretValue
from orqo_vault.vault.importing import Step, import_steps, refuse_impossible, replace_plain_text, take_steps


@click.command("import", cls=Command)
@click.argument("kind", type=click.Choice(source_names()))
@click.argument("file", type=click.Path())
@click.option("--only", metavar="NAME,…", multiple=True, help="Import these variables and no other.")
@click.option("--skip", metavar="NAME,…", multiple=True, help="Leave these out.")
@click.option("--backend", metavar="NAME", help="Store them there.", shell_complete=backend_names)
@click.option("--apply", is_flag=True, help="Do it; without this the plan is shown.")
@click.option("--replace-source", is_flag=True, help="Then take the values out of FILE. No copy of it is kept.")
@yes_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    kind: str,
    file: str,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    backend: str | None,
    apply: bool,
    replace_source: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Turn the plain-text variables of FILE into credentials. Shows what it would do, in names, until --apply.

    With --replace-source a .env line becomes a comment, a JSON member goes, and an MCP server is started through
    orqo-vault run. Run it again after an interruption.
    """
    if replace_source and not apply:
        raise UsageError("--replace-source needs --apply", hint="look at the plan first")
    content = _content(file)
    proposed = read_source(kind, content, only=_names(only), skip=_names(skip))
    vault = invocation.vault()
    steps = import_steps(vault, proposed.proposals, backend)
    if apply:
        editor = invocation.editor()
        refuse_impossible(vault, editor, steps)
        if steps and not confirm(_question(steps, file, replace_source), yes=yes, interactive=invocation.interactive):
            invocation.say("nothing is changed")
            return 1
        for step, done in take_steps(vault, editor, steps):
            invocation.say(f"{step.proposal.id}: {done}")
        if replace_source and steps:
            replace_plain_text(Path(file), kind, content, steps, _run(invocation, Path(file)))
            invocation.say(f"{file}: its values are gone; what else has a copy (git, backups) still has them")
    if as_json:
        print_json(_as_object(file, steps, proposed, apply, replace_source))
    elif not apply:
        print_lists(_lists(steps, proposed))
        invocation.say("nothing is changed: --apply does it" if steps else "there is nothing to import")
    return 0


def _content(file: str) -> SecretValue:
    try:
        return SecretValue(file_content(file, "the file to import").decode())
    except UnicodeDecodeError:
        raise UsageError("the file to import is not text (UTF-8)") from None


def _names(given: Iterable[str]) -> list[str]:
    return selected(given, None).only or []


def _run(invocation: Invocation, file: Path) -> tuple[str, ...]:
    """Return how a client starts orqo-vault: a file outside of the project has to say which project is meant."""
    settings = invocation.settings()
    place = () if file.resolve().is_relative_to(settings.base_dir.resolve()) else ("-c", str(settings.files[0]))
    profile = ("-P", settings.profile) if settings.profile is not None else ()
    return ("orqo-vault", *place, *profile, "run")


def _question(steps: tuple[Step, ...], file: str, replace_source: bool) -> str:
    new = [step.proposal.id for step in steps if not step.declared]
    what = f"Store and declare {', '.join(new)}" if new else "Nothing is new"
    count = sum(len(step.proposal.places) for step in steps)
    gone = f"; then take {count} values out of {file}, of which no copy is kept" if replace_source else ""
    return f"{what}{gone}?"


def _lists(steps: Iterable[Step], proposed: Proposed) -> Iterator[tuple[str, list[str]]]:
    steps = tuple(steps)
    yield "new", [f"{step.proposal.id}: {_kind(step)}; {_variables(step)}" for step in steps if not step.declared]
    yield "declared already", [f"{step.proposal.id}: {_variables(step)}" for step in steps if step.declared]
    yield "left out", [f"{each.place}: {each.reason}" for each in proposed.left_out]


def _kind(step: Step) -> str:
    entry = step.proposal.entry
    provider = f", provider {entry['provider']}" if "provider" in entry else ""
    return f"{entry['type']}, key {entry['key']}, {entry['category']}{provider}"


def _variables(step: Step) -> str:
    return ", ".join(f"{place} → {field}" for place, field in step.proposal.places.items())


def _as_object(
    file: str, steps: Iterable[Step], proposed: Proposed, applied: bool, replaced: bool
) -> dict[str, object]:
    return {
        "file": file,
        "applied": applied,
        "replaced": replaced,
        "credentials": [
            {
                "id": step.proposal.id,
                "declared_already": step.declared,
                "entry": dict(step.proposal.entry),
                "variables": [
                    {"group": place.group or None, "name": place.name, "field": field}
                    for place, field in step.proposal.places.items()
                ],
            }
            for step in steps
        ],
        "left_out": [{"place": each.place, "reason": each.reason} for each in proposed.left_out],
    }
