"""``orqo-vault credits usage``: what was used, as a table with bars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import click

from orqo_vault.cli.bars import bar_width, bars
from orqo_vault.cli.command import Command
from orqo_vault.cli.credit_amounts import amount_object
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.ledger_options import opened, organization_option, told_by_gateway
from orqo_vault.cli.moments import moment, moment_value
from orqo_vault.cli.options import json_option, pass_invocation, plain_option
from orqo_vault.cli.printing import print_json, print_table
from orqo_vault.cli.usage import UsageError
from orqo_vault.credits import credits_text
from orqo_vault.ledger import UsageLine
from orqo_vault.ledger.reading import Heading
from orqo_vault.vault.usage import DAYS, by_size, every_day, total

COLUMNS = ("Requests", "Own", "Input", "Output", "Credits")


@click.command("usage", cls=Command)
@organization_option
@click.option("--by", type=click.Choice(["day", "model", "run", "credential"]), default="day", help="Default: day.")
@click.option("--since", type=moment, metavar="TIME", help=f"From this time on; default: {DAYS} days ago.")
@click.option("--until", type=moment, metavar="TIME", help="Before this time.")
@click.option("-n", "count", type=click.IntRange(min=1), default=20, metavar="N", help="The N largest; not with days.")
@plain_option
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    organization: str | None,
    by: str,
    since: datetime | None,
    until: datetime | None,
    count: int,
    plain: bool,
    as_json: bool,
) -> None:
    """Show what was used, in UTC days or by model, run or credential; the bars are credits.

    OWN counts requests with the organization's own keys, which cost no credits.
    """
    name, said_since, lines = _lines(invocation, organization, by, since, until)
    if as_json:
        described = {"organization": name, "by": by, "since": said_since, "until": moment_value(until)}
        print_json({**described, "usage": [as_object(each) for each in lines]})
        return
    if not lines:
        invocation.say("nothing was used")
        return
    shown = every_day(lines) if by == "day" else by_size(lines, count)
    print_usage(by, shown, plain=plain)
    invocation.say(f"{credits_text(total(lines).charged)} credits in all")


def _lines(
    invocation: Invocation, organization: str | None, by: str, since: datetime | None, until: datetime | None
) -> tuple[str, str | None, list[UsageLine]]:
    """Return whose usage it is, since when, and the lines: the gateway's where this user is enrolled."""
    told = told_by_gateway(invocation, organization)
    if told is not None:
        if by not in told.usage or since is not None or until is not None:
            raise UsageError(f"the gateway tells the last {DAYS} days, by day and by model", hint="ask the operator")
        return told.balance.organization, told.since, told.usage[by]
    access = opened(invocation)
    name = access.account(organization)
    start = since or _days_ago(DAYS)
    lines = access.ledger.usage(name, by=cast(Heading, by), since=start, until=until)
    return name, moment_value(start), lines


def print_usage(by: str, lines: list[UsageLine], *, plain: bool) -> None:
    """Print one row a heading, and beside it a bar as long as its credits."""
    columns = [by, *COLUMNS]
    rows = [_cells(each) for each in lines]
    if not plain:
        drawn = bars([each.charged for each in lines], bar_width(columns, rows))
        columns.append("")
        for row, bar in zip(rows, drawn, strict=True):
            row.append(bar)
    print_table(columns, rows, plain=plain)


def as_object(each: UsageLine) -> dict[str, object]:
    """Return one line for JSON."""
    return {
        "heading": each.heading,
        "requests": each.requests,
        "own": each.own,
        "input_tokens": each.tokens.input,
        "output_tokens": each.tokens.output,
        "cached_input_tokens": each.tokens.cached_input,
        "cache_write_tokens": each.tokens.cache_write,
        "charged": amount_object(each.charged),
    }


def _cells(each: UsageLine) -> list[str]:
    counts = (each.requests, each.own, each.tokens.input, each.tokens.output)
    return [each.heading, *map(str, counts), credits_text(each.charged)]


def _days_ago(days: int) -> datetime:
    """Return the beginning of the UTC day so many days ago, today included."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)
