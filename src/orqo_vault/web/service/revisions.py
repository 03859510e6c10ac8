"""A short text that changes whenever a declaration does: what two editors at once are told apart by."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from hashlib import sha256
from typing import Any

from orqo_vault.credential import Credential
from orqo_vault.errors import ConflictError
from orqo_vault.llm import LLMConfig
from orqo_vault.settings.model import Settings


def revision_of(declared: Credential | LLMConfig) -> str:
    """Return the revision of what is declared. It tells nothing about what is stored."""
    said = {field.name: getattr(declared, field.name) for field in fields(declared)}
    return sha256(json.dumps(said, sort_keys=True, default=_plain).encode()).hexdigest()[:32]


def unless_changed(
    find: Callable[[Settings], Credential | LLMConfig | None], expected: str
) -> Callable[[Settings], None]:
    """Return a guard for an editor: it stops the edit when what ``find`` finds is no longer at that revision."""

    def guard(settings: Settings) -> None:
        found = find(settings)
        if found is None or revision_of(found) != expected:
            raise ChangedMeanwhileError(
                "somebody else changed it in the meantime; nothing is changed now", hint="look at it anew, then decide"
            )

    return guard


class ChangedMeanwhileError(ConflictError):
    """The declaration is no longer the one that was shown."""

    code = "changed_meanwhile"


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
