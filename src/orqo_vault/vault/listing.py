"""What may be shown of credentials without reading a secret: the rows of a list, in the CLI and on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from orqo_vault.credential import PLATFORM_KEY, Credential, Mode
from orqo_vault.secret import MASK
from orqo_vault.settings.model import Settings
from orqo_vault.vault.status import Status, results_of, status_of
from orqo_vault.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Listed:
    """One credential as it is shown. ``value`` is a fixed mask: not even the length of a secret shows."""

    credential: Credential
    value: str
    used_by: tuple[str, ...]
    """LLM configs and runs, as ``llm default`` and ``run nightly``."""
    status: Status
    """What the last test on this machine said."""


def listed(vault: Vault) -> list[Listed]:
    """Return every declared credential, in the order of the file. Opens no backend."""
    used, results, now = used_by(vault.settings), results_of(vault), datetime.now(UTC)
    return [
        Listed(each, masked(each), used.get(each.id, ()), status_of(each, results, now))
        for each in vault.credentials.values()
    ]


def masked(credential: Credential) -> str:
    """Return what stands where the value would."""
    return PLATFORM_KEY if credential.mode is Mode.PLATFORM else MASK


def used_by(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """Return credential id → the LLM configs and runs that name it, as ``edit.usage.uses()`` says it of one.

    For all at once: asking for each of 10,000 would read the runs 10,000 times.
    """
    used: dict[str, dict[str, None]] = {}
    for config in settings.llm.values():
        used.setdefault(config.credential, {})[f"llm {config.name}"] = None
    for run in settings.runs.values():
        for credential_id in run.credentials:
            used.setdefault(credential_id, {})[f"run {run.name}"] = None
    return {credential_id: tuple(users) for credential_id, users in used.items()}
