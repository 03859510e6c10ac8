"""A leased secret lives as long as the run that got it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orqo_vault.backend import Backend, BackendContext, BackendReference, Deadline, Expected, Lease, Stored
from orqo_vault.credential import BoundField, Category, Credential
from orqo_vault.errors import DeliveryError, MissingSecretsError, SealedError
from orqo_vault.secret import Secret
from orqo_vault.settings.model import BackendDeclaration, Settings
from orqo_vault.vault import Surroundings, Vault
from orqo_vault.vault.backends import Backends

out: list[str] = []
"""The leases that are out, by path."""
surrounding: dict[str, str] = {}
"""What the vault of a test sees of the machine."""


@pytest.fixture(autouse=True)
def _nothing_is_out(tmp_path: Path) -> None:
    out.clear()
    surrounding["HOME"] = str(tmp_path)


class LendingBackend(Backend):
    """Lends a new login at every read, as a database engine does."""

    type_name = "lending"

    def __init__(self, settings: object, context: BackendContext) -> None:
        super().__init__(settings, context)
        self.count = 0

    def read(self, reference: BackendReference, *, deadline: Deadline) -> Stored | None:
        self.count += 1
        lease = Lease(f"{reference.path}/{self.count}", 60)
        out.append(lease.id)
        return Stored(Secret({"token": f"login-{self.count}"}), None, lease=lease)

    def write(
        self, reference: BackendReference, secret: Secret, *, if_version: str | Expected, deadline: Deadline
    ) -> str:
        raise NotImplementedError

    def delete(self, reference: BackendReference, *, permanently: bool = False, deadline: Deadline) -> bool:
        raise NotImplementedError

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        return []

    def renew(self, lease: Lease, *, deadline: Deadline) -> Lease:
        return lease

    def revoke(self, lease: Lease, *, deadline: Deadline) -> None:
        out.remove(lease.id)


class GoneBackend(LendingBackend):
    """Fails when the other one has lent already."""

    def read(self, reference: BackendReference, *, deadline: Deadline) -> Stored | None:
        while not out:
            deadline.check("waiting for the other backend")
        raise SealedError("sealed")


def vault(*, extra: BoundField | None = None) -> Vault:
    declared = {
        each: Credential(
            id=each,
            name=each,
            key=each.upper(),
            category=Category.CUSTOM,
            type="api_token",
            backend="db",
            at={"path": "creds/role"},
        )
        for each in ("a", "b")
    }
    fields = {
        each: (
            BoundField(
                name="token", stored_as="token", secret=True, required=True, default=None, variables=(each.upper(),)
            ),
            *((extra,) if extra else ()),
        )
        for each in declared
    }
    settings = Settings(
        base_dir=Path("/project"),
        backends={"db": BackendDeclaration("db", "lending", class_path=f"{__name__}:LendingBackend")},
        credentials=declared,
        contracts=fields,
    )
    made = Vault(settings, surroundings=Surroundings(environ=dict(surrounding)))
    # As if it had been opened: a test module has no import path that the settings could name.
    made.backends._open["db"] = LendingBackend(LendingBackend.Settings(), made.surroundings.context(settings, "db"))
    return made


def test_a_lease_is_held_during_the_run_and_given_back_after_it() -> None:
    with vault().prepare(only=["a"]) as run:
        assert [lease.id for lease in run.leases] == ["creds/role/1"]
        assert out == ["creds/role/1"]
    assert out == []


def test_credentials_that_share_a_place_share_one_lease() -> None:
    with vault().prepare(only=["a", "b"]) as run:
        assert run.environment == {"A": "login-1", "B": "login-1"}
        assert len(run.leases) == 1
    assert out == []


def test_a_lease_is_given_back_when_the_run_cannot_start() -> None:
    missing = BoundField(
        name="other", stored_as="other", secret=True, required=True, default=None, variables=("OTHER",)
    )
    with pytest.raises(MissingSecretsError):
        vault(extra=missing).prepare(only=["a"])
    assert out == []


def test_a_lease_is_given_back_when_another_backend_fails() -> None:
    made = vault()
    gone = BackendDeclaration("gone", "lending", class_path=f"{__name__}:GoneBackend")
    made.settings = replace(
        made.settings,
        backends={**made.settings.backends, "gone": gone},
        credentials={**made.settings.credentials, "b": replace(made.settings.credentials["b"], backend="gone")},
    )
    made.backends = Backends(made.settings, made.surroundings)
    for name, kind in (("db", LendingBackend), ("gone", GoneBackend)):
        made.backends._open[name] = kind(kind.Settings(), made.surroundings.context(made.settings, name))
    with pytest.raises(SealedError):
        made.prepare(only=["a", "b"])
    assert out == []


def test_a_lease_is_given_back_when_the_run_fails() -> None:
    with pytest.raises(ZeroDivisionError), vault().prepare(only=["a"]):
        raise ZeroDivisionError
    assert out == []


def test_variables_alone_cannot_carry_a_lease() -> None:
    with pytest.raises(DeliveryError, match="leased secret"):
        vault().environment(only=["a"])
    assert out == []


def test_a_test_gives_back_what_it_was_lent() -> None:
    with vault() as opened:
        opened.test("a")
        assert opened.backends.get("db").count == 1  # type: ignore[attr-defined]  # it was asked
        assert out == []
