"""Whether a gateway that is about to start is fit for production, and if not, why."""

from __future__ import annotations

import ipaddress
import ssl
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from orqo_vault.audit.actor import user_name
from orqo_vault.errors import SettingsError
from orqo_vault.settings.operator_model import Operator
from orqo_vault.vault.caller import caller_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where a gateway is reached."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_loopback(self) -> bool:
        return self.host == "localhost" or _is_loopback(self.host)

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"


def listening_at(text: str, certificate: str | None, key: str | None) -> Listening:
    """Return what ``HOST:PORT`` means; a place that others can reach without TLS is refused, and TLS that cannot be."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise SettingsError("where to listen is HOST:PORT", hint="127.0.0.1:8700, for example")
    if (certificate is None) != (key is None):
        raise SettingsError("a certificate and its key belong together", hint="say --tls-certificate and --tls-key")
    listening = Listening(
        host=host.strip("[]"),
        port=int(port),
        certificate=Path(certificate) if certificate else None,
        key=Path(key) if key else None,
    )
    if not listening.is_loopback and listening.certificate is None:
        raise SettingsError(
            "run tokens would cross the network in the clear",
            hint="listen on 127.0.0.1, or say --tls-certificate and --tls-key",
        )
    _check_certificate(listening)
    return listening


def _check_certificate(listening: Listening) -> None:
    """Raise SettingsError for files that no TLS can be made of. Nobody is there to type a passphrase at a start."""
    if listening.certificate is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            listening.certificate, listening.key, password=lambda: b""
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(
            f"no TLS with {listening.certificate} and {listening.key}: {reason}",
            hint="PEM files: the certificate with its chain, and its key without a passphrase",
        ) from None


def only_for_development(operator: Operator, listening: Listening) -> Iterator[str]:
    """Give the reasons why this is fit for development only."""
    caller = caller_of(operator)
    if caller.organization is not None:
        who = f"user {user_name(caller.uid) or caller.uid}"
        yield f"it runs as {who}, whose runs are those of {caller.organization}: they can read its memory"
    if caller.uid == 0:
        yield "it runs as root; give it a user of its own"
    for provider in operator.platform_providers.values():
        if provider.type == "gateway" and provider.upstream and urlsplit(provider.upstream).scheme != "https":
            yield f"platform_providers.{provider.name}.upstream is not https"
        if provider.type == "direct":
            yield f"platform_providers.{provider.name} is direct: that key is in the runs' environment"
    if listening.key is not None and listening.key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield f"{listening.key} can be read by others"
    if operator.audit is not None and operator.audit.fail_mode == "open":
        yield "audit.fail_mode is open"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
