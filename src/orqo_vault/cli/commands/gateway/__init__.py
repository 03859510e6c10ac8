"""``orqo-vault gateway``: lends platform keys to runs without giving them away."""

from __future__ import annotations

import click

from orqo_vault.cli.lazy import Lazy, LazyGroup

_HERE = "orqo_vault.cli.commands.gateway"
SECTIONS = {
    "Commands": {
        "serve": Lazy(f"{_HERE}.serve", "Forward runs' requests with the platform's keys, and charge them."),
        "enrol": Lazy(f"{_HERE}.enrol", "Let an organization's hosts ask for run tokens."),
        "enrolments": Lazy(f"{_HERE}.enrolments", "List the enrolments."),
        "revoke": Lazy(f"{_HERE}.revoke", "Revoke an enrolment, and its run tokens with it."),
    }
}


@click.group("gateway", cls=LazyGroup, sections=SECTIONS)
def command() -> None:
    """The operator's side of platform keys: needs /etc/orqo-vault/operator.yaml, or --operator."""
