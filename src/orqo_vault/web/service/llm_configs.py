"""LLM configs: a model, the credential that pays for it, and which credentials could."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orqo_vault.credential import Category, Credential
from orqo_vault.edit.usage import refuse_if_llm_used, uses_of_llm
from orqo_vault.llm import LLMConfig
from orqo_vault.planner.lookup import lookup
from orqo_vault.providers import same_provider
from orqo_vault.settings.model import Settings
from orqo_vault.vault import Vault
from orqo_vault.web.service.editing import editor_of, recorded, reopened
from orqo_vault.web.service.revisions import revision_of, unless_changed


@dataclass(frozen=True, slots=True)
class Config:
    """One LLM config."""

    name: str
    model: str
    credential: str
    credential_name: str
    mode: str
    """Of its credential: own or platform."""
    used_by: tuple[str, ...]
    """Runs, as ``run nightly``."""
    revision: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A credential that an LLM config may use; ``fits`` when it is of the model's provider, or of no named one."""

    id: str
    name: str
    provider: str | None
    mode: str
    enabled: bool
    fits: bool


def configs(vault: Vault) -> list[Config]:
    """Return every LLM config in the order of the file."""
    return [_config(vault.settings, each) for each in vault.settings.llm.values()]


def config_of(vault: Vault, name: str) -> Config:
    """Return one LLM config."""
    return _config(vault.settings, lookup(vault.settings.llm, name, "llm config"))


def choices(vault: Vault, model: str) -> list[Choice]:
    """Return the credentials that a config of that model may use, those that fit first."""
    provider = LLMConfig("", model, "").provider
    found = [_choice(each, provider) for each in vault.credentials.values() if each.category is Category.LLM_PROVIDER]
    return sorted(found, key=lambda each: (not each.fits, each.name.casefold()))


def create_config(vault: Vault, name: str, entry: Mapping[str, str]) -> Config:
    """Declare an LLM config."""
    editor = editor_of(vault)
    wanted = editor.preview("llm", name, entry)
    with recorded(vault, "create", wanted.credentials[wanted.llm[name].credential], ()):
        editor.add("llm", name, entry)
    return config_of(reopened(vault), name)


def change_config(vault: Vault, name: str, revision: str, changes: Mapping[str, str]) -> Config:
    """Change an LLM config that is still at ``revision``."""
    guard = _guard(vault, name, revision)
    editor = editor_of(vault, guard)
    wanted = editor.preview_change("llm", name, changes)
    with recorded(vault, "change", wanted.credentials[wanted.llm[name].credential], ()):
        editor.change("llm", name, changes)
    return config_of(reopened(vault), name)


def delete_config(vault: Vault, name: str, revision: str) -> None:
    """Delete an LLM config that is still at ``revision`` and that no run uses. Its credential stays."""
    guard = _guard(vault, name, revision)
    refuse_if_llm_used(vault.settings, name)
    with recorded(vault, "delete", vault.credentials[vault.settings.llm[name].credential], ()):
        editor_of(vault, guard).remove("llm", name)


def _guard(vault: Vault, name: str, revision: str) -> Callable[[Settings], None]:
    lookup(vault.settings.llm, name, "llm config")
    guard = unless_changed(lambda settings: settings.llm.get(name), revision)
    guard(vault.settings)
    return guard


def _config(settings: Settings, each: LLMConfig) -> Config:
    credential = settings.credentials[each.credential]
    return Config(
        name=each.name,
        model=each.model,
        credential=each.credential,
        credential_name=credential.name,
        mode=credential.mode.value,
        used_by=uses_of_llm(settings, each.name),
        revision=revision_of(each),
    )


def _choice(credential: Credential, provider: str | None) -> Choice:
    fits = credential.provider is None or provider is None or same_provider(credential.provider, provider)
    return Choice(
        id=credential.id,
        name=credential.name,
        provider=credential.provider,
        mode=credential.mode.value,
        enabled=credential.enabled,
        fits=fits,
    )
