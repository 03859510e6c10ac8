"""What is examined: this machine, and the project in it as far as it can be read. Reading it leaves nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orqo_vault.errors import OrqoVaultError
from orqo_vault.settings.find import MAX_BYTES, choose_profile, find_base, layers_of, read_layer
from orqo_vault.settings.model import Settings
from orqo_vault.vault import Surroundings


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One machine, one user, one project."""

    surroundings: Surroundings
    operator: Path | None = None
    """The operator's file where it is not in its usual place."""
    files: tuple[Path, ...] = ()
    """The settings files that are there, the base first; none where no project was found."""
    settings: Settings | None = None
    """None where they cannot be read; ``failure`` then says why."""
    failure: OrqoVaultError | None = None

    @property
    def environ(self) -> Mapping[str, str]:
        return self.surroundings.environ

    @property
    def folder(self) -> Path | None:
        """The project's folder, None where there is no project."""
        return self.files[0].parent if self.files else None


def subject(
    surroundings: Surroundings,
    *,
    config: Path | None = None,
    profile: str | None = None,
    operator: Path | None = None,
) -> Subject:
    """Return what there is to examine. Raises nothing: what cannot be read is a finding."""
    from orqo_vault.settings.build import build_settings

    environ = surroundings.environ
    contents: dict[Path, bytes] = {}
    try:
        chosen = choose_profile(profile, environ=environ)
        base = find_base(config, environ=environ)
        for file in layers_of(base, chosen):
            content = read_layer(file, limit=MAX_BYTES)
            if content is not None:
                contents[file] = content
        # Without the cache of load_settings(): looking changes nothing.
        settings = build_settings(contents, chosen) if base in contents else None
    except OrqoVaultError as error:
        return Subject(surroundings=surroundings, operator=operator, files=tuple(contents), failure=error)
    return Subject(surroundings=surroundings, operator=operator, files=tuple(contents), settings=settings)
