"""Tokens that somebody else obtained: the environment, files, sinks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.backend import Deadline
from orqo_vault.errors import AccessDeniedError, TokenExpiredError

MakeBackend = Callable[..., HashicorpBackend]
Password = Callable[[HashicorpBackend, HashicorpReference], str]


class TestToken:
    def test_the_environments_token_is_used(
        self,
        password: Password,
        open_backend: MakeBackend,
        server: LocalServer,
        reader: str,
        stored: HashicorpReference,
    ) -> None:
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": server.token(reader)}

        assert password(open_backend(environ=environ), stored) == "hunter2"

    def test_openbaos_own_variables_win(
        self,
        password: Password,
        open_backend: MakeBackend,
        server: LocalServer,
        reader: str,
        stored: HashicorpReference,
    ) -> None:
        environ = {"BAO_ADDR": server.address, "BAO_TOKEN": server.token(reader), "VAULT_TOKEN": "wrong"}

        assert password(open_backend(environ=environ), stored) == "hunter2"

    def test_the_command_lines_token_file_is_used(
        self,
        password: Password,
        open_backend: MakeBackend,
        server: LocalServer,
        reader: str,
        stored: HashicorpReference,
        tmp_path: Path,
    ) -> None:
        (tmp_path / ".vault-token").write_text(server.token(reader) + "\n")
        environ = {"VAULT_ADDR": server.address, "HOME": str(tmp_path)}

        assert password(open_backend(environ=environ), stored) == "hunter2"

    def test_an_agents_sink_is_read_anew_when_its_token_has_ended(
        self,
        password: Password,
        open_backend: MakeBackend,
        server: LocalServer,
        reader: str,
        stored: HashicorpReference,
        tmp_path: Path,
    ) -> None:
        sink = tmp_path / "sink"
        first = server.token(reader)
        sink.write_text(first)
        backend = open_backend({"auth": {"method": "token", "token_file": str(sink)}}, environ={})
        assert password(backend, stored) == "hunter2"
        server.api("POST", "auth/token/revoke", {"token": first})
        sink.write_text(server.token(reader))

        assert password(backend, stored) == "hunter2"

    def test_a_token_that_has_ended_is_told_from_one_that_may_not(
        self,
        password: Password,
        open_backend: MakeBackend,
        server: LocalServer,
        reader: str,
        stored: HashicorpReference,
    ) -> None:
        token = server.token(reader)
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
        self,
        password: Password,
        open_backend: MakeBackend,
        server: LocalServer,
        reader: str,
        stored: HashicorpReference,
    ) -> None:
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": server.token(reader)}
        with open_backend(environ=environ) as backend:
            password(backend, stored)

        assert password(open_backend(environ=environ), stored) == "hunter2"
