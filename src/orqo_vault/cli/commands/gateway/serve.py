"""``orqo-vault gateway serve``: forwards and charges until it is stopped."""

from __future__ import annotations

import socket
from dataclasses import replace

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.logs import log_on_stderr
from orqo_vault.cli.operators_file import operators_file
from orqo_vault.cli.options import pass_invocation
from orqo_vault.errors import SettingsError


@click.command("serve", cls=Command)
@click.option("--listen", default="127.0.0.1:8700", metavar="HOST:PORT", show_default=True, help="Port 0: any.")
@click.option("--tls-certificate", metavar="FILE", help="With its chain; needed wherever others can reach HOST.")
@click.option("--tls-key", metavar="FILE", help="The certificate's key.")
@click.option("--name", metavar="NAME", help="Which gateway this is, in the ledger; this host's name unless said.")
@click.option("--max-output", type=click.IntRange(min=1), metavar="TOKENS", help="The most one answer may have.")
@click.option("--max-at-once", type=click.IntRange(min=1), metavar="N", help="The most requests of a run at one time.")
@click.option("--production", is_flag=True, help="Refuse to start where it is fit for development only.")
@pass_invocation
def command(
    invocation: Invocation,
    listen: str,
    tls_certificate: str | None,
    tls_key: str | None,
    name: str | None,
    max_output: int | None,
    max_at_once: int | None,
    production: bool,
) -> None:
    """Forward runs' requests with the platform's keys, and charge what the providers count.

    Two gateways that share a ledger need two names. SIGTERM lets requests that are on their way end.
    """
    try:
        from orqo_vault.gateway.serving import Serving, serve
    except ImportError:
        raise SettingsError("a gateway needs more packages", hint="pip install 'orqo-vault[gateway,prices]'") from None
    from orqo_vault.gateway.fitness import listening_at
    from orqo_vault.gateway.limits import Limits

    usual = Limits()
    serving = Serving(
        operator=operators_file(invocation),
        listening=listening_at(listen, tls_certificate, tls_key),
        name=name or socket.gethostname(),
        surroundings=invocation.surroundings(),
        say=invocation.tell,
        production=production,
        limits=replace(
            usual, most_output=max_output or usual.most_output, concurrency=max_at_once or usual.concurrency
        ),
    )
    with log_on_stderr():
        serve(serving)
