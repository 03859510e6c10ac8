"""A real mail server on this machine, as strict as it is told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "mailer", "t0p-Secret/mail+pass"


class Mailbox:
    """Takes mail and keeps it, so that a test sees that none came."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.mails.append(envelope)
        return "250 taken"


@dataclass
class Mail:
    """A server that runs."""

    port: int
    mailbox: Mailbox
    logins: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def mail_server(security: str, certificate: trustme.LeafCert, *, refusal: str | None = None) -> Iterator[Mail]:
    """Serve with ``starttls``, ``tls`` or ``none``; ``refusal`` is what a wrong login is told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    mailbox = Mailbox()
    mail = Mail(0, mailbox)

    def login(server: SMTP, session: Any, envelope: Any, mechanism: str, sent: Any) -> AuthResult:
        assert isinstance(sent, LoginPassword)
        pair = (sent.login.decode(), sent.password.decode())
        mail.logins.append(pair)
        return AuthResult(success=pair == (USER, PASSWORD), handled=False, message=refusal)

    options: dict[str, Any] = {"authenticator": login, "auth_require_tls": security == "starttls"}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    controller = _OnAnyPort(
        mailbox, hostname="127.0.0.1", port=0, ssl_context=context if security == "tls" else None, **options
    )
    controller.start()
    try:
        mail.port = controller.port
        yield mail
    finally:
        controller.stop()


class _OnAnyPort(Controller):
    """Listens on a free port, and knows which one it got."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
