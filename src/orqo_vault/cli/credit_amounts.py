"""Amounts of credits on the command line: decimal for people, whole micro-credits beside that for programs."""

from __future__ import annotations

import click

from orqo_vault.credits import MICRO, credits_text, micro_credits


def credits_amount(text: str) -> int:
    """Return a decimal number of credits as whole micro-credits; a ``type=`` for click."""
    try:
        return micro_credits(text.removeprefix("+"))
    except ValueError as error:
        raise click.BadParameter(f"an amount {error}") from None


def credits_said(amount: int) -> str:
    """Return an amount with its unit."""
    return f"{credits_text(amount)} credit{'' if amount == MICRO else 's'}"


def amount_object(amount: int) -> dict[str, object]:
    """Return an amount for JSON: text that no float has rounded, and the number to calculate with."""
    return {"credits": credits_text(amount), "micro": amount}
