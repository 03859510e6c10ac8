"""The settings as the rest of the product sees them: frozen, validated, free of YAML and of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from orqo_vault.credential import BoundField, Credential

if TYPE_CHECKING:
    from orqo_vault.llm import LLMConfig

Mask = Literal["auto", "always", "never"]
OnLeaseEnd = Literal["warn", "signal", "terminate"]


@dataclass(frozen=True, slots=True)
class BackendDeclaration:
    """One entry under ``backends:``: what stands beside ``type``, as it stands there (``${VAR}`` not expanded)."""

    name: str
    type: str
    options: Mapping[str, Any] = field(default_factory=dict)
    class_path: str | None = None
    """``module:Class`` of a backend whose options were validated and hold no ``${VAR}``; else None."""
    bootstrap_variables: tuple[str, ...] = ()
    """What no child may inherit because it opens this backend; of a plugin that cannot be loaded, what the options
    name themselves."""
    logins_known: bool = True
    """False while its plugin cannot be loaded: there may be more such variables, and nobody can tell which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One entry under ``runs:``."""

    name: str
    credentials: tuple[str, ...] = ()
    llm: tuple[str, ...] = ()
    allow_variables: tuple[str, ...] = ()
    inherit: Literal["all", "none"] | tuple[str, ...] = "all"
    on_conflict: Literal["error", "override", "keep"] = "override"
    mask: Mask = "auto"
    budget: str | None = None
    """Decimal credits, as written."""
    allow_disk: bool = False
    """Secret files may touch a disk where there is no folder in memory."""
    on_lease_end: OnLeaseEnd = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One project's declarations, all layers merged."""

    base_dir: Path
    """The folder of the base settings file; relative paths start here."""
    files: tuple[Path, ...] = ()
    """The layers that were read, lowest first."""
    profile: str | None = None
    organization: str | None = None
    default_backend: str | None = None
    backends: Mapping[str, BackendDeclaration] = field(default_factory=dict)
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    contracts: Mapping[str, tuple[BoundField, ...]] = field(default_factory=dict)
    """Credential id → its fields and the variables they become."""
    llm: Mapping[str, LLMConfig] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    """What is allowed and probably not meant (a key that ends in its own suffix), with its place."""
