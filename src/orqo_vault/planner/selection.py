"""Which credentials a run uses: what the caller named, a run of the settings file, or the run called default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orqo_vault.errors import UnknownCredentialError
from orqo_vault.planner.lookup import lookup, names
from orqo_vault.settings.model import Run, Settings

DEFAULT_RUN = "default"


@dataclass(frozen=True, slots=True)
class Selection:
    """The run's rules, and the ids of its credentials in the order they were named, each once."""

    run: Run
    credentials: tuple[str, ...]


def select(settings: Settings, *, only: Iterable[str] | None = None, run: str | None = None) -> Selection:
    """Return what is selected; ``only`` and ``run`` exclude each other.

    Raises :class:`~orqo_vault.errors.UnknownCredentialError` for a name that is not declared, and when neither is
    given and the settings have no ``runs.default``: a run never silently gets every credential there is.
    """
    chosen = _chosen(settings, only, run)
    linked = [lookup(settings.llm, name, "llm config").credential for name in chosen.llm]
    ids = tuple(dict.fromkeys([*chosen.credentials, *linked]))
    for credential_id in ids:
        lookup(settings.credentials, credential_id, "credential")
    return Selection(chosen, ids)


def _chosen(settings: Settings, only: Iterable[str] | None, run: str | None) -> Run:
    if only is not None and run is not None:
        raise UnknownCredentialError("name credentials or a run, not both", hint="use --only or --run")
    if isinstance(only, str):
        only = (only,)  # a str is an iterable of its letters
    if only is not None:
        listed = tuple(only)
        if not listed:
            raise UnknownCredentialError("no credential was named", hint=names(settings.credentials, "credential"))
        return Run(name="", credentials=listed)
    if run is not None:
        return lookup(settings.runs, run, "run")
    if DEFAULT_RUN not in settings.runs:
        raise UnknownCredentialError(
            "nothing is selected and the settings have no runs.default",
            hint=f"use --only ID,… or --run NAME; {names(settings.credentials, 'credential')}",
        )
    return settings.runs[DEFAULT_RUN]
