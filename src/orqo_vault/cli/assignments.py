"""``NAME=TEXT`` options. What is wrong with one is said without quoting it: it may hold a secret."""

from __future__ import annotations

from collections.abc import Iterable

from orqo_vault.cli.usage import UsageError


def assignments(option: str, given: Iterable[str]) -> dict[str, str]:
    """Return name → text of a repeated option; a later one replaces an earlier one."""
    found: dict[str, str] = {}
    for each in given:
        name, equals, text = each.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} takes NAME=…", hint=f"{option} host=smtp.example.com, for instance")
        found[name] = text
    return found


def variables(given: Iterable[str]) -> dict[str, str | list[str]]:
    """Return field → the variable or variables of ``--env FIELD=VAR,VAR``; an empty list: it is not injected."""
    split = {field: [name for name in text.split(",") if name] for field, text in assignments("--env", given).items()}
    return {field: names[0] if len(names) == 1 else names for field, names in split.items()}
