"""Who needs a credential or a backend: what is used cannot be removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from orqo_vault.credential import Category
from orqo_vault.errors import InUseError, UnknownCredentialError
from orqo_vault.settings.model import Settings
from orqo_vault.settings.nearest import did_you_mean

T = TypeVar("T")


def uses(settings: Settings, credential_id: str) -> tuple[str, ...]:
    """Return the LLM configs and runs that need a credential, as ``llm default`` and ``run nightly``."""
    configs = [f"llm {name}" for name, config in settings.llm.items() if config.credential == credential_id]
    runs = [f"run {name}" for name, run in settings.runs.items() if credential_id in run.credentials]
    return (*configs, *runs)


def uses_of_llm(settings: Settings, name: str) -> tuple[str, ...]:
    """Return the runs that need an LLM config, as ``run nightly``."""
    return tuple(f"run {run.name}" for run in settings.runs.values() if name in run.llm)


def uses_of_backend(settings: Settings, name: str) -> tuple[str, ...]:
    """Return what needs a backend: ``credential mail``, and ``default_backend`` when it is that."""
    default = ("default_backend",) if settings.default_backend == name else ()
    users = (each.id for each in settings.credentials.values() if each.with_own_key().backend == name)
    return (*default, *(f"credential {each}" for each in users))


def same_place(settings: Settings, credential_id: str) -> tuple[str, ...]:
    """Return the ids of the other credentials whose secret is, or may be, in the same place of the same backend.

    What one of two places leaves out (a mount, a version) may be the default that the other one writes down.
    """
    asked = settings.credentials[credential_id].with_own_key()
    if asked.backend is None:
        return ()
    return tuple(
        other.id
        for other in (each.with_own_key() for each in settings.credentials.values())
        if other.id != asked.id and other.backend == asked.backend and _may_be_one(asked.at, other.at)
    )


def refuse_if_used(settings: Settings, credential_id: str) -> None:
    """Raise :class:`~orqo_vault.errors.InUseError`, with the whole list, while something needs the credential."""
    _refuse(f"credential {credential_id!r}", uses(settings, credential_id))


def refuse_unfit(settings: Settings, credential_id: str, other_id: str) -> None:
    """Raise unless the other credential is there and can stand wherever the first one is used.

    Whether its provider fits an LLM config's model is seen when the edit is validated.
    """
    other = _declared(settings.credentials, other_id, "credential")
    if other_id == credential_id:
        raise InUseError(f"credential {credential_id!r} cannot take its own place")
    configs = [each for each in uses(settings, credential_id) if each.startswith("llm ")]
    if configs and other.category is not Category.LLM_PROVIDER:
        raise InUseError(
            f"credential {other_id!r} cannot take its place in {', '.join(configs)}",
            hint=f"that takes a credential of category {Category.LLM_PROVIDER}",
        )


def refuse_unfit_llm(settings: Settings, name: str, other: str) -> None:
    """Raise unless the other LLM config is there and another one."""
    _declared(settings.llm, other, "llm config")
    if other == name:
        raise InUseError(f"llm config {name!r} cannot take its own place")


def refuse_if_llm_used(settings: Settings, name: str) -> None:
    """Raise :class:`~orqo_vault.errors.InUseError`, with the whole list, while a run needs the LLM config."""
    _refuse(f"llm config {name!r}", uses_of_llm(settings, name))


def refuse_if_backend_used(settings: Settings, name: str) -> None:
    """Raise :class:`~orqo_vault.errors.InUseError`, with the whole list, while something needs the backend."""
    _refuse(f"backend {name!r}", uses_of_backend(settings, name))


def _declared(known: Mapping[str, T], name: str, what: str) -> T:
    if name not in known:
        raise UnknownCredentialError(f"{what} {name!r} is not declared", hint=did_you_mean(name, known, "declared"))
    return known[name]


def _may_be_one(place: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(place[part] == other[part] for part in place.keys() & other.keys())


def _refuse(what: str, users: tuple[str, ...]) -> None:
    if users:
        raise InUseError(f"{what} is used by {', '.join(users)}", hint="change or remove those first")
