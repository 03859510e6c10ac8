"""HTTP as servers and proxies really speak it, and logins that the test server does not have."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from orqo_vault_hashicorp import connecting
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import FaultServer
from orqo_vault_hashicorp.testing.fault_server import Seen, answer, kv2

from orqo_vault.backend import Deadline, Expected
from orqo_vault.errors import AccessDeniedError, BackendError, BackendUnavailableError, SettingsError, TimedOutError
from orqo_vault.secret import Secret

MAIL = HashicorpReference(path="mail")
FIELDS = {"password": "hunter2"}
BODY = b'{"data": {"data": {"password": "hunter2"}, "metadata": {"version": 1}}}'
Serve = Callable[..., tuple[HashicorpBackend, FaultServer]]


pytestmark = pytest.mark.usefixtures("quick_retries")


def read(backend: HashicorpBackend) -> dict[str, str] | None:
    found = backend.read(MAIL, deadline=Deadline(10))
    return found.secret.reveal() if found is not None else None


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed + end


class TestFraming:
    @pytest.mark.parametrize(
        "sent",
        [
            chunked(BODY),
            chunked(*(BODY[at : at + 1] for at in range(len(BODY)))),
            chunked(BODY[:9], BODY[9:], end=b"0;last\r\nTrailer: x\r\n\r\n"),
            chunked(BODY).replace(b"47\r\n", b"047;name=value\r\n"),
            b"HTTP/1.1 200\r\ncontent-LENGTH:%d\r\n\r\n" % len(BODY) + BODY,
            b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n" + BODY,
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + answer(200, BODY),
        ],
        ids=["chunk", "bytewise chunks", "trailer", "extension", "odd case", "to the end", "interim"],
    )
    def test_an_answer_is_read_however_it_is_framed(self, serve: Serve, sent: bytes) -> None:
        backend, _ = serve(lambda seen: iter([sent]))

        assert read(backend) == FIELDS

    @pytest.mark.parametrize(
        "sent",
        [
            chunked(BODY).replace(b"47\r\n", b"zz\r\n"),
            chunked(BODY).replace(b"47\r\n", b"-1\r\n"),
            chunked(BODY).replace(b"47\r\n", b"46\r\n"),
            chunked(BODY).replace(b"47\r\n", b"\r\n"),
            chunked(BODY).replace(b"chunked", b"gzip, chunked"),
            chunked(BODY).replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n", 1),
            answer(200, BODY).replace(b"Content-Length: 71", b"Content-Length: 71\r\nContent-Length: 5"),
            answer(200, BODY).replace(b"Content-Length: 71", b"Content-Length: +71"),
            answer(200, BODY).replace(b"Content-Length: 71", b"Content-Length: -1"),
            answer(200, BODY).replace(b"Content-Type", b"Content-Type "),
            answer(200, BODY).replace(b"Content-Type:", b"no colon"),
            answer(200, BODY).replace(b"200", b"2000"),
            answer(200, BODY).replace(b"200", b"abc"),
            b"HTTP/2 200\r\n\r\n" + BODY,
            b"HTTP/1.1 100 Continue\r\n\r\n" * 20 + answer(200, BODY),
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
        ],
    )
    def test_an_answer_that_is_not_clear_is_no_answer(self, serve: Serve, sent: bytes) -> None:
        backend, _ = serve(lambda seen: iter([sent]))

        with pytest.raises(BackendUnavailableError):
            read(backend)

    def test_chunks_without_end_are_not_read(self, serve: Serve) -> None:
        piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"

        def behave(seen: Seen) -> Iterator[bytes]:
            yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            for _ in range(1024):
                yield piece

        backend, _ = serve(behave)

        with pytest.raises(BackendError, match="more than 16 MiB"):
            read(backend)

    def test_what_follows_an_answer_is_not_taken_for_the_next_one(self, serve: Serve) -> None:
        smuggled = kv2({"password": "mallory's"})
        backend, server = serve(lambda seen: kv2(FIELDS) + smuggled)

        assert [read(backend) for _ in range(3)] == [FIELDS] * 3
        assert len(server.connections) == 3


class TestConnections:
    def test_one_connection_serves_many_reads(self, serve: Serve) -> None:
        backend, server = serve(lambda seen: kv2(FIELDS))
        for _ in range(20):
            read(backend)

        assert len(server.connections) == 1

    def test_a_server_that_closes_after_each_answer_is_asked_anew(self, serve: Serve) -> None:
        backend, server = serve(lambda seen: answer(200, BODY, {"Connection": "close"}))
        for _ in range(3):
            read(backend)

        assert len(server.connections) == 3

    def test_a_write_does_not_go_to_a_connection_that_the_server_has_closed(self, serve: Serve) -> None:
        """It could not be repeated: whether it had arrived would not be known."""

        def behave(seen: Seen) -> Iterator[bytes]:
            yield answer(200, {"data": {"version": 1}}) if seen.method == "POST" else kv2(FIELDS)

        backend, server = serve(behave)
        for _ in range(5):
            read(backend)
            server.idle.wait(5)
            version = backend.write(MAIL, Secret(FIELDS), if_version=Expected.ABSENT, deadline=Deadline(10))
            server.idle.wait(5)
            assert version == "1"

    def test_no_more_connections_than_allowed(self, serve: Serve) -> None:
        backend, server = serve(lambda seen: kv2(FIELDS), connections=3)
        references = [HashicorpReference(path=f"p{number}") for number in range(60)]

        assert len(backend.read_many(references, deadline=Deadline(20))) == 60
        assert len(server.connections) <= 3

    def test_waiting_for_a_free_connection_ends_at_the_deadline(self, serve: Serve) -> None:
        asked, leave = threading.Event(), threading.Event()

        def behave(seen: Seen) -> bytes:
            asked.set()
            leave.wait(20)
            return kv2(FIELDS)

        backend, server = serve(behave, connections=1)
        first = threading.Thread(target=read, args=(backend,))
        first.start()
        assert asked.wait(10)

        with pytest.raises(TimedOutError):
            backend.read(MAIL, deadline=Deadline(0.2))

        leave.set()
        first.join()
        assert len(server.seen) == 1

    def test_a_name_server_that_does_not_answer_ends_at_the_deadline(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        leave = threading.Event()
        monkeypatch.setattr(connecting.socket, "getaddrinfo", lambda *_, **__: leave.wait(20) and [])
        address = "https://vault.corp.example"
        backend, _ = serve(lambda seen: b"", environ={"VAULT_ADDR": address}, address=address)

        with pytest.raises(TimedOutError):
            backend.read(MAIL, deadline=Deadline(0.3))
        leave.set()

    @pytest.mark.parametrize("token", ["a\r\nX-Vault-Namespace: other", "a\nb", "tökén"])
    def test_a_token_cannot_smuggle_a_header(self, serve: Serve, token: str) -> None:
        backend, server = serve(lambda seen: kv2(FIELDS), environ={"VAULT_TOKEN": token})

        with pytest.raises(SettingsError):
            read(backend)

        assert server.seen == []

    def test_a_proxys_prefix_is_kept(self, serve: Serve) -> None:
        backend, server = serve(lambda seen: kv2(FIELDS))
        settings = HashicorpSettings(address=f"{server.address}/behind/a proxy/")

        with HashicorpBackend(settings, backend.context) as behind:
            assert read(behind) == FIELDS

        assert server.seen[0].target == "/behind/a%20proxy/v1/secret/data/mail"


class TestOtherLogins:
    """LDAP and AWS: what is sent, as the documentation of Vault wants it."""

    def vault(self, seen: Seen) -> bytes:
        if "/login" in seen.target:
            return answer(200, {"auth": {"client_token": "t1", "lease_duration": 60, "renewable": True}})
        return kv2(FIELDS) if seen.headers.get("x-vault-token") == "t1" else answer(403, {"errors": []})

    def test_ldap_sends_the_password_to_the_users_path(self, serve: Serve) -> None:
        auth = {"method": "ldap", "mount": "corp-ldap", "username": "ana maria", "password_env": "LDAP_PASSWORD"}
        backend, server = serve(self.vault, environ={"LDAP_PASSWORD": "pass word ä"}, auth=auth, namespace="team")

        assert read(backend) == FIELDS
        login = server.seen[0]
        assert (login.method, login.target) == ("POST", "/v1/auth/corp-ldap/login/ana%20maria")
        assert json.loads(login.body) == {"password": "pass word ä"}
        assert login.headers["x-vault-namespace"] == "team"
        assert "x-vault-token" not in login.headers

    def test_ldap_that_refuses_says_why(self, serve: Serve) -> None:
        auth = {"method": "ldap", "username": "ana", "password_env": "LDAP_PASSWORD"}
        refusal = {"errors": ["ldap operation failed: failed to bind as user", "username or password is wrong Zq7"]}
        backend, _ = serve(lambda seen: answer(400, refusal), environ={"LDAP_PASSWORD": "x"}, auth=auth)

        with pytest.raises(AccessDeniedError, match="login by ldap at auth/ldap/login/ana refused") as caught:
            read(backend)

        assert "password is wrong" in str(caught.value.hint)
        assert "Zq7" not in f"{caught.value} {caught.value.hint}"

    def test_aws_sends_a_signed_question_and_never_a_key(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-Zq7-never-sent")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        auth = {"method": "aws", "role": "engine", "server_id": "vault.corp.example", "region": "eu-central-1"}
        backend, server = serve(self.vault, auth=auth)

        assert read(backend) == FIELDS
        login = json.loads(server.seen[0].body)
        sent = {name: base64.b64decode(login[name]).decode() for name in login if name.startswith("iam_request")}
        headers = json.loads(sent["iam_request_headers"])
        assert server.seen[0].target == "/v1/auth/aws/login"
        assert (login["role"], login["iam_http_request_method"]) == ("engine", "POST")
        assert sent["iam_request_url"] == "https://sts.eu-central-1.amazonaws.com/"
        assert sent["iam_request_body"] == "Action=GetCallerIdentity&Version=2011-06-15"
        assert headers["X-Vault-AWS-IAM-Server-ID"] == ["vault.corp.example"]
        assert "x-vault-aws-iam-server-id" in headers["Authorization"][0], "the header must be part of what is signed"
        assert "AKIDEXAMPLE" in headers["Authorization"][0]
        assert b"Zq7" not in server.seen[0].body + json.dumps(sent).encode()

    def test_aws_is_not_signed_for_a_server_that_the_environment_does_not_name(self, serve: Serve) -> None:
        auth = {"method": "aws", "role": "engine"}
        backend, server = serve(self.vault, environ={"VAULT_ADDR": "https://vault.corp.example"}, auth=auth)
        settings = HashicorpSettings(address=server.address, auth=auth)  # type: ignore[arg-type]  # as it is read

        with HashicorpBackend(settings, backend.context) as hostile, pytest.raises(AccessDeniedError, match="not sent"):
            read(hostile)

        assert server.seen == []
