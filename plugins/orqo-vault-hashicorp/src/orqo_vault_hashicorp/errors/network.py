"""What went wrong before there was an answer."""

from __future__ import annotations

import socket
import ssl

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendError, BackendUnavailableError, OrqoVaultError, TimedOutError
from orqo_vault_hashicorp.connecting import NotConnectedError
from orqo_vault_hashicorp.transport import NoConnectionFreeError
from orqo_vault_hashicorp.wire import CutError, GarbledError

CERTIFICATE_HINTS = {
    "certificate has expired": "renew the server's certificate; also check this machine's clock",
    "certificate is not yet valid": "check this machine's clock",
    "unable to get local issuer certificate": "name the server's authority in ca_file",
    "self-signed certificate": "name the server's authority in ca_file",
    "self-signed certificate in certificate chain": "name the server's authority in ca_file",
}


def was_sent(error: Exception) -> bool:
    """Tell whether the request may have reached the server before this error."""
    return not isinstance(error, (NotConnectedError, NoConnectionFreeError))


def unreachable(name: str, address: object, error: Exception, deadline: Deadline) -> OrqoVaultError:
    """Return our error for one of the transport's."""
    where = f"backend {name!r}: {address}"
    cause = error.cause if isinstance(error, NotConnectedError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        hint = CERTIFICATE_HINTS.get(cause.verify_message, "check ca_file and server_name; it is never skipped")
        return BackendError(f"{where}: the certificate is not trusted: {cause.verify_message}", hint=hint)
    if isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return BackendUnavailableError(f"{where}: the TLS connection was cut")
    if isinstance(cause, ssl.SSLError):
        hint = "does the server speak TLS 1.2 or later on this port, and does it want a client certificate?"
        return BackendError(f"{where}: TLS failed: {cause.reason or 'no reason given'}", hint=hint)
    if deadline.passed or isinstance(cause, NoConnectionFreeError):
        return TimedOutError(f"{where}: no whole answer within {deadline.seconds:g} s")
    if isinstance(cause, socket.gaierror):
        return BackendUnavailableError(f"{where}: the host's name is not known", hint="check address")
    if isinstance(cause, (CutError, GarbledError)):
        return BackendUnavailableError(f"{where}: {cause}", hint="does address lead to the server?")
    why = "no answer" if isinstance(cause, TimeoutError) else _reason(cause)
    return BackendUnavailableError(f"{where}: cannot be reached: {why}", hint="is the server running there?")


def _reason(cause: BaseException) -> str:
    return (isinstance(cause, OSError) and cause.strerror) or type(cause).__name__
