"""Each status a server may answer with, once, thrice and for ever, for reads and for writes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from orqo_vault_hashicorp import retrying
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing.fault_server import Seen, answer, kv2, times

from orqo_vault.backend import Deadline, Expected
from orqo_vault.errors import (
    AccessDeniedError,
    BackendError,
    BackendUnavailableError,
    ConflictError,
    OrqoVaultError,
    SealedError,
    ThrottledError,
)
from orqo_vault.secret import Secret

MAIL = HashicorpReference(path="mail")
FIELDS = {"password": "hunter2"}
RETRIED = (412, 429, 472, 473, 474, 500, 502, 503, 504)

pytestmark = pytest.mark.usefixtures("quick_retries")


def read(backend: HashicorpBackend, seconds: float = 20) -> dict[str, str] | None:
    found = backend.read(MAIL, deadline=Deadline(seconds))
    return found.secret.reveal() if found is not None else None


class TestStatuses:
    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize("status", RETRIED)
    def test_a_passing_trouble_is_waited_out(self, serve: Any, status: int, count: int) -> None:
        backend, server = serve(times(count, answer(status, {"errors": ["trouble"]}), kv2(FIELDS)))

        assert read(backend) == FIELDS
        assert len(server.seen) == count + 1

    @pytest.mark.parametrize("status", RETRIED)
    def test_a_lasting_trouble_is_an_error_that_says_it(self, serve: Any, status: int) -> None:
        backend, server = serve(lambda seen: answer(status, {"errors": ["trouble"]}))

        with pytest.raises(BackendUnavailableError, match=f"corp.*secret/data/mail.*{status}"):
            read(backend)

        assert len(server.seen) == retrying.TRIES

    def test_a_mount_that_is_just_being_made_is_waited_for(self, serve: Any) -> None:
        text = "Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period"
        backend, server = serve(times(2, answer(400, {"errors": [text]}), kv2(FIELDS)))

        assert read(backend) == FIELDS
        assert len(server.seen) == 3

    def test_a_sealed_server_is_told_apart(self, serve: Any) -> None:
        backend, _ = serve(lambda seen: answer(503, {"errors": ["Vault is sealed"]}))

        with pytest.raises(SealedError, match="the server is sealed"):
            read(backend)

    def test_a_quota_is_told_apart(self, serve: Any) -> None:
        backend, _ = serve(lambda seen: answer(429, {"errors": ["request path quota exceeded"]}))

        with pytest.raises(ThrottledError):
            read(backend)

    def test_retry_after_is_kept(self, serve: Any) -> None:
        """A wait that the deadline does not allow ends at once, and not after the wait."""
        backend, server = serve(lambda seen: answer(429, headers={"Retry-After": "60"}))

        begun = time.monotonic()
        with pytest.raises(ThrottledError):
            read(backend, seconds=10)

        assert len(server.seen) == 1
        assert time.monotonic() - begun < 10

    def test_retry_after_is_waited(self, serve: Any) -> None:
        backend, _ = serve(times(1, answer(429, headers={"Retry-After": "1"}), kv2(FIELDS)))
        begun = time.monotonic()

        assert read(backend) == FIELDS
        assert time.monotonic() - begun >= 1

    @pytest.mark.parametrize("status", [400, 404, 405, 418, 501])
    def test_what_will_not_change_is_not_tried_again(self, serve: Any, status: int) -> None:
        errors = ["no handler for route"] if status == 404 else ["unsupported operation"]
        backend, server = serve(lambda seen: answer(status, {"errors": errors}))

        with pytest.raises(BackendError) as caught:
            read(backend)

        assert not isinstance(caught.value, BackendUnavailableError)
        assert len(server.seen) == 1

    def test_a_denial_costs_one_question_and_no_second_try(self, serve: Any) -> None:
        def behave(seen: Seen) -> bytes:
            return answer(200, {"data": {}}) if "lookup-self" in seen.target else answer(403, {"errors": ["denied"]})

        backend, server = serve(behave)
        with pytest.raises(AccessDeniedError):
            read(backend)

        assert [seen.target for seen in server.seen] == ["/v1/secret/data/mail", "/v1/auth/token/lookup-self"]

    def test_no_text_of_the_server_is_shown(self, serve: Any) -> None:
        for status in (400, 403, 404, 429, 500, 503):
            backend, _ = serve(lambda seen, status=status: answer(status, {"errors": ["no handler for route Zq7"]}))
            with pytest.raises(OrqoVaultError) as caught:
                read(backend)
            assert "Zq7" not in f"{caught.value!r} {caught.value.hint} {caught.value.__context__!r}"


class TestNumbers:
    """The real server rewrites some numbers as it stores them; what it then sends is kept digit by digit."""

    @pytest.mark.parametrize("digits", ["1.10", "1e3", "-0.0", "123456789012345678901234567890", "9" * 5000, "1.0E+2"])
    def test_a_number_is_its_digits_and_is_written_back_as_it_was(self, serve: Any, digits: str) -> None:
        stored = f'{{"data": {{"data": {{"n": {digits}, "l": [{digits}]}}, "metadata": {{"version": 1}}}}}}'

        def behave(seen: Seen) -> bytes:
            return answer(200, {"data": {"version": 2}} if seen.method == "POST" else stored.encode())

        backend, server = serve(behave)
        found = read(backend)
        assert found == {"n": digits, "l": f"[{digits}]"}

        backend.write(MAIL, Secret({**found, "more": "x"}), if_version="1", deadline=Deadline(20))

        assert f'"n":{digits},"l":[{digits}],"more":"x"'.encode() in server.seen[-1].body


class TestWrites:
    def write(self, backend: HashicorpBackend, expected: Any = Expected.ABSENT) -> str:
        return backend.write(MAIL, Secret(FIELDS), if_version=expected, deadline=Deadline(20))

    @pytest.mark.parametrize("status", [500, 502, 504])
    def test_a_write_whose_fate_is_unknown_is_not_repeated(self, serve: Any, status: int) -> None:
        backend, server = serve(lambda seen: answer(status))

        with pytest.raises(BackendUnavailableError):
            self.write(backend)

        assert len(server.seen) == 1

    def test_a_lost_answer_says_that_nobody_knows(self, serve: Any) -> None:
        backend, server = serve(lambda seen: b"")

        with pytest.raises(BackendUnavailableError, match="whether secret/data/mail was changed is not known"):
            self.write(backend)

        assert len(server.seen) == 1

    @pytest.mark.parametrize("status", [412, 429, 472, 473])
    def test_a_write_that_was_not_begun_is_tried_again(self, serve: Any, status: int) -> None:
        backend, server = serve(times(2, answer(status), answer(200, {"data": {"version": 7}})))

        assert self.write(backend) == "7"
        assert len(server.seen) == 3

    def test_a_conflict_is_not_tried_again(self, serve: Any) -> None:
        error = "check-and-set parameter did not match the current version"

        def behave(seen: Seen) -> bytes:
            return answer(400, {"errors": [error]}) if seen.method == "POST" else kv2(FIELDS, 3)

        backend, server = serve(behave)
        with pytest.raises(ConflictError):
            self.write(backend, "3")

        assert [seen.method for seen in server.seen] == ["GET", "POST"]

    def test_a_read_after_a_write_asks_for_the_state_the_write_made(self, serve: Any) -> None:
        def behave(seen: Seen) -> bytes:
            if seen.method == "POST":
                return answer(200, {"data": {"version": 1}}, {"X-Vault-Index": "abc="})
            return kv2(FIELDS)

        backend, server = serve(behave)
        self.write(backend)
        read(backend)

        assert server.seen[-1].headers["x-vault-index"] == "abc="
        assert server.seen[-1].headers["x-vault-inconsistent"] == "forward-active-node"
