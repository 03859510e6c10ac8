"""Sends each record as one RFC 5424 message over UDP."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass

from orqo_vault.audit import AuditRecord, AuditSink
from orqo_vault.audit.settings import SinkSettings
from orqo_vault.errors import AuditError

NOTICE_FROM_AUTHPRIV = 10 * 8 + 5
LARGEST = 60_000


@dataclass(frozen=True, kw_only=True)
class SyslogSettings(SinkSettings):
    """What stands beside ``type: syslog`` in the operator's file."""

    host: str
    """The server's name or address."""
    port: int = 514
    """Its UDP port."""

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise ValueError("port must be between 1 and 65535")


class Syslog(AuditSink):
    """Opens a socket for each record: nothing is held, so threads and forks share nothing."""

    type_name = "syslog"
    Settings = SyslogSettings

    def write(self, record: AuditRecord) -> None:
        about = f"<{NOTICE_FROM_AUTHPRIV}>1 {record.time} {record.actor.host} orqo-vault {record.actor.pid} audit -"
        message = f"{about} {json.dumps(record.as_dict())}".encode()
        if len(message) > LARGEST:
            raise AuditError(f"a record of {len(message)} bytes is too long for syslog over UDP")
        try:
            family, kind, _, _, address = socket.getaddrinfo(
                self.settings.host, self.settings.port, type=socket.SOCK_DGRAM
            )[0]
            with socket.socket(family, kind) as channel:
                channel.sendto(message, address)
        except OSError as error:
            where = f"{self.settings.host}:{self.settings.port}"
            raise AuditError(f"syslog server {where}: {error.strerror or type(error).__name__}") from None
