"""Creates, changes and deletes credentials: recorded first, stored second, declared third; deleted the other way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from orqo_vault.credential import Credential, Mode
from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.errors import InvalidFieldError, OrqoVaultError
from orqo_vault.planner.lookup import lookup
from orqo_vault.secret import SecretValue
from orqo_vault.vault import Vault
from orqo_vault.vault.declaring import Fate, add_credential, candidate, remove_credential, switch_to_platform
from orqo_vault.web.service.details import Detail, detail_of
from orqo_vault.web.service.editing import editor_of, recorded, reopened
from orqo_vault.web.service.possession import (
    is_elsewhere,
    is_sent,
    is_sent_elsewhere,
    prove,
    refuse_unless_given,
)
from orqo_vault.web.service.revisions import unless_changed

OwnKey = Literal["keep", "destroy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to become of a credential; what is not named stays."""

    declaration: Mapping[str, Any] = field(default_factory=dict)
    """Keys of its entry in the settings file; None removes one, a mapping is merged into the one that is there."""
    set: Mapping[str, SecretValue] = field(default_factory=dict, repr=False)
    clear: tuple[str, ...] = ()
    own_key: OwnKey | None = None
    """What becomes of its own secret when it switches to the platform's key."""
    stored_version: str | None = None
    """The version of the secret that these changes were made for."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The stored fields that change."""
        return (*self.set, *self.clear)


def create(vault: Vault, credential_id: str, entry: Mapping[str, Any], given: Mapping[str, SecretValue]) -> Detail:
    """Declare a new credential and store what is given; without values it waits for its secret.

    In a place where something is stored already nothing is written: what is given must be the same.
    """
    editor = editor_of(vault)
    with candidate(vault, editor, credential_id, entry) as wanted:
        credential = wanted.credentials[credential_id]
        _refuse_values_of_a_platform_key(credential, given)
        there = prove(wanted, credential, given) if given or is_sent(credential) else False
    with recorded(vault, "create", credential, given):
        add_credential(vault, editor, credential_id, entry, given if given and not there else None)
    return detail_of(reopened(vault), credential_id)


def change(vault: Vault, credential_id: str, revision: str, changes: Changes) -> Detail:
    """Change a credential that is still at ``revision``."""
    before = lookup(vault.credentials, credential_id, "credential")
    guard = unless_changed(lambda settings: settings.credentials.get(credential_id), revision)
    guard(vault.settings)
    editor = editor_of(vault, guard)
    changes = replace(changes, declaration=declared_change(before, changes.declaration, changes.own_key))
    settings = editor.preview_change("credentials", before.id, changes.declaration) if changes.declaration else None
    with Vault(settings or vault.settings, surroundings=vault.surroundings) as wanted:
        _refuse_values_of_a_platform_key(wanted.credentials[credential_id], changes.fields)
        there = _checked(wanted, before, changes)
        if (before.mode, wanted.credentials[credential_id].mode) == (Mode.OWN, Mode.PLATFORM):
            _switch(vault, editor, before, changes)
        else:
            _change(vault, wanted, editor, changes, credential_id, there=there)
    return detail_of(reopened(vault), credential_id)


def delete(
    vault: Vault, credential_id: str, revision: str, fate: Fate = "owned", *, replace_with: str | None = None
) -> bool:
    """Delete a credential that is still at ``revision``; tell whether a secret was deleted.

    ``replace_with`` takes its place in every LLM config and run, in the same edit; without it, what is used stays.
    """
    credential = lookup(vault.credentials, credential_id, "credential")
    guard = unless_changed(lambda settings: settings.credentials.get(credential_id), revision)
    guard(vault.settings)
    with recorded(vault, "delete", credential, ()):
        return remove_credential(vault, editor_of(vault, guard), credential_id, fate, instead=replace_with)


def declared_change(before: Credential, changes: Mapping[str, Any], own_key: OwnKey | None) -> dict[str, Any]:
    """Return the changes of an entry with what a change of the mode brings along."""
    if changes.get("type", before.type) != before.type:
        raise InvalidFieldError(f"the type of {before.id!r} stays", hint="create another credential")
    if "keeps_secret" in changes:
        raise InvalidFieldError("keeps_secret follows from own_key", hint="own_key: keep or destroy")
    mode = changes.get("mode", before.mode) or Mode.OWN
    if mode == before.mode:
        return dict(changes)
    if mode == Mode.OWN:
        return {**changes, "mode": None, "keeps_secret": None}
    if own_key is None:
        raise InvalidFieldError(
            f"{before.id!r} has a key of its own: say what becomes of it", hint="own_key: keep or destroy"
        )
    return {**changes, "keeps_secret": True if own_key == "keep" else None}


def _switch(vault: Vault, editor: SettingsEditor, before: Credential, changes: Changes) -> None:
    """Switch from an own key to the platform's."""
    with recorded(vault, "change", before, ()):
        switch_to_platform(vault, editor, before.id, changes.declaration, destroy=changes.own_key == "destroy")


def _change(
    vault: Vault, wanted: Vault, editor: SettingsEditor, changes: Changes, credential_id: str, *, there: bool
) -> None:
    with recorded(vault, "change", wanted.credentials[credential_id], changes.fields):
        if changes.fields and not there:
            wanted.update(credential_id, changes.set, changes.clear, if_version=changes.stored_version)
        if changes.declaration:
            _declare(editor, credential_id, changes, stored=bool(changes.fields) and not there)


def _checked(wanted: Vault, before: Credential, changes: Changes) -> bool:
    """Tell whether what is given is stored already, in another place; raise unless whoever asks has the secret.

    A credential that uses the platform's key may have kept one of its own: that one is looked after as well.
    """
    had, has = before.with_own_key(), wanted.credentials[before.id].with_own_key()
    if has.backend is None:
        return False
    if had.backend is not None and not is_elsewhere(had, has):
        if is_sent_elsewhere(had, has) or _has_plain_fields(wanted, has, changes):
            refuse_unless_given(wanted, has, changes.fields)
        return False
    if changes.clear:
        raise InvalidFieldError(f"{before.id!r} is to be kept elsewhere: nothing is cleared there")
    return prove(wanted, has, changes.set)


def _has_plain_fields(wanted: Vault, after: Credential, changes: Changes) -> bool:
    """Tell whether a field is stored that is no secret: a server's name may be one, and programs connect there."""
    return any(bound.name in changes.fields and not bound.secret for bound in wanted.settings.contracts[after.id])


def _declare(editor: SettingsEditor, credential_id: str, changes: Changes, *, stored: bool) -> None:
    try:
        editor.change("credentials", credential_id, changes.declaration)
    except OrqoVaultError as error:
        if stored:
            error.hint = (
                f"its secret is stored already; only the declaration is not changed. {error.hint or ''}".strip()
            )
        raise


def _refuse_values_of_a_platform_key(credential: Credential, given: object) -> None:
    if credential.mode is Mode.PLATFORM and given:
        raise InvalidFieldError(f"{credential.id!r} uses the platform's key: there is nothing to store")
