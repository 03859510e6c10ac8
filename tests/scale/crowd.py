"""Projects with very many credentials, made without waiting for very many flushes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from orqo_vault_file.backend import EncryptedFileBackend, FileReference
from orqo_vault_file.format import names, sealed_file

from orqo_vault import Surroundings, Vault
from orqo_vault.backend import Deadline, Expected
from orqo_vault.secret import Secret


def ids(count: int) -> list[str]:
    """Return that many ids of credentials, in the order of the file."""
    return [f"cred-{number:06}" for number in range(count)]


def variable(credential_id: str) -> str:
    """Return the variable of a credential."""
    return credential_id.replace("-", "_").upper()


def declare(folder: Path, credentials: Iterable[str]) -> Path:
    """Write a settings file that declares these credentials, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"  {each}: {{name: {each}, key: {variable(each)}, type: api_token, category: custom}}" for each in credentials
    ]
    head = ["version: 1", "default_backend: local", "backends:", "  local: {type: encrypted-file}", "credentials:"]
    file = folder / "orqo-vault.yaml"
    file.write_text("\n".join([*head, *lines]) + "\n")
    return file


def store(settings: Path, environ: dict[str, str], credentials: list[str]) -> None:
    """Store a secret for each of the credentials; the first one as everybody does it, the others without a flush."""
    with Vault.open(settings, surroundings=Surroundings(environ=environ, notify=lambda _: None)) as vault:
        backend = vault.backends.get("local")
        assert isinstance(backend, EncryptedFileBackend)
        first, *others = credentials
        backend.write(FileReference(path=first), _secret(first), if_version=Expected.ABSENT, deadline=Deadline(60))
        with backend.store.visit() as visit:
            assert visit is not None
            epoch = visit.keyring.active
            for each in others:
                content = sealed_file.compose(visit.store_id, each, 1, epoch, _secret(each))
                Path(backend.store.directory, sealed_file.FOLDER, names.file_name(each)).write_bytes(content)


def _secret(credential_id: str) -> Secret:
    return Secret({"token": f"value of {credential_id}"})
