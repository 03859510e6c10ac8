"""What went wrong before there was an answer."""

from __future__ import annotations

import socket
import ssl

from urllib3 import exceptions

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendError, BackendUnavailableError, OrqoVaultError, TimedOutError

NEVER_SENT = (exceptions.NewConnectionError, exceptions.NameResolutionError, exceptions.ConnectTimeoutError)
"""The server cannot have seen the request."""

CERTIFICATE_HINTS = {
    "certificate has expired": "renew the server's certificate; also check this machine's clock",
    "certificate is not yet valid": "check this machine's clock",
    "unable to get local issuer certificate": "name the server's authority in ca_file",
    "self-signed certificate": "name the server's authority in ca_file",
    "self-signed certificate in certificate chain": "name the server's authority in ca_file",
}


def was_sent(error: Exception) -> bool:
    """Tell whether the request may have reached the server before this error."""
    return not isinstance(error, (*NEVER_SENT, socket.gaierror, ConnectionRefusedError, exceptions.EmptyPoolError))


def unreachable(name: str, address: object, error: Exception, deadline: Deadline) -> OrqoVaultError:
    """Return our error for one of urllib3's, or of the socket's."""
    where = f"backend {name!r}: {address}"
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        hint = CERTIFICATE_HINTS.get(cause.verify_message, "check ca_file and server_name; it is never skipped")
        return BackendError(f"{where}: the certificate is not trusted: {cause.verify_message}", hint=hint)
    if isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return BackendUnavailableError(f"{where}: the TLS connection was cut")
    if isinstance(cause, ssl.SSLError):
        hint = "does the server speak TLS 1.2 or later on this port, and does it want a client certificate?"
        return BackendError(f"{where}: TLS failed: {cause.reason or 'no reason given'}", hint=hint)
    if deadline.passed or isinstance(error, exceptions.EmptyPoolError):
        return TimedOutError(f"{where}: no whole answer within {deadline.seconds:g} s")
    if isinstance(cause, socket.gaierror):
        return BackendUnavailableError(f"{where}: the host's name is not known", hint="check address")
    why = "no answer" if isinstance(cause, TimeoutError) else _reason(cause)
    return BackendUnavailableError(f"{where}: cannot be reached: {why}", hint="is the server running there?")


def _cause(error: BaseException) -> BaseException:
    """Return the innermost error: urllib3 wraps the socket's, in an attribute or as an argument."""
    inner = getattr(error, "reason", None)
    if isinstance(error, ssl.SSLError) or not isinstance(error, exceptions.HTTPError):
        return error
    candidates = (inner, *error.args, error.__cause__, error.__context__)
    found = next((each for each in candidates if isinstance(each, BaseException) and each is not error), None)
    return _cause(found) if found is not None else error


def _reason(cause: BaseException) -> str:
    return (isinstance(cause, OSError) and cause.strerror) or type(cause).__name__
