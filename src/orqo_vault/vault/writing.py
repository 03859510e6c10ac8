"""Changes one credential's secret in its backend: read, change our fields, write with the version that was read.

Fields that are not ours survive, and a write between our read and our write is a ConflictError, never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from orqo_vault.backend import Deadline, Expected
from orqo_vault.credential import BoundField, Credential, Mode
from orqo_vault.credential_types.checking import prepare, prepare_update
from orqo_vault.errors import ConflictError, InvalidFieldError
from orqo_vault.plugins import credential_type
from orqo_vault.secret import Secret, SecretValue
from orqo_vault.vault.backends import Backends
from orqo_vault.vault.reading import ours

Change = Callable[[Secret], Secret]
"""The secret as it is, in our field names → as it shall be, checked."""


def replace_secret(
    backends: Backends,
    credential: Credential,
    contract: tuple[BoundField, ...],
    fields: Mapping[str, str | SecretValue],
    seconds: float,
) -> str:
    """Store exactly ``fields`` and return the new version."""
    _refuse_unless_kept(credential, fields)
    return change_secret(backends, credential, contract, replaced_by(credential, fields), seconds)


def edit_secret(
    backends: Backends,
    credential: Credential,
    contract: tuple[BoundField, ...],
    changed: Mapping[str, str | SecretValue],
    cleared: tuple[str, ...],
    seconds: float,
    if_version: str | None = None,
) -> str:
    """Set some fields, clear others, keep the rest, and return the new version."""
    _refuse_unless_kept(credential, [*changed, *cleared])
    return change_secret(backends, credential, contract, edited(credential, changed, cleared), seconds, if_version)


def change_secret(
    backends: Backends,
    credential: Credential,
    contract: tuple[BoundField, ...],
    change: Change,
    seconds: float,
    if_version: str | None = None,
) -> str:
    """Apply ``change`` to what is stored (an empty secret when nothing is) and return the new version.

    ``if_version`` is the version that the change was made for: another one is a ConflictError.
    """
    name, reference = backends.place(credential)
    backend = backends.writable(name)
    deadline = Deadline(seconds)
    stored = backend.read(reference, deadline=deadline)
    if if_version is not None and (stored is None or stored.version != if_version):
        raise ConflictError(
            f"the secret of {credential.id!r} was changed in the meantime; nothing was written",
            hint="look at it anew, then decide",
        )
    before = stored.secret if stored is not None else Secret({})
    changed = change(ours(before, contract))
    names = {bound.name: bound.stored_as for bound in contract}
    values = {names[field]: changed[field] for field in changed}
    after = before.replace(values, dropped=set(names.values()) - set(values))
    expected = Expected.ABSENT if stored is None else stored.version or Expected.ANY
    return backends.write(name, reference, after, if_version=expected, deadline=deadline)


def replaced_by(credential: Credential, fields: Mapping[str, str | SecretValue]) -> Change:
    """Return the change that leaves exactly ``fields``, checked and normalised by the credential's type."""
    prepared = prepare(credential, credential_type(credential.type), fields)
    return lambda secret: prepared


def edited(credential: Credential, changed: Mapping[str, str | SecretValue], cleared: Iterable[str]) -> Change:
    """Return the change that sets and clears some fields and keeps the others."""
    return lambda secret: prepare_update(credential, credential_type(credential.type), secret, changed, cleared)


def _refuse_unless_kept(credential: Credential, fields: Iterable[str]) -> None:
    """Raise :class:`~orqo_vault.errors.InvalidFieldError` for fields that a backend does not keep."""
    if credential.mode is Mode.PLATFORM:
        raise InvalidFieldError(
            f"credential {credential.id!r} uses a platform key: there is nothing to store",
            hint=f"switch it first: orqo-vault edit {credential.id} --mode own",
        )
    declared = [name for name in fields if name in credential.values]
    if declared:
        raise InvalidFieldError(
            f"{credential.id}: {', '.join(declared)} stands under values: in the settings file",
            hint="change it there, or remove it from values: first",
        )
