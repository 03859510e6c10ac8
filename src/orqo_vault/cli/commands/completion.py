"""``orqo-vault completion``: a script that teaches the shell our commands and the project's names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from orqo_vault.cli.command import Command

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print a completion script for SHELL.

    \b
    bash  eval "$(orqo-vault completion bash)" in ~/.bashrc
    zsh   eval "$(orqo-vault completion zsh)" in ~/.zshrc, after compinit
    fish  orqo-vault completion fish > ~/.config/fish/completions/orqo-vault.fish
    """
    from orqo_vault.cli.root import COMPLETE, PROGRAM, root

    generator = get_completion_class(shell)
    if generator is None:
        raise AssertionError(f"click lost its completion for {shell}")
    click.echo(generator(root, {}, PROGRAM, COMPLETE).source())
