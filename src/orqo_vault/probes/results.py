"""What is remembered of tests, on this machine: a small file a credential, which holds no value.

A result is about one declaration and one version of a secret. When either is another one, it says nothing any more.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from orqo_vault.credential import Credential
from orqo_vault.probes.contract import Outcome, ProbeResult
from orqo_vault.state import project_state, write_private

FOLDER = "tests"
FORMAT = 1
MAX_BYTES = 16 * 1024
_ABOUT_THE_SECRET = ("key", "type", "mode", "provider", "backend", "at", "fields", "custom_fields", "values", "test")
"""What of a declaration decides which values are tested, and where; the rest (a name, an alias) does not."""


class Results:
    """The results of one project."""

    def __init__(self, environ: Mapping[str, str], base_dir: Path) -> None:
        self._folder = project_state(environ, base_dir) / FOLDER

    def keep(self, result: ProbeResult, credential: Credential) -> None:
        """Remember a result in place of the last one. Where that is not possible, it was still seen."""
        said = {"format": FORMAT, "declaration": _declared(credential), **asdict(result)}
        with suppress(OSError):
            write_private(self._folder, f"{credential.id}.json", json.dumps(said, default=datetime.isoformat).encode())

    def find(self, credential: Credential) -> ProbeResult | None:
        """Return the last result; None when there is none, or none about this declaration."""
        try:
            with open(self._folder / f"{credential.id}.json", "rb") as file:
                said = json.loads(file.read(MAX_BYTES))
            if said.pop("format") != FORMAT or said.pop("declaration") != _declared(credential):
                return None
            result = ProbeResult(**said)
            return replace(
                result, outcome=Outcome(result.outcome), tested_at=datetime.fromisoformat(str(result.tested_at))
            )
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None  # absent, foreign or damaged: as if it had not been tested

    def ids(self) -> list[str]:
        """Return the credentials that a result is remembered of."""
        try:
            return [name.removesuffix(".json") for name in os.listdir(self._folder) if name.endswith(".json")]
        except OSError:
            return []

    def forget(self, credential_id: str) -> None:
        """Drop the result: another secret is stored now."""
        with suppress(OSError):
            (self._folder / f"{credential_id}.json").unlink()


def _declared(credential: Credential) -> str:
    said = {name: getattr(credential, name) for name in _ABOUT_THE_SECRET}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=dict).encode()).hexdigest()
