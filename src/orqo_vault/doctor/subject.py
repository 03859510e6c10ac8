"""What is examined: this machine, and the project in it as far as it can be read. Reading it leaves nothing behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orqo_vault.errors import OrqoVaultError
from orqo_vault.settings.find import choose_profile, find_base, layers_of
from orqo_vault.settings.load import read_settings
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
    settings, failure = None, None
    try:
        settings = read_settings(config, profile=profile, environ=surroundings.environ)
    except OrqoVaultError as error:
        failure = error
    files = _files(config, profile, surroundings.environ)
    return Subject(surroundings=surroundings, operator=operator, files=files, settings=settings, failure=failure)


def _files(config: Path | None, profile: str | None, environ: Mapping[str, str]) -> tuple[Path, ...]:
    try:
        layers = layers_of(find_base(config, environ=environ), choose_profile(profile, environ=environ))
    except OrqoVaultError:  # said when they were read
        return ()
    return tuple(file for file in layers if file.is_file())
