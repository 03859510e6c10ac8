"""Passwords, client certificates, and namespaces on login and on data."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import Authority, LocalServer

from orqo_vault.backend import BackendContext, Deadline
from orqo_vault.errors import AccessDeniedError

MakeBackend = Callable[..., HashicorpBackend]
Password = Callable[[HashicorpBackend, HashicorpReference], str]


class TestUserPass:
    @pytest.fixture
    def auth(
        self, auth_mount: Callable[[str], str], server: LocalServer, reader: str, tmp_path: Path
    ) -> dict[str, str]:
        mount = auth_mount("userpass")
        server.api("POST", f"auth/{mount}/users/ana", {"password": "correct", "token_policies": [reader]})
        (tmp_path / "password").write_text("correct\n")
        return {"method": "userpass", "mount": mount, "username": "ana", "password_file": str(tmp_path / "password")}

    def test_it_logs_in(
        self, password: Password, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference
    ) -> None:
        assert password(open_backend({"auth": auth}, environ={}), stored) == "hunter2"

    def test_a_wrong_password_is_said(
        self, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference, tmp_path: Path
    ) -> None:
        (tmp_path / "password").write_text("wrong")

        with pytest.raises(AccessDeniedError) as caught:
            open_backend({"auth": auth}, environ={}).read(stored, deadline=Deadline(20))

        assert caught.value.hint == "the username or the password is wrong"


class TestCertificate:
    def test_a_client_certificate_logs_in(
        self, password: Password, raft: LocalServer, authority: Authority, make_context: Callable[..., BackendContext]
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
        self, password: Password, open_backend: MakeBackend, namespace: str, tmp_path: Path
    ) -> None:
        (tmp_path / "password").write_text("correct")
        auth = {"method": "userpass", "username": "ana", "password_file": str(tmp_path / "password")}
        backend = open_backend({"namespace": namespace, "mount": "kv", "auth": auth}, environ={})

        assert password(backend, HashicorpReference(path="mail")) == "of the team"

    def test_the_login_may_be_in_another_namespace(
        self,
        password: Password,
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
