"""Where a secret is: a path in a KV engine, or a path of any other engine that makes secrets when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orqo_vault.backend import BackendReference


@dataclass(frozen=True, kw_only=True)
class HashicorpReference(BackendReference):
    """``path`` is what follows the engine's mount (and ``data/``, which is added for KV version 2)."""

    mount: str | None = None
    """The KV engine's mount, where it is not the backend's."""
    kv_version: Literal[1, 2] | None = None
    """The KV engine's version, where it is not the backend's."""
    version: int | None = None
    """Pin one version of the secret (KV version 2)."""
    engine: str | None = None
    """The mount of an engine that is not KV (database, aws, pki, ssh …): reading makes a secret with a lease."""
    parameters: tuple[str, ...] = ()
    """What such an engine must be told, as ``name=value``; sent in the body of a write, as pki/issue wants it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "parameters", tuple(self.parameters))  # a list of the settings file, not validated
        for name in ("mount", "engine"):
            check_mount(name, getattr(self, name))
        if self.version is not None and self.version < 1:
            raise ValueError("version counts from 1")
        if self.engine is not None and (self.mount or self.kv_version or self.version):
            raise ValueError("engine excludes mount, kv_version and version: those are for KV engines")
        if self.parameters and self.engine is None:
            raise ValueError("parameters need an engine: a KV read takes none")
        if not all(name for name, _, _ in (each.partition("=") for each in self.parameters)):
            raise ValueError("parameters are name=value")

    @property
    def made_when_read(self) -> bool:
        return self.engine is not None

    def __str__(self) -> str:
        place = self.engine or self.mount
        pinned = f"?version={self.version}" if self.version is not None else ""
        return f"{place}/{self.path}{pinned}" if place else f"{self.path}{pinned}"


def check_mount(name: str, mount: str | None) -> None:
    """Raise ValueError unless ``mount`` is None or the path of a mount, without slashes at its ends."""
    if mount is None:
        return
    if not mount or not mount.isprintable() or {"", ".", ".."} & set(mount.split("/")):
        raise ValueError(f"{name} must be the path of a mount, without slashes at its ends")
