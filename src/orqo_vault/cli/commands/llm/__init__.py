"""``orqo-vault llm``: LLM configs."""

from __future__ import annotations

import click

from orqo_vault.cli.lazy import Lazy, LazyGroup

_HERE = "orqo_vault.cli.commands.llm"
SECTIONS = {
    "Commands": {
        "list": Lazy(f"{_HERE}.list", "List the LLM configs."),
        "show": Lazy(f"{_HERE}.show", "Show one LLM config and the variables of its credential."),
        "add": Lazy(f"{_HERE}.add", "Declare an LLM config."),
        "delete": Lazy(f"{_HERE}.delete", "Delete an LLM config."),
    }
}


@click.group("llm", cls=LazyGroup, sections=SECTIONS, aliases={"ls": "list", "rm": "delete"})
def command() -> None:
    """LLM configs: a model and the credential it uses."""
