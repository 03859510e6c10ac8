"""Each kind of token that the real server gives is treated as what it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from orqo_vault_hashicorp import retrying, tokens
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.backend import Deadline

MakeBackend = Callable[..., HashicorpBackend]
MAIL = HashicorpReference(path="mail")


class Clock:
    """Stands in for the module ``time`` where tokens look at it; time passes when the test says so."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.suspended = 0.0
        """What the wall clock went on while the machine slept, or was set by."""

    def monotonic(self) -> float:
        return time.monotonic() + self.passed

    def time(self) -> float:
        return time.time() + self.passed + self.suspended


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(tokens, "time", made)
    monkeypatch.setattr(retrying, "BASE", 0.001)
    return made


def read(backend: HashicorpBackend, reference: HashicorpReference = MAIL) -> None:
    assert backend.read(reference, deadline=Deadline(20)) is not None


class TestOnTheRealServer:
    def role(self, server: LocalServer, mount: str, reader: str, **options: Any) -> dict[str, Any]:
        server.api("POST", f"auth/{mount}/role/engine", {"token_policies": [reader], **options})
        role_id = server.api("GET", f"auth/{mount}/role/engine/role-id")["data"]["role_id"]
        server.api("POST", f"auth/{mount}/role/engine", {"bind_secret_id": False, "token_bound_cidrs": "127.0.0.1/32"})
        return {"method": "approle", "mount": mount, "role_id": role_id}

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"token_ttl": "10m"}, ["renew-self", "data/mail", "revoke-self"]),
            ({"token_period": "10m"}, ["renew-self", "data/mail", "revoke-self"]),
            ({"token_ttl": "10m", "token_type": "batch"}, ["data/mail"]),
            ({"token_ttl": "10m", "token_num_uses": 3}, ["renew-self", "data/mail"]),
        ],
        ids=["service", "periodic", "batch", "few uses"],
    )
    def test_each_kind_of_token_is_treated_as_what_it_is(
        self,
        server: LocalServer,
        reader: str,
        auth_mount: Callable[[str], str],
        stored: HashicorpReference,
        open_backend: MakeBackend,
        clock: Clock,
        options: dict[str, Any],
        expected: list[str],
    ) -> None:
        auth = self.role(server, auth_mount("approle"), reader, **options)
        with open_backend({"auth": auth}, environ={}) as backend:
            read(backend)
            before = len(server.calls())
            clock.passed = 430
            read(backend)

        calls = server.calls()[before:]
        assert [call.partition("/")[2].removeprefix("token/") for call in calls] == expected
