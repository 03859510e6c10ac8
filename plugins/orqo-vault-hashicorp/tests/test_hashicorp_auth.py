"""Every way to log in that the real server knows, under a custom mount, with what it says when it is refused."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import Authority, LocalServer

from orqo_vault.backend import BackendContext, Deadline
from orqo_vault.errors import AccessDeniedError, TokenExpiredError

MakeBackend = Callable[..., HashicorpBackend]


def password(backend: HashicorpBackend, reference: HashicorpReference) -> str:
    found = backend.read(reference, deadline=Deadline(20))
    assert found is not None
    return found.secret["password"].reveal()


def token_for(server: LocalServer, policy: str, **options: Any) -> str:
    made = server.api("POST", "auth/token/create", {"policies": [policy], "ttl": "10m", **options})
    return str(made["auth"]["client_token"])


class TestToken:
    def test_the_environments_token_is_used(
        self, open_backend: MakeBackend, server: LocalServer, reader: str, stored: HashicorpReference
    ) -> None:
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": token_for(server, reader)}

        assert password(open_backend(environ=environ), stored) == "hunter2"

    def test_openbaos_own_variables_win(
        self, open_backend: MakeBackend, server: LocalServer, reader: str, stored: HashicorpReference
    ) -> None:
        environ = {"BAO_ADDR": server.address, "BAO_TOKEN": token_for(server, reader), "VAULT_TOKEN": "wrong"}

        assert password(open_backend(environ=environ), stored) == "hunter2"

    def test_the_command_lines_token_file_is_used(
        self, open_backend: MakeBackend, server: LocalServer, reader: str, stored: HashicorpReference, tmp_path: Path
    ) -> None:
        (tmp_path / ".vault-token").write_text(token_for(server, reader) + "\n")
        environ = {"VAULT_ADDR": server.address, "HOME": str(tmp_path)}

        assert password(open_backend(environ=environ), stored) == "hunter2"

    def test_an_agents_sink_is_read_anew_when_its_token_has_ended(
        self, open_backend: MakeBackend, server: LocalServer, reader: str, stored: HashicorpReference, tmp_path: Path
    ) -> None:
        sink = tmp_path / "sink"
        first = token_for(server, reader)
        sink.write_text(first)
        backend = open_backend({"auth": {"method": "token", "token_file": str(sink)}}, environ={})
        assert password(backend, stored) == "hunter2"
        server.api("POST", "auth/token/revoke", {"token": first})
        sink.write_text(token_for(server, reader))

        assert password(backend, stored) == "hunter2"

    def test_a_token_that_has_ended_is_told_from_one_that_may_not(
        self, open_backend: MakeBackend, server: LocalServer, reader: str, stored: HashicorpReference
    ) -> None:
        token = token_for(server, reader)
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": token}
        assert password(open_backend(environ=environ), stored) == "hunter2"

        with pytest.raises(AccessDeniedError) as denied:
            open_backend({"mount": "secret"}, environ=environ).read(stored, deadline=Deadline(20))
        server.api("POST", "auth/token/revoke", {"token": token})
        with pytest.raises(TokenExpiredError) as expired:
            open_backend(environ=environ).read(stored, deadline=Deadline(20))

        assert not isinstance(denied.value, TokenExpiredError)
        assert 'path "secret/data/mail"' in str(denied.value.hint)
        assert "log in again" in str(expired.value.hint)

    def test_no_token_at_all_says_how_to_log_in(self, open_backend: MakeBackend, stored: HashicorpReference) -> None:
        with pytest.raises(AccessDeniedError, match="there is no token") as caught:
            open_backend(environ={"HOME": "/nonexistent"}).read(stored, deadline=Deadline(20))

        assert "vault login" in str(caught.value.hint)

    def test_a_token_that_was_given_is_not_revoked_on_close(
        self, open_backend: MakeBackend, server: LocalServer, reader: str, stored: HashicorpReference
    ) -> None:
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": token_for(server, reader)}
        with open_backend(environ=environ) as backend:
            password(backend, stored)

        assert password(open_backend(environ=environ), stored) == "hunter2"


class AppRoleFixtures:
    """A role of this test's own."""

    @pytest.fixture
    def approle(self, auth_mount: Callable[[str], str], server: LocalServer, reader: str) -> str:
        mount = auth_mount("approle")
        server.api("POST", f"auth/{mount}/role/engine", {"token_policies": [reader], "token_ttl": "10m"})
        return mount

    @pytest.fixture
    def role_id(self, approle: str, server: LocalServer) -> str:
        return str(server.api("GET", f"auth/{approle}/role/engine/role-id")["data"]["role_id"])

    @pytest.fixture
    def secret_id(self, approle: str, server: LocalServer, tmp_path: Path) -> Path:
        made = server.api("POST", f"auth/{approle}/role/engine/secret-id", {})
        path = tmp_path / "secret-id"
        path.write_text(made["data"]["secret_id"] + "\n")
        return path


class TestAppRole(AppRoleFixtures):
    def test_a_secret_id_from_a_file_logs_in(
        self, open_backend: MakeBackend, approle: str, role_id: str, secret_id: Path, stored: HashicorpReference
    ) -> None:
        auth = {"method": "approle", "mount": approle, "role_id": role_id, "secret_id_file": str(secret_id)}

        assert password(open_backend({"auth": auth}, environ={}), stored) == "hunter2"

    def test_a_role_without_a_secret_id_logs_in(
        self, open_backend: MakeBackend, approle: str, role_id: str, server: LocalServer, stored: HashicorpReference
    ) -> None:
        bound = {"bind_secret_id": False, "secret_id_bound_cidrs": [], "token_bound_cidrs": ["127.0.0.1/32"]}
        server.api("POST", f"auth/{approle}/role/engine", bound)
        auth = {"method": "approle", "mount": approle, "role_id": role_id}

        assert password(open_backend({"auth": auth}, environ={}), stored) == "hunter2"

    def test_a_wrong_secret_id_is_explained_and_not_shown(
        self, open_backend: MakeBackend, approle: str, role_id: str, secret_id: Path, stored: HashicorpReference
    ) -> None:
        secret_id.write_text("wrong-Zq7-never-shown")
        auth = {"method": "approle", "mount": approle, "role_id": role_id, "secret_id_file": str(secret_id)}

        with pytest.raises(AccessDeniedError, match=f"auth/{approle}/login refused") as caught:
            open_backend({"auth": auth}, environ={}).read(stored, deadline=Deadline(20))

        assert "secret_id" in str(caught.value.hint)
        assert "Zq7" not in f"{caught.value!r} {caught.value.hint}"

    def test_a_variable_is_sent_only_to_the_environments_server(
        self,
        open_backend: MakeBackend,
        approle: str,
        role_id: str,
        secret_id: Path,
        stored: HashicorpReference,
        server: LocalServer,
    ) -> None:
        auth = {"method": "approle", "mount": approle, "role_id": role_id, "secret_id_env": "MY_SECRET_ID"}
        environ = {"MY_SECRET_ID": secret_id.read_text()}

        with pytest.raises(AccessDeniedError, match="is not sent to"):
            open_backend({"auth": auth}, environ=environ).read(stored, deadline=Deadline(20))
        assert password(open_backend({"auth": auth}, environ={**environ, "VAULT_ADDR": server.address}), stored)

    def test_a_token_that_we_made_is_revoked_on_close(
        self,
        open_backend: MakeBackend,
        approle: str,
        role_id: str,
        secret_id: Path,
        stored: HashicorpReference,
        server: LocalServer,
    ) -> None:
        auth = {"method": "approle", "mount": approle, "role_id": role_id, "secret_id_file": str(secret_id)}
        before = len(server.calls())
        with open_backend({"auth": auth}, environ={}) as backend:
            password(backend, stored)

        assert server.calls()[before:][-1] == "update auth/token/revoke-self"


class TestWrappedSecretId(AppRoleFixtures):
    """A wrapping token is looked at before it is opened, and opened once."""

    @pytest.fixture
    def wrapped(self, approle: str, server: LocalServer, tmp_path: Path) -> Path:
        path = tmp_path / "wrapped"
        path.write_text(wrap(server, f"auth/{approle}/role/engine/secret-id", {}))
        return path

    @pytest.fixture
    def auth(self, approle: str, role_id: str, wrapped: Path) -> dict[str, str]:
        return {"method": "approle", "mount": approle, "role_id": role_id, "wrapped_secret_id_file": str(wrapped)}

    def test_it_is_unwrapped_and_logs_in(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference
    ) -> None:
        backend = open_backend({"auth": {**auth, "role_name": "engine"}}, environ={})

        assert password(backend, stored) == "hunter2"

    def test_a_later_login_does_not_unwrap_again(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference, server: LocalServer
    ) -> None:
        backend = open_backend({"auth": auth}, environ={})
        password(backend, stored)
        server.api("POST", "auth/token/revoke-accessor", {"accessor": newest_accessor(server)})

        assert password(backend, stored) == "hunter2"

    def test_one_that_somebody_opened_before_us_is_an_alarm(
        self,
        open_backend: MakeBackend,
        auth: dict[str, str],
        stored: HashicorpReference,
        server: LocalServer,
        wrapped: Path,
    ) -> None:
        server.api("POST", "sys/wrapping/unwrap", token=wrapped.read_text())

        with pytest.raises(AccessDeniedError, match="cannot be opened") as caught:
            open_backend({"auth": auth}, environ={}).read(stored, deadline=Deadline(20))

        assert "somebody opened it before us" in str(caught.value.hint)

    def test_one_that_was_made_elsewhere_is_not_opened(
        self,
        open_backend: MakeBackend,
        auth: dict[str, str],
        stored: HashicorpReference,
        server: LocalServer,
        wrapped: Path,
    ) -> None:
        wrapped.write_text(wrap(server, "sys/wrapping/wrap", {"secret_id": "an attacker's own"}))
        before = len(server.calls())

        with pytest.raises(AccessDeniedError, match="was not made by this auth mount"):
            open_backend({"auth": auth}, environ={}).read(stored, deadline=Deadline(20))

        assert server.calls()[before:] == ["update sys/wrapping/lookup"]

    def test_one_of_another_role_is_not_opened(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference
    ) -> None:
        backend = open_backend({"auth": {**auth, "role_name": "other"}}, environ={})

        with pytest.raises(AccessDeniedError, match="auth mount and role"):
            backend.read(stored, deadline=Deadline(20))


def wrap(server: LocalServer, path: str, body: dict[str, str]) -> str:
    made = server.api("POST", path, body, headers={"X-Vault-Wrap-TTL": "60s"})
    return str(made["wrap_info"]["token"])


def newest_accessor(server: LocalServer) -> str:
    accessors = server.api("GET", "auth/token/accessors?list=true")["data"]["keys"]
    about = [server.api("POST", "auth/token/lookup-accessor", {"accessor": each})["data"] for each in accessors]
    return str(max(about, key=lambda each: each["creation_time"] + (each["display_name"] != "root"))["accessor"])


class TestUserPass:
    @pytest.fixture
    def auth(
        self, auth_mount: Callable[[str], str], server: LocalServer, reader: str, tmp_path: Path
    ) -> dict[str, str]:
        mount = auth_mount("userpass")
        server.api("POST", f"auth/{mount}/users/ana", {"password": "correct", "token_policies": [reader]})
        (tmp_path / "password").write_text("correct\n")
        return {"method": "userpass", "mount": mount, "username": "ana", "password_file": str(tmp_path / "password")}

    def test_it_logs_in(self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference) -> None:
        assert password(open_backend({"auth": auth}, environ={}), stored) == "hunter2"

    def test_a_wrong_password_is_said(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference, tmp_path: Path
    ) -> None:
        (tmp_path / "password").write_text("wrong")

        with pytest.raises(AccessDeniedError) as caught:
            open_backend({"auth": auth}, environ={}).read(stored, deadline=Deadline(20))

        assert caught.value.hint == "the username or the password is wrong"


class TestJWT:
    KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @pytest.fixture
    def auth(
        self, auth_mount: Callable[[str], str], server: LocalServer, reader: str, tmp_path: Path
    ) -> dict[str, str]:
        mount = auth_mount("jwt")
        public = self.KEY.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        server.api("POST", f"auth/{mount}/config", {"jwt_validation_pubkeys": [public.decode()]})
        role = {
            "role_type": "jwt",
            "user_claim": "sub",
            "bound_audiences": ["vault"],
            "token_policies": [reader],
            "bound_claims": {"repository": "acme/engine"},
        }
        server.api("POST", f"auth/{mount}/role/ci", role)
        return {"method": "jwt", "mount": mount, "role": "ci", "jwt_file": str(tmp_path / "jwt")}

    def signed(self, path: str, **changed: Any) -> None:
        now = int(time.time())
        claims = {
            "sub": "job",
            "aud": "vault",
            "iat": now,
            "nbf": now - 5,
            "exp": now + 300,
            "repository": "acme/engine",
        }
        parts = [{"alg": "RS256", "typ": "JWT"}, {**claims, **changed}]
        text = ".".join(unpadded(json.dumps(part).encode()) for part in parts)
        signature = self.KEY.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        Path(path).write_text(f"{text}.{unpadded(signature)}\n")

    def test_a_ci_systems_token_logs_in(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference
    ) -> None:
        self.signed(auth["jwt_file"])

        assert password(open_backend({"auth": auth}, environ={}), stored) == "hunter2"

    @pytest.mark.parametrize(
        ("changed", "why"),
        [
            ({"exp": 1_000_000_000, "nbf": 999_999_999, "iat": 999_999_999}, "has expired"),
            ({"nbf": 4_000_000_000, "iat": 4_000_000_000, "exp": 4_000_000_300}, "clock"),
            ({"aud": "other"}, "audience"),
            ({"repository": "mallory/engine"}, "claim"),
        ],
    )
    def test_a_refusal_says_what_is_wrong_with_the_token(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference, changed: Any, why: str
    ) -> None:
        self.signed(auth["jwt_file"], **changed)

        with pytest.raises(AccessDeniedError) as caught:
            open_backend({"auth": auth}, environ={}).read(stored, deadline=Deadline(20))

        assert why in str(caught.value.hint)

    def test_a_file_that_holds_something_else_is_sent_nowhere(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference, server: LocalServer
    ) -> None:
        for content in ("one-word", "[default]\naws_secret_access_key = x.y.z", "", "a.b.c\0"):
            Path(auth["jwt_file"]).write_text(content)
            before = len(server.calls())

            with pytest.raises(AccessDeniedError):
                open_backend({"auth": auth}, environ={}).read(stored, deadline=Deadline(20))

            assert server.calls()[before:] == []


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TestKubernetes:
    """A cluster's TokenReview endpoint that knows one pod's token."""

    @pytest.fixture
    def cluster(self) -> Iterator[tuple[str, set[str]]]:
        known: set[str] = set()

        class TokenReview(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status: dict[str, Any] = {"authenticated": asked["spec"]["token"] in known}
                if status["authenticated"]:
                    groups = ["system:serviceaccounts"]
                    name = "system:serviceaccount:prod:engine"
                    status["user"] = {"username": name, "uid": "1", "groups": groups}
                body = json.dumps({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status})
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), TokenReview) as listening:
            Thread(target=listening.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{listening.server_port}", known
            listening.shutdown()

    @pytest.fixture
    def auth(
        self,
        auth_mount: Callable[[str], str],
        cluster: tuple[str, set[str]],
        server: LocalServer,
        reader: str,
        authority: Authority,
        tmp_path: Path,
    ) -> dict[str, str]:
        mount = auth_mount("kubernetes")
        config = {
            "kubernetes_host": cluster[0],
            "token_reviewer_jwt": pod_token("reviewer"),
            "kubernetes_ca_cert": authority.certificate.read_text(),
            "disable_local_ca_jwt": True,
        }
        server.api("POST", f"auth/{mount}/config", config)
        role = {
            "bound_service_account_names": ["engine"],
            "bound_service_account_namespaces": ["prod"],
            "token_policies": [reader],
            "token_ttl": "10m",
        }
        server.api("POST", f"auth/{mount}/role/engine", role)
        return {"method": "kubernetes", "mount": mount, "role": "engine", "token_file": str(tmp_path / "projected")}

    def test_a_projected_token_logs_in_and_is_read_anew_at_each_login(
        self,
        open_backend: MakeBackend,
        auth: dict[str, str],
        cluster: tuple[str, set[str]],
        stored: HashicorpReference,
        server: LocalServer,
    ) -> None:
        first, second = pod_token("first"), pod_token("second")
        cluster[1].add(first)
        Path(auth["token_file"]).write_text(first)
        backend = open_backend({"auth": auth}, environ={})
        assert password(backend, stored) == "hunter2"

        cluster[1].clear()
        cluster[1].add(second)
        Path(auth["token_file"]).write_text(second)
        server.api("POST", "auth/token/revoke-accessor", {"accessor": newest_accessor(server)})

        assert password(backend, stored) == "hunter2"

    def test_a_token_the_cluster_does_not_know_is_refused(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference
    ) -> None:
        Path(auth["token_file"]).write_text(pod_token("unknown"))

        with pytest.raises(AccessDeniedError, match="login by kubernetes"):
            open_backend({"auth": auth}, environ={}).read(stored, deadline=Deadline(20))


def pod_token(nonce: str) -> str:
    claims = {
        "iss": "kubernetes/serviceaccount",
        "sub": "system:serviceaccount:prod:engine",
        "nonce": nonce,
        "kubernetes.io": {"namespace": "prod", "serviceaccount": {"name": "engine", "uid": "1"}},
        "iat": int(time.time()) - 5,
        "nbf": int(time.time()) - 5,
        "exp": int(time.time()) + 600,
    }
    parts = [{"alg": "RS256"}, claims]
    return ".".join(unpadded(json.dumps(part).encode()) for part in parts) + "." + unpadded(b"signature")


class TestCertificate:
    def test_a_client_certificate_logs_in(
        self, raft: LocalServer, authority: Authority, make_context: Callable[..., BackendContext]
    ) -> None:
        if "cert/" not in raft.api("GET", "sys/auth")["data"]:
            raft.api("POST", "sys/auth/cert", {"type": "cert"})
        raft.api("PUT", "sys/policies/acl/all", {"policy": 'path "secret/*" { capabilities = ["read"] }'})
        certificate, key = authority.issue("engine")
        role = {"certificate": authority.certificate.read_text(), "token_policies": ["all"], "display_name": "engine"}
        raft.api("POST", "auth/cert/certs/engine", role)
        raft.api("POST", "secret/data/mail", {"data": {"password": "hunter2"}})
        settings = HashicorpSettings(
            address=raft.address,
            ca_file=str(authority.certificate),
            client_certificate=str(certificate),
            client_key=str(key),
            auth={"method": "cert", "role": "engine"},
        )

        with HashicorpBackend(settings, make_context(environ={})) as backend:
            assert password(backend, HashicorpReference(path="mail")) == "hunter2"

    def test_a_certificate_of_another_authority_is_refused(
        self, raft: LocalServer, authority: Authority, make_context: Callable[..., BackendContext], tmp_path: Path
    ) -> None:
        if "cert/" not in raft.api("GET", "sys/auth")["data"]:
            raft.api("POST", "sys/auth/cert", {"type": "cert"})
        certificate, key = Authority(tmp_path / "other").issue("mallory")
        settings = HashicorpSettings(
            address=raft.address,
            ca_file=str(authority.certificate),
            client_certificate=str(certificate),
            client_key=str(key),
            auth={"method": "cert"},
        )

        with (
            HashicorpBackend(settings, make_context(environ={})) as backend,
            pytest.raises(AccessDeniedError) as caught,
        ):
            backend.read(HashicorpReference(path="mail"), deadline=Deadline(20))

        assert "client certificate" in str(caught.value.hint)


class TestNamespaces:
    @pytest.fixture
    def namespace(self, server: LocalServer) -> str:
        name = f"team-{time.monotonic_ns()}"
        server.api("POST", f"sys/namespaces/{name}", {})
        mount = {"type": "kv", "options": {"version": "2"}}
        server.api("POST", "sys/mounts/kv", mount, namespace=name)
        server.api("POST", "kv/data/mail", {"data": {"password": "of the team"}}, namespace=name)
        server.api("POST", "sys/auth/userpass", {"type": "userpass"}, namespace=name)
        policy = {"policy": 'path "kv/*" { capabilities = ["read"] }'}
        server.api("PUT", "sys/policies/acl/reader", policy, namespace=name)
        user = {"password": "correct", "token_policies": ["reader"]}
        server.api("POST", "auth/userpass/users/ana", user, namespace=name)
        return name

    def test_the_namespace_holds_for_login_and_data(
        self, open_backend: MakeBackend, namespace: str, tmp_path: Path
    ) -> None:
        (tmp_path / "password").write_text("correct")
        auth = {"method": "userpass", "username": "ana", "password_file": str(tmp_path / "password")}
        backend = open_backend({"namespace": namespace, "mount": "kv", "auth": auth}, environ={})

        assert password(backend, HashicorpReference(path="mail")) == "of the team"

    def test_the_login_may_be_in_another_namespace(
        self,
        open_backend: MakeBackend,
        namespace: str,
        server: LocalServer,
        auth_mount: Callable[[str], str],
        tmp_path: Path,
    ) -> None:
        mount = auth_mount("userpass")
        policy = {"policy": f'path "{namespace}/kv/*" {{ capabilities = ["read"] }}'}
        server.api("PUT", f"sys/policies/acl/{namespace}", policy)
        server.api("POST", f"auth/{mount}/users/bob", {"password": "correct", "token_policies": [namespace]})
        (tmp_path / "password").write_text("correct")
        auth = {
            "method": "userpass",
            "mount": mount,
            "username": "bob",
            "password_file": str(tmp_path / "password"),
            "namespace": "root",
        }
        backend = open_backend({"namespace": namespace, "mount": "kv", "auth": auth}, environ={})

        assert password(backend, HashicorpReference(path="mail")) == "of the team"
