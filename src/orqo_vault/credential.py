"""A credential as it is declared: names, places and policy. It holds no secret and may be logged whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

PLATFORM_KEY = "Platform key"
"""What stands where a masked value would, for a key that the platform supplies."""


class Category(StrEnum):
    """What a credential is for."""

    LLM_PROVIDER = "llm_provider"
    MCP_SERVICE = "mcp_service"
    RUNTIME = "runtime"
    COMMUNICATION = "communication"
    SSH_KEY = "ssh_key"
    CUSTOM = "custom"


class Mode(StrEnum):
    """Whose key it is: the customer's own, or one the platform supplies against credits."""

    OWN = "own"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One entry under ``credentials:`` of the settings file, validated."""

    id: str
    """Its key in the mapping: ``[a-z0-9][a-z0-9_-]{0,63}``."""
    name: str
    """What people call it."""
    key: str
    """The variable that carries its primary secret, and the prefix of the others."""
    category: Category
    type: str
    mode: Mode = Mode.OWN
    provider: str | None = None
    description: str | None = None
    optional: bool = False
    """A run may start without it; its variables are then left out."""
    enabled: bool = True
    expires_at: datetime | None = None
    """Aware. From then on no run may use it."""
    backend: str | None = None
    """The backend's name in the settings; None only in platform mode."""
    at: Mapping[str, Any] = field(default_factory=dict)
    """Where in the backend, as its Reference understands it; always has a path for an owned secret."""
    referenced: bool = False
    """True when the file says where the secret is: it was there before us, and deleting is not ours to do."""
    kept_in: str | None = None
    """In platform mode: the backend that keeps its own secret for the way back; None when none is kept."""
    kept_at: Mapping[str, Any] = field(default_factory=dict)
    """Where in that backend."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Our field → the name it has in the backend, where they differ."""
    custom_fields: tuple[str, ...] = ()
    """The fields a ``custom`` credential lists."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Fields that are not secret and stand in the settings file."""
    env: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field (or ``primary``) → the variables it sets instead of its own; none = it is not injected."""
    deliver: Mapping[str, str] = field(default_factory=dict)
    """Field → ``env``, ``file``, ``memfd`` or ``agent``; fields that are not named go where their type says."""
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field → what the long form of ``deliver`` says beside ``as``: ``name``, ``path``, ``variable``."""
    encoding: Mapping[str, str] = field(default_factory=dict)
    """Field → ``base64`` where the text stands for bytes."""
    test: Mapping[str, Any] = field(default_factory=dict)
    """What a test of it asks, and whom: the keys its type takes, as they are written."""
    extensions: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The entry's ``x-…`` keys, as they are."""

    def with_own_key(self) -> Credential:
        """Return it as it would be with its own key; one that uses the platform's may have kept a secret, or not."""
        return self if self.mode is Mode.OWN else replace(self, mode=Mode.OWN, backend=self.kept_in, at=self.kept_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundField:
    """One field of one credential, with everything a run needs to know about it."""

    name: str
    stored_as: str
    """Its name in the backend."""
    secret: bool
    required: bool
    default: str | None
    variables: tuple[str, ...]
    """What it sets, in order: its value, or where that is. Empty when it is not injected."""
    deliver: str = "env"
    file_name: str | None = None
    """What its file is called, where the settings say so."""
    link: str | None = None
    """The path outside the run's own folder that leads to its file, as it is written (``~`` not expanded)."""
