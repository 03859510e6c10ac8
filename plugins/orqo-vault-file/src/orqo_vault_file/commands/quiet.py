"""A command that does not quote what it was given by mistake: it may be a key or a passphrase."""

from __future__ import annotations

import click


class QuietCommand(click.Command):
    """As click's; an argument too many is refused without being quoted."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise click.UsageError("an argument too many; no key and no passphrase ever stands on the command line")
        return rest
