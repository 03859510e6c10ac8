"""Backends: what is declared, what each keeps, and whether it can be reached now."""

from __future__ import annotations

from dataclasses import dataclass

from orqo_vault.backend import Deadline
from orqo_vault.credential import Credential
from orqo_vault.edit.usage import uses_of_backend
from orqo_vault.errors import OrqoVaultError
from orqo_vault.vault import Vault
from orqo_vault.vault.backend_health import check_backends


@dataclass(frozen=True, slots=True)
class Place:
    """One declared backend."""

    name: str
    type: str
    default: bool
    credentials: tuple[str, ...]
    """The ids of the credentials it keeps the secrets of."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a check found; ``code`` is that of an error, None where it is only worth knowing."""

    message: str
    hint: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of one backend found. ``ok``: it can be reached, logged in to and read."""

    name: str
    ok: bool
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """Which credentials have nothing stored; of the backends in ``unknown`` (name → why) nobody can tell now."""

    missing: tuple[str, ...]
    unknown: dict[str, str]


def places(vault: Vault) -> list[Place]:
    """Return every declared backend. Asks none of them."""
    return [
        Place(
            name=each.name,
            type=each.type,
            default=each.name == vault.settings.default_backend,
            credentials=tuple(
                used.removeprefix("credential ")
                for used in uses_of_backend(vault.settings, each.name)
                if used.startswith("credential ")
            ),
        )
        for each in vault.settings.backends.values()
    ]


def check_place(vault: Vault, name: str) -> Checked:
    """Ask one backend whether it can be reached, and whether it has what is declared to be there."""
    report = check_backends(vault, [name])
    found = tuple(
        Found(each.message, each.error.hint if each.error else None, each.error.code if each.error else None)
        for each in report.findings
    )
    return Checked(name, not report.problems, found)


def setup(vault: Vault) -> Setup:
    """Return which credentials need their secret stored: each backend is asked once which paths hold one."""
    missing: list[str] = []
    unknown: dict[str, str] = {}
    deadline = Deadline(vault.surroundings.seconds)
    for name in vault.settings.backends:
        kept = [each for each in vault.credentials.values() if each.backend == name]
        if not kept:
            continue
        try:
            paths = set(vault.backends.get(name).list_paths(deadline=deadline))
        except OrqoVaultError as error:
            unknown[name] = error.message
            continue
        missing += [each.id for each in kept if _is_missing(vault, each, paths)]
    return Setup(tuple(missing), unknown)


def _is_missing(vault: Vault, credential: Credential, paths: set[str]) -> bool:
    """Tell whether nothing is stored. A list of paths says nothing of a place that is more than a path (a mount)."""
    place = vault.backends.place(credential)[1]
    return set(credential.at) == {"path"} and not place.made_when_read and place.path not in paths
