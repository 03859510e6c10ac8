"""Creates, changes and deletes credentials: recorded first, stored second, declared third; deleted the other way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from orqo_vault.credential import Credential, Mode
from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.edit.usage import refuse_if_used
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
from orqo_vault.web.service.replacing_uses import refuse_unless_fit, replace_uses
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
    with _as_wanted(vault, editor, before, changes) as wanted:
        after = wanted.credentials[credential_id]
        if (before.mode, after.mode) == (Mode.OWN, Mode.PLATFORM):
            _switch(vault, editor, before, changes)
        else:
            _change(vault, wanted, editor, before, changes)
    return detail_of(reopened(vault), credential_id)


def delete(
    vault: Vault, credential_id: str, revision: str, fate: Fate = "owned", *, replace_with: str | None = None
) -> bool:
    """Delete a credential that is still at ``revision``; tell whether a secret was deleted.

    ``replace_with`` takes its place in every LLM config and run first; without it, what is used is not deleted.
    """
    credential = lookup(vault.credentials, credential_id, "credential")
    guard = unless_changed(lambda settings: settings.credentials.get(credential_id), revision)
    guard(vault.settings)
    if replace_with is None:
        refuse_if_used(vault.settings, credential_id)
    else:
        refuse_unless_fit(vault.settings, credential_id, replace_with)
    with recorded(vault, "delete", credential, ()):
        if replace_with is not None:
            replace_uses(vault, credential_id, replace_with)
        with reopened(vault) as now:
            return remove_credential(now, editor_of(vault, guard), credential_id, fate)


def _as_wanted(vault: Vault, editor: SettingsEditor, before: Credential, changes: Changes) -> Vault:
    """Return the vault as it would be with the declaration changed."""
    if changes.declaration.get("type", before.type) != before.type:
        raise InvalidFieldError(f"the type of {before.id!r} stays", hint="create another credential")
    if not changes.declaration:
        return Vault(vault.settings, surroundings=vault.surroundings)
    settings = editor.preview_change("credentials", before.id, changes.declaration)
    return Vault(settings, surroundings=vault.surroundings)


def _switch(vault: Vault, editor: SettingsEditor, before: Credential, changes: Changes) -> None:
    """Switch from an own key to the platform's."""
    if changes.own_key is None:
        raise InvalidFieldError(
            f"{before.id!r} has a key of its own: say what becomes of it", hint="own_key: keep or destroy"
        )
    if changes.fields:
        raise InvalidFieldError(f"{before.id!r} is to use the platform's key: there is nothing to store")
    with recorded(vault, "change", before, ()):
        destroy = changes.own_key == "destroy"
        switch_to_platform(vault, editor, before.id, changes.declaration, destroy=destroy)


def _change(vault: Vault, wanted: Vault, editor: SettingsEditor, before: Credential, changes: Changes) -> None:
    after = wanted.credentials[before.id]
    _refuse_values_of_a_platform_key(after, changes.fields)
    there = _checked(wanted, before, changes)
    with recorded(vault, "change", after, changes.fields):
        if changes.fields and not there:
            wanted.update(before.id, changes.set, changes.clear, if_version=changes.stored_version)
        if changes.declaration:
            _declare(editor, before.id, changes, stored=bool(changes.fields) and not there)


def _checked(wanted: Vault, before: Credential, changes: Changes) -> bool:
    """Tell whether what is given is stored already, in another place; raise unless whoever asks has the secret."""
    after = wanted.credentials[before.id]
    if after.mode is Mode.PLATFORM:
        return False
    if before.mode is Mode.OWN and not is_elsewhere(before, after):
        if is_sent_elsewhere(before, after) or _has_plain_fields(wanted, after, changes):
            refuse_unless_given(wanted, after, changes.fields)
        return False
    if before.mode is Mode.PLATFORM and not after.referenced:  # back to the key that it had, or to a new one
        if is_sent(after):
            refuse_unless_given(wanted, after, changes.fields)
        return False
    if changes.clear:
        raise InvalidFieldError(f"{before.id!r} is to be kept elsewhere: nothing is cleared there")
    return prove(wanted, after, changes.set)


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
