"""Records reach a syslog server on loopback; what does not is an error."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from orqo_vault_syslog.sink import Syslog, SyslogSettings

from orqo_vault.audit import Actor, AuditRecord, SinkContext, Use
from orqo_vault.errors import AuditError


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(10)
        yield listening


def sink(host: str, port: int) -> Syslog:
    return Syslog(SyslogSettings(host=host, port=port), SinkContext(state_dir=Path("/nowhere")))


def record(fields: int = 1) -> AuditRecord:
    return AuditRecord(
        time="2026-01-02T03:04:05.678901Z",
        event="run",
        outcome="granted",
        run_id="1f",
        run="nightly",
        project="p",
        folder="/srv/engine",
        organization=None,
        credentials=(Use("mail", ("password",) * fields, "own", "local", "7"),),
        actor=Actor(1000, "ana", 42, "host.example", "engine"),
        reason=None,
        target=None,
    )


def test_a_record_arrives_as_one_message(server: socket.socket) -> None:
    sink("127.0.0.1", server.getsockname()[1]).write(record())

    message = server.recv(65536).decode()

    header, _, body = message.partition(" - ")
    assert re.fullmatch(r"<85>1 2026-01-02T03:04:05.678901Z host\.example orqo-vault 42 audit", header)
    assert json.loads(body) == record().as_dict()


def test_a_server_that_cannot_be_sent_to_is_an_error() -> None:
    with pytest.raises(AuditError, match=r"syslog server 255\.255\.255\.255:514: Permission denied"):
        sink("255.255.255.255", 514).write(record())


def test_what_does_not_fit_is_an_error(server: socket.socket) -> None:
    with pytest.raises(AuditError, match="too long"):
        sink("127.0.0.1", server.getsockname()[1]).write(record(fields=10_000))


def test_the_port_is_checked() -> None:
    with pytest.raises(ValueError, match="port must be"):
        SyslogSettings(host="logs.example", port=0)
