"""Declares a credential together with its secret, and takes both away, in the order that leaves nothing dangling.

Stored first and declared second: a declaration never points at nothing. Undeclared first and deleted second: what
is declared never loses its secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from orqo_vault.credential import Credential, Mode
from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.edit.usage import refuse_if_used, refuse_unfit
from orqo_vault.errors import BackendError, ConflictError, OrqoVaultError
from orqo_vault.planner.lookup import lookup
from orqo_vault.secret import SecretValue
from orqo_vault.vault.deleting import delete_stored, refuse_shared
from orqo_vault.vault.reading import is_stored
from orqo_vault.vault.vault import Vault

Fate = Literal["owned", "delete", "keep"]
"""What becomes of the secret of a removed credential: deleted if it is ours, deleted in any case, kept."""


def candidate(vault: Vault, editor: SettingsEditor, credential_id: str, entry: Mapping[str, Any]) -> Vault:
    """Return the vault as it would be with the entry declared; raise where that would not be valid."""
    settings = editor.preview("credentials", credential_id, entry)
    return Vault(settings, surroundings=vault.surroundings)


def add_credential(
    vault: Vault,
    editor: SettingsEditor,
    credential_id: str,
    entry: Mapping[str, Any],
    fields: Mapping[str, str | SecretValue] | None,
    *,
    overwrite: bool = False,
) -> Path:
    """Validate the entry, store ``fields`` (None: nothing), declare it; return the file that now declares it.

    An owned secret is a new one: something that is stored in its place already is a
    :class:`~orqo_vault.errors.ConflictError` unless ``overwrite``. Of a referenced secret only ``fields`` change.
    """
    with candidate(vault, editor, credential_id, entry) as wanted:
        credential = wanted.credentials[credential_id]
        undo = _store(wanted, credential, fields, overwrite)
        try:
            return editor.add("credentials", credential_id, entry)
        except OrqoVaultError:
            if undo:
                delete_stored(wanted.backends, credential, seconds=wanted.surroundings.seconds)
            raise


def remove_credential(
    vault: Vault,
    editor: SettingsEditor,
    credential_id: str,
    fate: Fate = "owned",
    *,
    permanently: bool = False,
    instead: str | None = None,
) -> bool:
    """Undeclare a credential, then do with its secret what ``fate`` says; tell whether a secret was deleted.

    ``permanently`` gives up the net of a backend that keeps deleted secrets for a while. ``instead`` is a credential
    that takes its place in every LLM config and run, in the same edit.

    Raises :class:`~orqo_vault.errors.InUseError`, with the list, while a run or an LLM config uses the credential,
    or another credential the secret that would be deleted.
    """
    credential = lookup(vault.credentials, credential_id, "credential")
    if instead is None:
        refuse_if_used(vault.settings, credential_id)
    else:
        refuse_unfit(vault.settings, credential_id, instead)
    doomed = fate == "delete" or (fate == "owned" and not credential.referenced)
    own = credential.with_own_key()
    doomed = doomed and own.backend is not None
    if doomed:
        refuse_deletion(vault, own)
    editor.remove("credentials", credential_id, instead=instead)
    return doomed and _delete_after(vault, own, "is not declared any more", permanently=permanently)


def switch_to_platform(
    vault: Vault, editor: SettingsEditor, credential_id: str, changes: Mapping[str, Any], *, destroy: bool
) -> bool:
    """Change a credential to the platform's key; ``destroy`` its own secret, or keep it for the way back."""
    own = lookup(vault.credentials, credential_id, "credential").with_own_key()
    if destroy:
        refuse_deletion(vault, own)
    kept = {"keeps_secret": None if destroy else True}
    editor.change("credentials", credential_id, {**changes, "mode": Mode.PLATFORM.value, **kept})
    return destroy and own.backend is not None and _delete_after(vault, own, "uses the platform's key now")


def switch_to_own(editor: SettingsEditor, credential_id: str, changes: Mapping[str, Any]) -> None:
    """Change a credential to a key of its own: the one that was kept, or one that has to be stored now."""
    editor.change("credentials", credential_id, {**changes, "mode": Mode.OWN.value, "keeps_secret": None})


def refuse_deletion(vault: Vault, credential: Credential) -> None:
    """Raise unless the credential's secret may be deleted: nobody else keeps theirs there, and we may write."""
    refuse_shared(vault.settings, credential)
    if credential.backend is not None:
        vault.backends.writable(credential.backend)


def _store(
    wanted: Vault, credential: Credential, fields: Mapping[str, str | SecretValue] | None, overwrite: bool
) -> bool:
    """Store and return True when what was stored is all new, so that it can be taken back."""
    if fields is None:
        return False
    if credential.referenced:
        wanted.update(credential.id, set=fields)
        return False
    if not is_stored(wanted.backends, credential, wanted.settings.contracts, wanted.surroundings.seconds):
        wanted.put(credential.id, fields)
        return True
    if not overwrite:
        raise ConflictError(
            f"a secret is already stored at {credential.at.get('path')} in {credential.backend}",
            hint=f"--no-secret declares {credential.id} and keeps it, --overwrite replaces it, --path names another",
        )
    wanted.put(credential.id, fields)
    return False


def _delete_after(vault: Vault, credential: Credential, done: str, *, permanently: bool = False) -> bool:
    try:
        return delete_stored(vault.backends, credential, permanently=permanently, seconds=vault.surroundings.seconds)
    except BackendError as error:
        raise type(error)(
            f"credential {credential.id!r} {done}, but its secret could not be deleted: {error.message}",
            hint=f"it is still at {credential.at.get('path')} in {credential.backend}: delete it there",
            paths=error.paths,
        ) from None
