"""What the audit log says of this project's credentials: who did what, and when each was changed here last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from orqo_vault.audit.reading import newest
from orqo_vault.errors import AuditError
from orqo_vault.state import project_state
from orqo_vault.vault import Vault
from orqo_vault.vault.audit_log import log_of

MOST = 2000
CHANGES = frozenset(("create", "change"))


@dataclass(frozen=True, slots=True)
class Event:
    """One record: names only."""

    time: str
    event: str
    outcome: str
    actor: str
    credentials: tuple[tuple[str, tuple[str, ...]], ...]
    """Id → the fields that were handed over or replaced."""
    run: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class History:
    """The newest records of this project, the newest first; ``elsewhere`` says why there are none to be seen."""

    events: tuple[Event, ...]
    damaged: int = 0
    elsewhere: str = ""


def history(vault: Vault, credential_id: str | None = None, limit: int = 100) -> History:
    """Return what was recorded, of one credential or of all."""
    try:
        records, damaged = _records(vault)
    except AuditError as error:
        return History((), elsewhere=error.message)
    events = [_event(each) for each in reversed(records)]
    wanted = [each for each in events if credential_id is None or credential_id in dict(each.credentials)]
    return History(tuple(wanted[:limit]), damaged)


def changed_at(vault: Vault) -> Mapping[str, str]:
    """Return when each credential was created or changed on a page last, as far as the log reaches back."""
    try:
        records, _ = _records(vault)
    except AuditError:
        return {}
    done = (each for each in records if each["event"] in CHANGES and each["outcome"] == "granted")
    return {use["id"]: each["time"] for each in done for use in each["credentials"]}


def _records(vault: Vault) -> tuple[tuple[dict[str, Any], ...], int]:
    log = log_of(vault).file
    try:
        stat = log.stat()
    except OSError:
        return (), 0
    project = project_state(vault.surroundings.environ, vault.settings.base_dir).name
    return _read(log, project, (stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=8)
def _read(log: Path, project: str, at: tuple[int, int]) -> tuple[tuple[dict[str, Any], ...], int]:
    """Return the records; ``at`` is the moment of the file that they were read at."""
    records, damaged = newest(log, MOST)
    return tuple(each for each in records if each["project"] == project), damaged


def _event(record: Mapping[str, Any]) -> Event:
    actor = record["actor"]
    return Event(
        time=record["time"],
        event=record["event"],
        outcome=record["outcome"],
        actor=actor["name"] or actor["user"] or str(actor["uid"]),
        credentials=tuple((use["id"], tuple(use["fields"])) for use in record["credentials"]),
        run=record["run"],
        reason=record["reason"],
    )
