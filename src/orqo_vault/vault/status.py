"""Whether a credential works, as far as this machine remembers: nobody is asked, and no secret is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orqo_vault.credential import Credential, Mode
from orqo_vault.injector import expired
from orqo_vault.probes.results import Results
from orqo_vault.vault.vault import Vault

Word = Literal["", "untested", "ok", "failing", "refused", "unreachable", "not_testable", "expired"]


@dataclass(frozen=True, slots=True)
class Status:
    """What the last test said; empty for a platform key, which is not ours to test."""

    word: Word
    tested_at: datetime | None = None
    reason: str = ""


def results_of(vault: Vault) -> Results:
    """Return what this machine remembers of the project's tests."""
    return Results(vault.surroundings.environ, vault.settings.base_dir)


def forget_results(vault: Vault, written: Credential) -> None:
    """Drop what is remembered of every credential whose secret is in the same place: another is stored there now."""
    results = results_of(vault)
    for credential_id in results.ids():
        other = vault.credentials.get(credential_id)
        if other is None or (other.backend, other.at) == (written.backend, written.at):
            results.forget(credential_id)


def status_of(credential: Credential, results: Results, now: datetime) -> Status:
    """Return what is remembered; a declaration that changed since, or another secret, is untested."""
    if credential.mode is Mode.PLATFORM:
        return Status("")
    if expired(credential, now):
        return Status("expired")
    result = results.find(credential)
    if result is None:
        return Status("untested")
    return Status(result.outcome.value, result.tested_at, result.reason)
