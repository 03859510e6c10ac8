"""Logins by what a platform gives its jobs: a CI system's JWT, a pod's token."""

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
from orqo_vault_hashicorp.testing import Authority, LocalServer

from orqo_vault.backend import Deadline
from orqo_vault.errors import AccessDeniedError

MakeBackend = Callable[..., HashicorpBackend]
Password = Callable[[HashicorpBackend, HashicorpReference], str]


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


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
        self, password: Password, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference
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
        password: Password,
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
        server.api("POST", "auth/token/revoke-accessor", {"accessor": server.newest_accessor()})

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
