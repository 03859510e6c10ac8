"""The operator's file, for commands that are the operator's own."""

from __future__ import annotations

from pathlib import Path

from orqo_vault.cli.invocation import Invocation
from orqo_vault.errors import SettingsError
from orqo_vault.settings.operator import DEFAULT_PATH, load_operator
from orqo_vault.settings.operator_model import Operator


def operators_file(invocation: Invocation) -> Operator:
    """Return what ``--operator`` names, or this machine's own; a machine without one has no operator's commands."""
    named = Path(invocation.operator).absolute() if invocation.operator is not None else None
    operator = load_operator(named)
    if operator is None:
        raise SettingsError(f"{DEFAULT_PATH}: there is no operator's file", hint="name one with --operator")
    return operator
