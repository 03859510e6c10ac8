"""A project whose credentials are tested against servers on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from orqo_vault import Vault
from orqo_vault.probes import ProbeResult
from tests.probes.servers import Website, ca_file, website

SECRET = "sk-proj-4fT9aVQ2xkLm83ZpWq7R"


class Stage:
    """A project with an encrypted store; a credential of it is declared, stored and tested in one call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def declare(self, type: str, secret: Mapping[str, str] | None = None, **more: Any) -> Vault:
        """Return a vault with one credential, ``c``, whose secret is stored."""
        entry = {"name": "C", "key": "C", "category": "custom", "type": type, **more}
        settings = {"backends": {"local": {"type": "encrypted-file"}}, "credentials": {"c": entry}}
        file = self.folder / "orqo-vault.yaml"
        file.write_text(yaml.safe_dump(settings))
        vault = Vault.open(file)
        if secret is not None:
            vault.put("c", secret)
        return vault

    def test(self, type: str, secret: Mapping[str, str], *, seconds: float = 20, **more: Any) -> ProbeResult:
        """Declare, store and test."""
        with self.declare(type, secret, **more) as vault:
            return vault.test("c", seconds=seconds)

    def token(self, test: Mapping[str, Any] | None = None, secret: str = SECRET, **more: Any) -> ProbeResult:
        """Test an API token."""
        return self.test("api_token", {"token": secret}, **({"test": dict(test)} if test else {}), **more)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(ca: trustme.CA) -> trustme.LeafCert:
    return ca.issue_cert("localhost")


@pytest.fixture
def trusted(ca: trustme.CA, tmp_path: Path) -> str:
    """Return the name of the CA's file, as a settings file in the project names it."""
    return ca_file(ca, tmp_path).name


@pytest.fixture
def site(certificate: trustme.LeafCert) -> Iterator[Website]:
    with website(certificate) as served:
        yield served


@pytest.fixture
def plain_site() -> Iterator[Website]:
    with website(None) as served:
        yield served
