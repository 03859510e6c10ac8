"""Copies secrets from one backend to another: nothing is deleted before what was written was read back.

Each place is copied on its own, so an interrupted copy is finished by copying again: what is there already, equal,
is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from orqo_vault.backend import Deadline, Expected
from orqo_vault.credential import Credential, Mode
from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.errors import ConflictError, CorruptSecretError, InUseError, MissingSecretsError
from orqo_vault.planner.lookup import lookup
from orqo_vault.vault.auditing import use
from orqo_vault.vault.vault import Vault

Outcome = Literal["copied", "there already", "would be copied", "not stored"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One place in the source, where it goes, and the credentials that keep their secret there."""

    path: str
    source: Any
    target: Any
    credentials: tuple[str, ...]


def parcels(vault: Vault, source: str, target: str, only: Iterable[str] | None = None) -> tuple[Parcel, ...]:
    """Return what there is to copy for the named credentials, or for all that live in ``source``. Reads nothing.

    Raises :class:`~orqo_vault.errors.MissingSecretsError` when a named credential does not live there, and
    :class:`~orqo_vault.errors.SettingsError` when its path is none in ``target``.
    """
    for name in (source, target):
        lookup(vault.settings.backends, name, "backend")
    chosen = [lookup(vault.credentials, each, "credential") for each in _ids(vault, source, only)]
    strangers = [each.id for each in chosen if each.backend != source or each.mode is not Mode.OWN]
    if strangers:
        raise MissingSecretsError(f"not kept in backend {source!r}: {', '.join(strangers)}")
    grouped: dict[Any, list[Credential]] = {}
    for credential in chosen:
        grouped.setdefault(vault.backends.place(credential)[1], []).append(credential)
    return tuple(
        Parcel(str(place), place, _place_in(vault, target, credentials[0]), tuple(each.id for each in credentials))
        for place, credentials in grouped.items()
    )


def copy_secrets(
    vault: Vault, source: str, target: str, wanted: Iterable[Parcel], *, overwrite: bool = False, dry_run: bool = False
) -> Iterator[tuple[Parcel, Outcome]]:
    """Copy each parcel, whole, and yield it once it was read back equal.

    A different secret in its place is a :class:`~orqo_vault.errors.ConflictError` unless ``overwrite``.
    """
    giver, taker = vault.backends.get(source), vault.backends.writable(target)
    for parcel in wanted:
        deadline = Deadline(vault.surroundings.seconds)
        stored = giver.read(parcel.source, deadline=deadline)
        if stored is None:
            yield parcel, "not stored"
            continue
        present = taker.read(parcel.target, deadline=deadline)
        if present is not None and present.secret == stored.secret:
            yield parcel, "there already"
            continue
        if present is not None and not overwrite:
            raise ConflictError(
                f"another secret is stored at {parcel.target} in backend {target!r}", hint="--overwrite replaces it"
            )
        if dry_run:
            yield parcel, "would be copied"
            continue
        expected = Expected.ABSENT if present is None else present.version or Expected.ANY
        credentials = [vault.credentials[each] for each in parcel.credentials]
        vault.acting(target=target).asking("copy", credentials).granted(
            use(each, stored, stored.secret) for each in credentials
        )
        vault.backends.write(target, parcel.target, stored.secret, if_version=expected, deadline=deadline)
        back = taker.read(parcel.target, deadline=deadline)
        if back is None or back.secret != stored.secret:
            raise CorruptSecretError(f"{parcel.target} in backend {target!r} does not read back as it was written")
        yield parcel, "copied"


def declare_in(editor: SettingsEditor, target: str, copied: Iterable[Parcel]) -> None:
    """Declare the credentials of what was copied in their new backend."""
    for parcel in copied:
        for credential_id in parcel.credentials:
            editor.change("credentials", credential_id, {"backend": target})


def delete_source(vault: Vault, source: str, copied: Iterable[Parcel]) -> None:
    """Delete what was copied where it was. Its credentials must be declared elsewhere by now."""
    for parcel in copied:
        vault.backends.delete(source, parcel.source, deadline=Deadline(vault.surroundings.seconds))


def refuse_leaving_others_behind(vault: Vault, source: str, wanted: Iterable[Parcel]) -> None:
    """Raise where deleting the source would take the secret of a credential that is not copied."""
    for parcel in wanted:
        others = [
            each.id
            for each in vault.credentials.values()
            if each.id not in parcel.credentials and _lives_at(vault, each.with_own_key(), source, parcel.source)
        ]
        if others:
            raise InUseError(
                f"the secret at {parcel.path} is also the secret of {', '.join(others)}",
                hint="name those in --only too, or leave --delete-source out",
            )


def _lives_at(vault: Vault, credential: Credential, backend: str, place: Any) -> bool:
    return credential.backend == backend and vault.backends.place(credential)[1] == place


def _ids(vault: Vault, source: str, only: Iterable[str] | None) -> list[str]:
    if only is not None:
        return list(dict.fromkeys(only))
    return [each.id for each in vault.credentials.values() if each.backend == source and each.mode is Mode.OWN]


def _place_in(vault: Vault, target: str, credential: Credential) -> Any:
    # Only the path travels: what else the reference says (a mount, an engine, a stage) means something in one backend.
    return vault.backends.place(replace(credential, backend=target, at={"path": credential.at["path"]}))[1]
