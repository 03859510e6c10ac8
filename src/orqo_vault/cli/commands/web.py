"""``orqo-vault web``: serves the Settings → Credentials page."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orqo_vault.cli.command import Command
from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.options import pass_invocation
from orqo_vault.cli.usage import UsageError

if TYPE_CHECKING:
    from orqo_vault.web.serving import Address
    from orqo_vault.web.terminal_login import TerminalLogin


@click.command("web", cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port. Default: any that is free.")
@click.option("--tls-certificate", metavar="FILE", help="A certificate with its chain, PEM.")
@click.option("--tls-key", metavar="FILE", help="Its key, PEM.")
@click.option("--read-only", is_flag=True, help="Show everything, change nothing.")
@pass_invocation
def command(
    invocation: Invocation, host: str, port: int, tls_certificate: str | None, tls_key: str | None, read_only: bool
) -> None:
    """Serve the credentials page on this machine until Ctrl-C.

    It prints an address with a login code that is good for one minute and one login; Enter prints another one.
    Values can be stored, cleared and tested there. They are never shown.
    """
    address = _address(host, port, tls_certificate, tls_key)
    try:
        from orqo_vault.web.app import create_app
        from orqo_vault.web.serving import check_address, listen, origins_of, serve
        from orqo_vault.web.terminal_login import TerminalLogin
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", hint="pip install 'orqo-vault[web]'") from None
    check_address(address, people_are_known=False)
    invocation.vault()  # a settings file that is wrong is said here, not on every page
    login = TerminalLogin()
    with listen(address) as listening:
        origins = origins_of(address, listening.getsockname()[1])
        reason = "it was started with --read-only" if read_only else None
        app = create_app(invocation.open_vault, auth=login, origins=origins, read_only=reason)
        _print_login(invocation, login, origins[0])
        serve(app, listening, address.tls)


def _address(host: str, port: int, certificate: str | None, key: str | None) -> Address:
    from orqo_vault.web.serving import Address, Tls

    if (certificate is None) != (key is None):
        raise UsageError("--tls-certificate and --tls-key belong together")
    return Address(host, port, Tls(Path(certificate), Path(key)) if certificate and key else None)


def _print_login(invocation: Invocation, login: TerminalLogin, origin: str) -> None:
    """Print the address, and again with a new code whenever somebody presses Enter."""

    def tell() -> None:
        invocation.tell(f"{origin}/#code={login.codes.new()}")

    tell()
    if not invocation.interactive:
        return
    invocation.say("The code is good for one minute and one login. Enter: another one. Ctrl-C: stop.")

    def listen() -> None:
        for _ in sys.stdin:
            tell()

    threading.Thread(target=listen, daemon=True, name="orqo-vault-codes").start()
