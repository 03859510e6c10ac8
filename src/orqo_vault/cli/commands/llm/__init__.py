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
        "test": Lazy(f"{_HERE}.test", "Ask the provider whether it has the model."),
        "enrol": Lazy(f"{_HERE}.enrol", "Keep this user's enrolment at a gateway of the platform."),
    }
}


@click.group("llm", cls=LazyGroup, sections=SECTIONS, aliases={"ls": "list", "rm": "delete"})
def command() -> None:
    """LLM configs: a model and the credential it uses."""
