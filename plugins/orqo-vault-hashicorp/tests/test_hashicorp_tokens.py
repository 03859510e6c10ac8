"""A token's life, by the clock of the client: renewed at two thirds, never past max_ttl, given back at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Semaphore, Thread
from typing import Any

import pytest
from orqo_vault_hashicorp import retrying, tokens
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import FaultServer
from orqo_vault_hashicorp.testing.fault_server import Seen, answer, kv2

from orqo_vault.backend import BackendContext, Deadline
from orqo_vault.errors import AccessDeniedError, BackendUnavailableError

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


class Vault:
    """A server at the wire: knows the tokens it gave, and what each is allowed to become."""

    def __init__(self, **auth: Any) -> None:
        self.auth = {"lease_duration": 600, "renewable": True, "token_type": "service", **auth}
        self.renewed: Any = 600
        self.given = 0
        self.lets_in = True
        self.valid: set[str] = set()

    def __call__(self, seen: Seen) -> bytes:
        if seen.target.endswith("/login"):
            self.given += 1
            if self.lets_in:
                self.valid.add(f"t{self.given}")
            return answer(200, {"auth": {**self.auth, "client_token": f"t{self.given}"}})
        if seen.headers.get("x-vault-token") not in self.valid:
            return answer(403, {"errors": ["permission denied"]})
        if seen.target.endswith("/renew-self"):
            return self.renewed if isinstance(self.renewed, bytes) else self.renewal(self.renewed)
        if seen.target.endswith("/revoke-self"):
            return answer(204)
        return kv2({"password": "hunter2"})

    def renewal(self, seconds: int) -> bytes:
        return answer(200, {"auth": {"client_token": "t1", "lease_duration": seconds, "renewable": True}})


@pytest.fixture
def connected(tmp_path: Path, clock: Clock) -> Iterator[Callable[[Vault], tuple[HashicorpBackend, FaultServer]]]:
    context = BackendContext(name="corp", base_dir=tmp_path, state_dir=tmp_path, config_dir=tmp_path)
    with ExitStack() as opened:

        def connect(vault: Vault) -> tuple[HashicorpBackend, FaultServer]:
            server = opened.enter_context(FaultServer(vault))
            auth: Any = {"method": "approle", "role_id": "role"}
            backend = HashicorpBackend(HashicorpSettings(address=server.address, auth=auth), context)
            return opened.enter_context(backend), server

        yield connect


def asked(server: FaultServer) -> list[str]:
    return [seen.target.rpartition("/")[2] for seen in server.seen]


def read(backend: HashicorpBackend) -> None:
    assert backend.read(MAIL, deadline=Deadline(20)) is not None


class TestRenewal:
    def test_a_young_token_is_used_as_it_is(self, connected: Any, clock: Clock) -> None:
        backend, server = connected(Vault())
        read(backend)
        clock.passed = 300
        read(backend)

        assert asked(server) == ["login", "mail", "mail"]

    def test_it_is_renewed_when_two_thirds_have_passed(self, connected: Any, clock: Clock) -> None:
        backend, server = connected(Vault())
        read(backend)
        clock.passed = 450
        read(backend)
        clock.passed = 900
        read(backend)

        assert asked(server) == ["login", "mail", "renew-self", "mail", "renew-self", "mail"]

    def test_near_max_ttl_it_is_replaced_and_not_renewed_to_shreds(self, connected: Any, clock: Clock) -> None:
        vault = Vault()
        vault.renewed = 60
        backend, server = connected(vault)
        read(backend)
        clock.passed = 450
        read(backend)
        clock.passed = 500
        read(backend)
        clock.passed = 450 + 58
        read(backend)

        assert asked(server) == ["login", "mail", "renew-self", "mail", "mail", "login", "mail"]

    def test_a_token_whose_time_is_up_is_not_sent_again(self, connected: Any, clock: Clock) -> None:
        backend, server = connected(Vault())
        read(backend)
        clock.passed = 601
        read(backend)

        assert asked(server) == ["login", "mail", "login", "mail"]
        assert server.seen[-1].headers["x-vault-token"] == "t2"

    def test_time_that_passed_in_suspend_counts(self, connected: Any, clock: Clock) -> None:
        backend, server = connected(Vault())
        read(backend)
        clock.suspended = 3600
        read(backend)

        assert asked(server) == ["login", "mail", "login", "mail"]

    def test_a_clock_that_is_set_back_does_not_make_tokens_live_longer(self, connected: Any, clock: Clock) -> None:
        backend, server = connected(Vault())
        read(backend)
        clock.passed, clock.suspended = 601, -86400
        read(backend)

        assert asked(server) == ["login", "mail", "login", "mail"]

    def test_a_renewal_that_is_refused_leaves_the_token_to_its_end(self, connected: Any, clock: Clock) -> None:
        vault = Vault()
        vault.renewed = answer(403, {"errors": ["permission denied"]})
        backend, server = connected(vault)
        read(backend)
        for clock.passed in (450, 500, 601):
            read(backend)

        assert asked(server) == ["login", "mail", "renew-self", "mail", "mail", "login", "mail"]

    def test_a_renewal_that_fails_now_is_tried_again_later(self, connected: Any, clock: Clock) -> None:
        vault = Vault()
        vault.renewed = answer(500)
        backend, server = connected(vault)
        read(backend)
        clock.passed = 450
        read(backend)
        vault.renewed = 600
        clock.passed = 456
        read(backend)

        assert asked(server).count("login") == 1
        assert asked(server)[-2:] == ["renew-self", "mail"]

    def test_a_batch_token_is_neither_renewed_nor_revoked(self, connected: Any, clock: Clock) -> None:
        backend, server = connected(Vault(token_type="batch", renewable=True))
        read(backend)
        clock.passed = 450
        read(backend)
        clock.passed = 601
        read(backend)
        backend.close()

        assert asked(server) == ["login", "mail", "mail", "login", "mail"]

    def test_a_token_of_few_uses_is_replaced_when_they_are_used_up(self, connected: Any) -> None:
        backend, server = connected(Vault(num_uses=2))
        for _ in range(5):
            read(backend)

        assert asked(server) == ["login", "mail", "mail", "login", "mail", "mail", "login", "mail"]

    def test_a_token_without_an_end_is_kept(self, connected: Any, clock: Clock) -> None:
        backend, server = connected(Vault(lease_duration=0, renewable=False))
        read(backend)
        clock.passed = 10_000_000
        read(backend)

        assert asked(server) == ["login", "mail", "mail"]


class TestRefusal:
    def test_a_token_that_ends_in_the_middle_is_replaced_once(self, connected: Any) -> None:
        vault = Vault()
        backend, server = connected(vault)
        read(backend)
        vault.valid.clear()
        read(backend)

        assert asked(server) == ["login", "mail", "mail", "lookup-self", "login", "mail"]

    def test_a_second_refusal_is_final_and_the_next_one_costs_no_login(self, connected: Any) -> None:
        """The login works, and nothing else does, not even looking at oneself."""
        vault = Vault()
        vault.lets_in = False
        backend, server = connected(vault)
        for _ in range(3):
            with pytest.raises(AccessDeniedError):
                read(backend)

        assert asked(server) == ["login", "mail", "lookup-self", "login", "mail", "mail", "mail"]

    def test_an_outage_at_login_is_not_a_denial(self, connected: Any) -> None:
        class Down(Vault):
            def __call__(self, seen: Seen) -> bytes:
                return answer(502)

        backend, _ = connected(Down())

        with pytest.raises(BackendUnavailableError):
            read(backend)

    def test_threads_that_wait_for_a_login_share_its_failure(self, connected: Any) -> None:
        coming = Semaphore(0)

        class Closed(Vault):
            def __call__(self, seen: Seen) -> bytes:
                for _ in range(4):
                    coming.acquire(timeout=10)
                server.stopped.wait(1.0)  # from the semaphore to the lock is a few instructions
                return answer(400, {"errors": ["invalid role or secret ID"]})

        backend, server = connected(Closed())
        refused: list[AccessDeniedError] = []

        def read_one(number: int) -> None:
            coming.release()
            with pytest.raises(AccessDeniedError) as caught:
                backend.read(HashicorpReference(path=f"p{number}"), deadline=Deadline(30))
            refused.append(caught.value)

        threads = [Thread(target=read_one, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(refused) == 4
        assert asked(server) == ["login"]

    @pytest.mark.parametrize("body", [b"{}", b"garbage", b'{"auth": null}', b'{"auth": {"client_token": null}}'])
    def test_a_login_that_gives_no_token_is_an_error(self, connected: Any, body: bytes) -> None:
        class Empty(Vault):
            def __call__(self, seen: Seen) -> bytes:
                return answer(200, body)

        backend, _ = connected(Empty())

        with pytest.raises(Exception, match="answers without a token"):
            read(backend)
