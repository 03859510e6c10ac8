"""The real server every test of this folder may use, and a backend over a mount of its own."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp import retrying
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import Authority, FaultServer, LocalServer
from orqo_vault_hashicorp.testing.fault_server import Behaviour

from orqo_vault.backend import BackendContext, Deadline

MakeBackend = Callable[..., HashicorpBackend]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """One server in memory for all tests of this process; each test mounts what it needs."""
    with LocalServer(tmp_path_factory.mktemp("bao")) as running:
        yield running


@pytest.fixture
def mount(server: LocalServer) -> Iterator[str]:
    """An empty KV version 2 mount."""
    yield from mounted(server, 2)


@pytest.fixture
def mount_v1(server: LocalServer) -> Iterator[str]:
    """An empty KV version 1 mount."""
    yield from mounted(server, 1)


def mounted(server: LocalServer, version: int) -> Iterator[str]:
    name = f"kv-{uuid.uuid4().hex[:8]}"
    server.api("POST", f"sys/mounts/{name}", {"type": "kv", "options": {"version": str(version)}})
    yield name
    server.api("DELETE", f"sys/mounts/{name}")


@pytest.fixture
def make_context(server: LocalServer, tmp_path: Path) -> Callable[..., BackendContext]:
    """Makes what the program around a backend lends it; without ``environ`` the server's root is logged in."""

    def make(**changed: Any) -> BackendContext:
        project = tmp_path / "project"
        project.mkdir(exist_ok=True)
        given: dict[str, Any] = {
            "name": "corp",
            "base_dir": project,
            "state_dir": tmp_path / "state",
            "config_dir": tmp_path / "config",
            "environ": {"VAULT_ADDR": server.address, "VAULT_TOKEN": server.root_token, "HOME": str(tmp_path)},
            "notify": pytest.fail,
        }
        return BackendContext(**{**given, **changed})

    return make


@pytest.fixture
def open_backend(server: LocalServer, mount: str, make_context: Callable[..., BackendContext]) -> Iterator[MakeBackend]:
    """Makes a backend over the test's own mount; options are the settings file's, changed ones the context's."""
    with ExitStack() as opened:

        def make(options: dict[str, Any] | None = None, **changed: Any) -> HashicorpBackend:
            settings = HashicorpSettings(**{"address": server.address, "mount": mount, **(options or {})})
            return opened.enter_context(HashicorpBackend(settings, make_context(**changed)))

        yield make


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that the raft server's certificate comes from."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def raft(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[LocalServer]:
    """One server as in production: raft on disk, TLS from an authority of its own, unsealed."""
    with LocalServer(tmp_path_factory.mktemp("raft"), tls=authority) as running:
        running.api("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "2"}})
        yield running


@pytest.fixture
def reader(server: LocalServer, mount: str) -> str:
    """The name of a policy that may read and list the test's mount, and nothing else."""
    policy = f'path "{mount}/*" {{ capabilities = ["read", "list"] }}'
    server.api("PUT", f"sys/policies/acl/reader-{mount}", {"policy": policy})
    return f"reader-{mount}"


@pytest.fixture
def auth_mount(server: LocalServer) -> Callable[[str], str]:
    """Mounts a login method under a name of this test's own, which is also the test of custom mounts.

    It stays until the server goes: backends are closed after this and give their tokens back through it.
    """

    def enable(kind: str) -> str:
        name = f"{kind}-{uuid.uuid4().hex[:8]}"
        server.api("POST", f"sys/auth/{name}", {"type": kind})
        return name

    return enable


@pytest.fixture
def stored(server: LocalServer, mount: str) -> HashicorpReference:
    """A secret ``{password: hunter2}`` at ``mail``, written by somebody else."""
    server.api("POST", f"{mount}/data/mail", {"data": {"password": "hunter2"}})
    return HashicorpReference(path="mail")


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries wait milliseconds: how often is tested, not how long."""
    monkeypatch.setattr(retrying, "BASE", 0.001)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., tuple[HashicorpBackend, FaultServer]]]:
    """Starts a server that behaves as told, and a backend that finds it, and a token, in its environment."""
    with ExitStack() as opened:

        def start(
            behave: Behaviour,
            *,
            tls: ssl.SSLContext | None = None,
            environ: dict[str, str] | None = None,
            **options: Any,
        ) -> tuple[HashicorpBackend, FaultServer]:
            server = opened.enter_context(FaultServer(behave, tls))
            given = {"VAULT_ADDR": server.address, "VAULT_TOKEN": "token-Zq7-never-shown", **(environ or {})}
            context = BackendContext(
                name="corp", base_dir=tmp_path, state_dir=tmp_path, config_dir=tmp_path, environ=given
            )
            settings = HashicorpSettings(**{"address": server.address, **options})
            return opened.enter_context(HashicorpBackend(settings, context)), server

        yield start


@pytest.fixture
def password() -> Callable[[HashicorpBackend, HashicorpReference], str]:
    """Reads the field ``password`` of what must be there."""

    def read(backend: HashicorpBackend, reference: HashicorpReference) -> str:
        found = backend.read(reference, deadline=Deadline(20))
        assert found is not None
        return found.secret["password"].reveal()

    return read
