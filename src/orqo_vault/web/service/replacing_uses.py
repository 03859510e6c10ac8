"""Puts one credential in another's place: in every LLM config and run, so that the other may go."""

from __future__ import annotations

from orqo_vault.credential import Category
from orqo_vault.edit.usage import uses
from orqo_vault.errors import ConflictError, InUseError
from orqo_vault.planner.lookup import lookup
from orqo_vault.settings.model import Settings
from orqo_vault.vault import Vault
from orqo_vault.web.service.editing import editor_of


def refuse_unless_fit(settings: Settings, credential_id: str, other_id: str) -> None:
    """Raise unless the other credential can stand in every place of the first."""
    other = lookup(settings.credentials, other_id, "credential")
    if other_id == credential_id:
        raise InUseError(f"{credential_id!r} cannot take its own place")
    configs = [each for each in uses(settings, credential_id) if each.startswith("llm ")]
    if configs and other.category is not Category.LLM_PROVIDER:
        raise InUseError(
            f"{other_id!r} cannot take its place in {', '.join(configs)}",
            hint=f"that takes a credential of category {Category.LLM_PROVIDER}",
        )


def replace_uses(vault: Vault, credential_id: str, other_id: str) -> None:
    """Name the other credential wherever the first one is named."""
    settings = vault.settings
    for config in settings.llm.values():
        if config.credential == credential_id:
            editor_of(vault).change("llm", config.name, {"credential": other_id})
    for run in settings.runs.values():
        if credential_id in run.credentials:
            named = [other_id if each == credential_id else each for each in run.credentials]
            _rename(vault, run.name, run.credentials, tuple(dict.fromkeys(named)))


def _rename(vault: Vault, run: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    def guard(settings: Settings) -> None:
        if settings.runs[run].credentials != before:  # a list is replaced whole: another's addition would be lost
            raise ConflictError(f"run {run!r} was changed in the meantime", hint="try again")

    editor_of(vault, guard).change("runs", run, {"credentials": list(after)})
