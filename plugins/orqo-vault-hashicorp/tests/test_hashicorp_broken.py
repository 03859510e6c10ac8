"""Servers and networks that break: nothing is taken for absent, nothing hangs, no token goes elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp import retrying
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import FaultServer
from orqo_vault_hashicorp.testing.fault_server import Seen, answer, kv2, slowly

from orqo_vault.backend import Deadline, Expected, Lease
from orqo_vault.errors import (
    BackendError,
    BackendUnavailableError,
    TimedOutError,
)
from orqo_vault.secret import Secret

MAIL = HashicorpReference(path="mail")
FIELDS = {"password": "hunter2"}
RETRIED = (412, 429, 472, 473, 474, 500, 502, 503, 504)

pytestmark = pytest.mark.usefixtures("quick_retries")


def read(backend: HashicorpBackend, seconds: float = 20) -> dict[str, str] | None:
    found = backend.read(MAIL, deadline=Deadline(seconds))
    return found.secret.reveal() if found is not None else None


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

    def test_nobody_listening_is_said(self, serve: Any) -> None:
        backend, server = serve(lambda seen: b"")
        server.__exit__()

        with pytest.raises(BackendUnavailableError, match="cannot be reached: Connection refused"):
            read(backend)

    def test_an_unknown_host_is_said(self, serve: Any) -> None:
        address = "https://no.such.host.invalid"
        backend, _ = serve(lambda seen: b"", environ={"VAULT_ADDR": address}, address=address)

        with pytest.raises(BackendUnavailableError, match="name is not known"):
            read(backend)

    def test_a_dead_server_ends_a_batch_without_asking_for_each(self, serve: Any) -> None:
        backend, server = serve(lambda seen: answer(503))
        references = [HashicorpReference(path=f"p{number}") for number in range(100)]

        with pytest.raises(BackendUnavailableError):
            backend.read_many(references, deadline=Deadline(20))

        assert len(server.seen) <= 8 * retrying.TRIES


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

    @pytest.mark.parametrize("shape", [b"{}", b"[]", b'{"data": null}', b'{"data": {}, "lease_id": "a"}'])
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
