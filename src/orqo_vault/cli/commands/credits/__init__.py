"""``orqo-vault credits``: what organizations have, hold and use, and what the operator does about it."""

from __future__ import annotations

import click

from orqo_vault.cli.lazy import Lazy, LazyGroup

_HERE = "orqo_vault.cli.commands.credits"
SECTIONS = {
    "Looking": {
        "balance": Lazy(f"{_HERE}.balance", "What an organization has, holds and can use."),
        "usage": Lazy(f"{_HERE}.usage", "What was used, by day, model, run or credential."),
        "history": Lazy(f"{_HERE}.history", "Every change of the balance."),
        "holds": Lazy(f"{_HERE}.holds", "What runs in flight keep."),
        "lots": Lazy(f"{_HERE}.lots", "What is left of each grant, and when it expires."),
    },
    "The operator's": {
        "init": Lazy(f"{_HERE}.init", "Make the ledger."),
        "grant": Lazy(f"{_HERE}.grant", "Give credits, once for each period."),
        "adjust": Lazy(f"{_HERE}.adjust", "Correct a balance, once for each reference."),
        "overdraft": Lazy(f"{_HERE}.overdraft", "Say how far below 0 an organization can fall."),
        "unsettled": Lazy(f"{_HERE}.unsettled", "Requests whose end nobody knows."),
        "settle": Lazy(f"{_HERE}.settle", "Charge such a request."),
        "cancel": Lazy(f"{_HERE}.cancel", "End such a request that cost nothing."),
        "report": Lazy(f"{_HERE}.report", "Charge a run for a request that nobody metered."),
        "verify": Lazy(f"{_HERE}.verify", "Add everything up again."),
    },
}


@click.group("credits", cls=LazyGroup, sections=SECTIONS)
def command() -> None:
    """Credits: what organizations have, hold and use of the platform's keys."""
