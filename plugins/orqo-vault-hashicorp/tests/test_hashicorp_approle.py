"""AppRole on the real server, with a secret_id in plain, wrapped, and without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.backend import Deadline
from orqo_vault.errors import AccessDeniedError

MakeBackend = Callable[..., HashicorpBackend]
Password = Callable[[HashicorpBackend, HashicorpReference], str]


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
        self,
        password: Password,
        open_backend: MakeBackend,
        approle: str,
        role_id: str,
        secret_id: Path,
        stored: HashicorpReference,
    ) -> None:
        auth = {"method": "approle", "mount": approle, "role_id": role_id, "secret_id_file": str(secret_id)}

        assert password(open_backend({"auth": auth}, environ={}), stored) == "hunter2"

    def test_a_role_without_a_secret_id_logs_in(
        self,
        password: Password,
        open_backend: MakeBackend,
        approle: str,
        role_id: str,
        server: LocalServer,
        stored: HashicorpReference,
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
        password: Password,
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
        password: Password,
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
        path.write_text(server.wrapped(f"auth/{approle}/role/engine/secret-id", {}))
        return path

    @pytest.fixture
    def auth(self, approle: str, role_id: str, wrapped: Path) -> dict[str, str]:
        return {"method": "approle", "mount": approle, "role_id": role_id, "wrapped_secret_id_file": str(wrapped)}

    def test_it_is_unwrapped_and_logs_in(
        self, password: Password, open_backend: MakeBackend, auth: dict[str, str], stored: HashicorpReference
    ) -> None:
        backend = open_backend({"auth": {**auth, "role_name": "engine"}}, environ={})

        assert password(backend, stored) == "hunter2"

    def test_a_later_login_does_not_unwrap_again(
        self,
        password: Password,
        open_backend: MakeBackend,
        auth: dict[str, str],
        stored: HashicorpReference,
        server: LocalServer,
    ) -> None:
        backend = open_backend({"auth": auth}, environ={})
        password(backend, stored)
        server.api("POST", "auth/token/revoke-accessor", {"accessor": server.newest_accessor()})

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
        wrapped.write_text(server.wrapped("sys/wrapping/wrap", {"secret_id": "an attacker's own"}))
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
