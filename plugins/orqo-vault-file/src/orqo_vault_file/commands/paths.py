"""Paths on the command line."""

from __future__ import annotations

import click

from orqo_vault_file.format.names import problem_with


def _checked(ctx: click.Context, parameter: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    for path in paths:
        problem = problem_with(path)
        if problem is not None:
            raise click.BadParameter(problem, ctx, parameter)
    return paths


paths_argument = click.argument("paths", metavar="[PATH]...", nargs=-1, callback=_checked)
