"""The mistake of the person at the keyboard: exit 2, and never a word of what they typed where a value belongs."""

from __future__ import annotations

from orqo_vault.errors import OrqoVaultError


class UsageError(OrqoVaultError):
    """The command line cannot be obeyed as it is written."""

    exit_code = 2
    code = "usage"


class InterruptedByUserError(OrqoVaultError):
    """Ctrl-C at a prompt or while waiting."""

    exit_code = 130
    code = "interrupted"


class InputEndedError(OrqoVaultError):
    """The input ended (Ctrl-D) where an answer was needed."""

    code = "input_ended"
