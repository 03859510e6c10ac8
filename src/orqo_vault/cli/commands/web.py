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
    from orqo_vault.settings.operator_model import Web
    from orqo_vault.web.auth import Auth
    from orqo_vault.web.serving import Address
    from orqo_vault.web.terminal_login import TerminalLogin


@click.command("web", cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port. Default: any that is free.")
@click.option("--tls-certificate", metavar="FILE", help="A certificate with its chain, PEM.")
@click.option("--tls-key", metavar="FILE", help="Its key, PEM.")
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
@click.option("--read-only", is_flag=True, help="Show everything, change nothing.")
@click.option("--behind-proxy", is_flag=True, help="For a team: the proxy of the operator's file says who comes.")
@pass_invocation
def command(
    invocation: Invocation,
    host: str,
    port: int,
    tls_certificate: str | None,
    tls_key: str | None,
    opens: bool,
    read_only: bool,
    behind_proxy: bool,
) -> None:
    """Serve the credentials page on this machine until Ctrl-C.

    It prints an address with a login code that is good for one minute and one login; Enter prints another one.
    Values can be stored, cleared and tested there. They are never shown.
    """
    try:
        from orqo_vault.web.app import create_app
        from orqo_vault.web.serving import check_address, listen, origins_of, serve
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", hint="pip install 'orqo-vault[web]'") from None
    if opens and behind_proxy:
        raise UsageError("--open and --behind-proxy exclude each other", hint="people open the proxy's address")
    address = _address(host, port, tls_certificate, tls_key)
    web = _proxy(invocation) if behind_proxy else None
    check_address(address, people_are_known=web is not None)
    invocation.vault()  # a settings file that is wrong is said here, not on every page
    reason = "it was started with --read-only" if read_only else None
    with listen(address) as listening:
        bound = listening.getsockname()[1]
        origins = (web.address,) if web else origins_of(address, bound)
        auth = _auth(invocation, web, origins[0], opens)
        invocation.say(f"serving {origins[0]} on {address.host}:{bound}. Ctrl-C: stop.")
        serve(create_app(invocation.open_vault, auth=auth, origins=origins, read_only=reason), listening, address.tls)


def _address(host: str, port: int, certificate: str | None, key: str | None) -> Address:
    from orqo_vault.web.serving import Address, Tls

    if (certificate is None) != (key is None):
        raise UsageError("--tls-certificate and --tls-key belong together")
    return Address(host, port, Tls(Path(certificate), Path(key)) if certificate and key else None)


def _proxy(invocation: Invocation) -> Web:
    operator = invocation.vault().surroundings.operator
    if operator is None or operator.web is None:
        raise UsageError("the operator's file has no web: section", hint="it names the proxy and who has which role")
    return operator.web


def _auth(invocation: Invocation, web: Web | None, origin: str, opens: bool) -> Auth:
    if web is not None:
        from orqo_vault.web.trusted_headers import trusted_headers

        return trusted_headers(web)
    from orqo_vault.web.terminal_login import TerminalLogin

    login = TerminalLogin()
    _print_codes(invocation, login, origin)
    if opens:
        from orqo_vault.web.browsing import open_in_browser

        address = f"{origin}/#code={login.codes.new()}"
        if not open_in_browser(address, invocation.environ, invocation.settings().base_dir):
            invocation.tell("there is no browser to open; the address above is the way in")
    return login


def _print_codes(invocation: Invocation, login: TerminalLogin, origin: str) -> None:
    """Print the address with a login code, and again with a new one whenever somebody presses Enter."""

    def tell() -> None:
        invocation.tell(f"{origin}/#code={login.codes.new()}")

    tell()
    if not invocation.interactive:
        return
    invocation.say("The code is good for one minute and one login. Enter: another one.")

    def listen() -> None:
        for _ in sys.stdin:
            tell()

    threading.Thread(target=listen, daemon=True, name="orqo-vault-codes").start()
