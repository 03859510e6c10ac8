"""What servers and networks do wrong: nothing is taken for absent, nothing hangs, no token goes elsewhere."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp import retrying
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import Authority, FaultServer
from orqo_vault_hashicorp.testing.fault_server import Behaviour, Seen, answer, kv2, slowly

from orqo_vault.backend import BackendContext, Deadline, Expected, Lease
from orqo_vault.errors import (
    AccessDeniedError,
    BackendError,
    BackendUnavailableError,
    ConflictError,
    OrqoVaultError,
    SealedError,
    ThrottledError,
    TimedOutError,
)
from orqo_vault.secret import Secret

MAIL = HashicorpReference(path="mail")
FIELDS = {"password": "hunter2"}
TOKEN = "token-Zq7-never-shown"
RETRIED = (412, 429, 472, 473, 474, 500, 502, 503, 504)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries wait milliseconds here: how often is tested, not how long."""
    monkeypatch.setattr(retrying, "BASE", 0.001)


@pytest.fixture
def context(tmp_path: Path) -> BackendContext:
    return BackendContext(name="corp", base_dir=tmp_path, state_dir=tmp_path / "state", config_dir=tmp_path / "config")


@pytest.fixture
def serve(context: BackendContext, tmp_path: Path) -> Iterator[Callable[..., tuple[HashicorpBackend, FaultServer]]]:
    """Starts a server that behaves as told, and a backend that speaks to it."""
    (tmp_path / "token").write_text(TOKEN)
    with ExitStack() as opened:

        def start(behave: Behaviour, tls: ssl.SSLContext | None = None, **options: Any) -> Any:
            server = opened.enter_context(FaultServer(behave, tls))
            auth = {"method": "token", "token_file": "token"}
            settings = HashicorpSettings(**{"address": server.address, "auth": auth, **options})
            return opened.enter_context(HashicorpBackend(settings, context)), server

        yield start


def times(count: int, first: bytes, then: bytes) -> Behaviour:
    left = [count]

    def behave(seen: Seen) -> bytes:
        left[0] -= 1
        return first if left[0] >= 0 else then

    return behave


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


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_no_redirect_is_followed_and_no_token_leaves(self, serve: Any, status: int) -> None:
        with FaultServer(lambda seen: kv2({"password": "mallory's"})) as foreign:
            location = {"Location": f"{foreign.address.replace('127.0.0.1', 'localhost')}/v1/secret/data/mail"}
            backend, _ = serve(lambda seen: answer(status, headers=location))

            with pytest.raises(BackendError, match=f"redirected \\({status}\\) to localhost"):
                read(backend)

            assert foreign.seen == []

    def test_the_environments_netrc_and_proxy_are_not_used(
        self, serve: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login mallory password mallory\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        backend, server = serve(lambda seen: kv2(FIELDS))

        assert read(backend) == FIELDS
        assert "authorization" not in server.seen[0].headers


class TestSlowAndBroken:
    @pytest.mark.parametrize("part", ["status line", "headers", "body", "chunks"])
    def test_a_server_that_drips_cannot_outlast_the_deadline(self, serve: Any, part: str) -> None:
        """Whole, it would take minutes; one byte at a time keeps every single wait short."""
        whole = kv2({"password": "x" * 4096})
        head, _, body = whole.partition(b"\r\n\r\n")
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        at_once, rest = {
            "status line": (b"", whole),
            "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Padding: " + b"x" * 4096),
            "body": (head + b"\r\n\r\n", body),
            "chunks": (chunked, b"1\r\nx\r\n" * 4096),
        }[part]
        stopped = threading.Event()

        def behave(seen: Seen) -> Iterator[bytes]:
            yield at_once
            yield from slowly(rest, stopped)

        backend, _ = serve(behave)
        begun = time.monotonic()
        with pytest.raises(TimedOutError, match=r"within 0\.5 s"):
            read(backend, seconds=0.5)
        took = time.monotonic() - begun
        stopped.set()

        assert took < 5, "an order of magnitude, because machines are busy; the measurement is in benchmarks/"

    def test_a_server_that_says_nothing_is_given_up(self, serve: Any) -> None:
        stopped = threading.Event()

        def behave(seen: Seen) -> Iterator[bytes]:
            stopped.wait(30)
            yield b""

        backend, _ = serve(behave)
        with pytest.raises(TimedOutError):
            read(backend, seconds=0.3)
        stopped.set()

    def test_a_connection_that_is_cut_is_tried_again(self, serve: Any) -> None:
        whole = kv2(FIELDS)
        pieces = [b"", whole[:20], whole[:-5]]

        def behave(seen: Seen) -> bytes | Iterator[bytes]:
            return iter([pieces.pop(0)]) if pieces else whole

        backend, server = serve(behave)

        assert read(backend) == FIELDS
        assert len(server.seen) == 4

    def test_a_connection_that_is_always_cut_is_an_error(self, serve: Any) -> None:
        backend, server = serve(lambda seen: iter([kv2(FIELDS)[:-5]]))

        with pytest.raises(BackendUnavailableError):
            read(backend)

        assert len(server.seen) == retrying.TRIES

    @pytest.mark.parametrize(
        "garbage",
        [
            b"",
            b"null",
            b"[]",
            b"{}",
            b'{"data": null}',
            b'{"data": {"data": "text", "metadata": {"version": 1}}}',
            b'{"data": {"data": {}, "metadata": []}}',
            b'{"data": {"data": {"a": NaN}, "metadata": {"version": 1}}}',
            b'{"data": ' + b"[" * 100_000,
            b"\xff\xfe\x00garbage",
            b"<html>hunter2</html>",
        ],
    )
    def test_an_answer_that_is_not_vaults_is_an_error_and_never_absence(self, serve: Any, garbage: bytes) -> None:
        backend, _ = serve(lambda seen: answer(200, garbage))

        with pytest.raises(BackendError) as caught:
            read(backend)

        assert "hunter2" not in f"{caught.value!r} {caught.value.__context__!r}"

    @pytest.mark.parametrize("body", [b"", b"404 page not found", b"<html></html>", b"[]", b'{"message": "no route"}'])
    def test_a_404_that_is_not_vaults_is_never_absence(self, serve: Any, body: bytes) -> None:
        backend, _ = serve(lambda seen: answer(404, body))

        with pytest.raises(BackendError, match="is not one of Vault's"):
            read(backend)

    def test_a_404_of_the_server_is_absence(self, serve: Any) -> None:
        backend, _ = serve(lambda seen: answer(404, {"errors": []}))

        assert read(backend) is None

    def test_a_server_that_does_not_speak_http_is_an_error(self, serve: Any) -> None:
        backend, _ = serve(lambda seen: b"SSH-2.0-OpenSSH_9.6\r\n")

        with pytest.raises(BackendUnavailableError):
            read(backend)

    @pytest.mark.parametrize("told", [True, False])
    def test_a_body_without_end_is_not_read(self, serve: Any, told: bool) -> None:
        length = "Content-Length: 1073741824" if told else "Connection: close"
        sent = [0]

        def behave(seen: Seen) -> Iterator[bytes]:
            yield f"HTTP/1.1 200 OK\r\n{length}\r\n\r\n".encode()
            for _ in range(1024):
                sent[0] += 1
                yield b"x" * (1 << 20)

        backend, server = serve(behave)
        with pytest.raises(BackendError, match="more than 16 MiB"):
            read(backend)

        assert len(server.seen) == 1
        assert sent[0] < 64, "it must hang up, not read on"

    def test_nobody_listening_is_said(self, context: BackendContext, tmp_path: Path) -> None:
        with FaultServer(lambda seen: b"") as gone:
            address = gone.address
        (tmp_path / "token").write_text(TOKEN)
        auth: Any = {"method": "token", "token_file": "token"}
        backend = HashicorpBackend(HashicorpSettings(address=address, auth=auth), context)

        with backend, pytest.raises(BackendUnavailableError, match="cannot be reached: Connection refused"):
            read(backend)

    def test_an_unknown_host_is_said(self, context: BackendContext, tmp_path: Path) -> None:
        (tmp_path / "token").write_text(TOKEN)
        auth: Any = {"method": "token", "token_file": "token"}

        backend = HashicorpBackend(HashicorpSettings(address="https://no.such.host.invalid", auth=auth), context)

        with backend, pytest.raises(BackendUnavailableError, match="name is not known"):
            read(backend)

    def test_a_dead_server_ends_a_batch_without_asking_for_each(self, serve: Any) -> None:
        backend, server = serve(lambda seen: answer(503))
        references = [HashicorpReference(path=f"p{number}") for number in range(100)]

        with pytest.raises(BackendUnavailableError):
            backend.read_many(references, deadline=Deadline(20))

        assert len(server.seen) <= 8 * retrying.TRIES


class TestTLS:
    def context_of(self, authority: Authority, **options: Any) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(*authority.issue("faulty", options.pop("hosts", ["127.0.0.1"]), **options))
        return made

    def test_a_trusted_server_is_read(self, serve: Any, authority: Authority) -> None:
        tls = self.context_of(authority)
        backend, _ = serve(lambda seen: kv2(FIELDS), tls, ca_file=str(authority.certificate))

        assert read(backend) == FIELDS

    def test_drips_under_tls_end_at_the_deadline_too(self, serve: Any, authority: Authority) -> None:
        stopped = threading.Event()
        tls = self.context_of(authority)
        backend, _ = serve(lambda seen: slowly(kv2(FIELDS), stopped), tls, ca_file=str(authority.certificate))

        with pytest.raises(TimedOutError):
            read(backend, seconds=0.5)
        stopped.set()

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            ({"expired": True}, "certificate has expired"),
            ({"hosts": ["other.example"]}, "IP address mismatch"),
        ],
    )
    def test_a_wrong_certificate_is_final(self, serve: Any, authority: Authority, options: Any, why: str) -> None:
        tls = self.context_of(authority, **options)
        backend, server = serve(lambda seen: kv2(FIELDS), tls, ca_file=str(authority.certificate))

        with pytest.raises(BackendError, match=f"certificate is not trusted: .*{why}") as caught:
            read(backend)

        assert not isinstance(caught.value, BackendUnavailableError)
        assert server.seen == []

    def test_an_unknown_authority_is_final_and_says_what_to_set(
        self, serve: Any, authority: Authority, tmp_path: Path
    ) -> None:
        other = Authority(tmp_path / "other")
        backend, server = serve(lambda seen: kv2(FIELDS), self.context_of(authority), ca_file=str(other.certificate))

        with pytest.raises(BackendError, match="certificate is not trusted") as caught:
            read(backend)

        assert "ca_file" in str(caught.value.hint)
        assert server.seen == []

    def test_the_servers_name_may_differ_from_the_address(self, serve: Any, authority: Authority) -> None:
        tls = self.context_of(authority, hosts=["vault.test"])
        ca_file = str(authority.certificate)

        backend, _ = serve(lambda seen: kv2(FIELDS), tls, ca_file=ca_file, server_name="vault.test")

        assert read(backend) == FIELDS

    def test_old_tls_is_refused(self, serve: Any, authority: Authority) -> None:
        tls = self.context_of(authority)
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
        tls.set_ciphers("ALL:@SECLEVEL=0")
        backend, server = serve(lambda seen: kv2(FIELDS), tls, ca_file=str(authority.certificate))

        with pytest.raises(OrqoVaultError):
            read(backend)

        assert server.seen == []

    def test_a_ca_file_that_is_none_is_said(self, serve: Any, authority: Authority) -> None:
        backend, _ = serve(lambda seen: kv2(FIELDS), self.context_of(authority), ca_file="no-such.pem")

        with pytest.raises(OrqoVaultError, match=r"ca_file .*no-such\.pem: cannot be used: No such file"):
            read(backend)


class TestShapes:
    """Answers that are JSON and not what the API says: an error of ours each time, and never a traceback."""

    SHAPES = (
        b"{}",
        b"[]",
        b"null",
        b'"text"',
        b'{"data": null}',
        b'{"data": []}',
        b'{"data": {"keys": 5}}',
        b'{"data": {"keys": [1]}}',
        b'{"data": {"versions": [], "current_version": 1}}',
        b'{"auth": {}}',
    )

    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_wrong_shape_is_an_error(self, serve: Any, shape: bytes) -> None:
        backend, _ = serve(lambda seen: answer(200, shape))
        soon = Deadline(20)
        for attempt in (
            lambda: backend.read(MAIL, deadline=soon),
            lambda: backend.list_paths(deadline=soon),
            lambda: backend.write(MAIL, Secret(FIELDS), if_version=Expected.ABSENT, deadline=soon),
            lambda: backend.write(MAIL, Secret(FIELDS), if_version=Expected.ANY, deadline=soon),
            lambda: backend.delete(MAIL, deadline=soon),
            lambda: backend.renew(Lease("id", 60), deadline=soon),
        ):
            with pytest.raises(BackendError):
                attempt()
        assert not backend.check([MAIL], deadline=soon).usable

    @pytest.mark.parametrize(
        "shape", [b"{}", b"[]", b'{"data": null}', b'{"data": {}, "lease_id": 1, "lease_duration": []}']
    )
    def test_a_dynamic_secret_of_a_wrong_shape_is_an_error(self, serve: Any, shape: bytes) -> None:
        backend, _ = serve(lambda seen: answer(200, shape))

        with pytest.raises(BackendError):
            backend.read(HashicorpReference(engine="database", path="creds/x"), deadline=Deadline(20))

    def test_half_a_character_is_refused_before_anything_is_sent(self, serve: Any) -> None:
        backend, server = serve(lambda seen: answer(200, {"data": {"version": 1}}))

        with pytest.raises(BackendError, match="half a character") as caught:
            backend.write(MAIL, Secret({"a": "hunter2\ud800"}), if_version=Expected.ABSENT, deadline=Deadline(20))

        assert server.seen == []
        assert "hunter2" not in repr(caught.value.__context__)
