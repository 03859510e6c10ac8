"""Tests a mail login: connect, protect the connection, log in, NOOP, QUIT. No mail is sent.

Without ``security:`` port 465 means TLS from the start and every other port STARTTLS: a password never goes to another
machine in the clear, whatever the server offers.
"""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from orqo_vault.credential_types.checks.port import check_port
from orqo_vault.probes.connection import connected, encrypted, trust
from orqo_vault.probes.contract import Answer, Outcome, StoppedError, Subject
from orqo_vault.probes.scrubbing import scrubbed

TLS_PORT = 465
KINDS = ("starttls", "tls", "none")
NOT_NOW = 400, 499
"""Replies with which a server says that it cannot answer now (RFC 5321, 4.2.1)."""


def probe_mail(subject: Subject) -> Answer:
    """Test a mail login; without a user name, that the server is there and speaks as declared."""
    host, port = subject.destination("host"), _port(subject)
    security = _security(subject, port)
    with_login = subject.has("username")
    with (
        connected(host, port, subject.deadline, in_clear=security == "none" and with_login) as plain,
        _mail_errors(subject, f"{host}:{port}"),
        closing(_Client(encrypted(plain, host, subject) if security == "tls" else plain, host, port)) as client,
    ):
        if security == "starttls":
            _protect(client, subject)
        if with_login:
            client.login(subject.plain("username"), subject.plain("password"))
        status, text = client.noop()
        with suppress(smtplib.SMTPException, OSError):
            client.quit()  # what it says to that changes nothing
    if status // 100 != 2:
        return _answered(subject, status, text)
    return Answer(Outcome.OK, "" if with_login else "the server answers; no user name is declared to log in", status)


def _port(subject: Subject) -> int:
    text = subject.plain("port")
    try:
        check_port(text)
    except ValueError as error:
        reason = f"its port {error}"
    else:
        return int(text)
    raise StoppedError(Answer(Outcome.FAILING, reason))


def _security(subject: Subject, port: int) -> str:
    if not subject.has("security"):
        return "tls" if port == TLS_PORT else "starttls"
    security = subject.plain("security")
    if security not in KINDS:  # what is stored by other tools was never checked
        raise StoppedError(Answer(Outcome.REFUSED, f"its security is none of {', '.join(KINDS)}"))
    return security


class _Client(smtplib.SMTP):
    """smtplib's client on a connection that is there already, and that was checked."""

    def __init__(self, connection: socket.socket, host: str, port: int) -> None:
        self._connection = connection
        # Its own default is this machine's name in the DNS, which is nobody's business and may take long to find.
        super().__init__(host, port, local_hostname="localhost")

    def _get_socket(self, host: Any, port: Any, timeout: Any) -> socket.socket:
        # What SMTP_SSL overrides, too, for a connection of another kind.
        return self._connection


def _protect(client: smtplib.SMTP, subject: Subject) -> None:
    client.ehlo_or_helo_if_needed()
    if not client.has_extn("starttls"):
        raise StoppedError(Answer(Outcome.REFUSED, "the server does not offer STARTTLS; nothing was sent in the clear"))
    client.starttls(context=trust(subject))
    client.ehlo()


@contextmanager
def _mail_errors(subject: Subject, target: str) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPServerDisconnected:
        late = subject.deadline.passed
        said = f"no answer within {subject.deadline.seconds:g} s" if late else "the server ended the conversation"
        answer = Answer(Outcome.UNREACHABLE, f"{target}: {said}")
    except smtplib.SMTPResponseException as error:
        answer = _answered(subject, error.smtp_code, error.smtp_error)
    except smtplib.SMTPException:  # all that is left: login() finds no way to log in
        answer = Answer(Outcome.FAILING, "the server offers no login that is known here")
    except UnicodeError:  # smtplib logs in with ASCII only; its message quotes the value
        answer = Answer(Outcome.FAILING, "user name or password has a character that SMTP logins cannot carry here")
    else:
        return
    raise StoppedError(answer)


def _answered(subject: Subject, status: int, text: bytes | str) -> Answer:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    shown = scrubbed(f"{status} {said}", subject.secrets())
    later = NOT_NOW[0] <= status <= NOT_NOW[1]
    return Answer(Outcome.UNREACHABLE if later else Outcome.FAILING, shown, status)
