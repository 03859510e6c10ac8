"""Deletes a stored secret, unless somebody else's work depends on it."""

from __future__ import annotations

from orqo_vault.backend import Deadline
from orqo_vault.credential import Credential
from orqo_vault.edit.usage import refuse_if_used, same_place
from orqo_vault.errors import InUseError
from orqo_vault.settings.model import Settings
from orqo_vault.vault.backends import Backends


def delete_secret(
    settings: Settings,
    backends: Backends,
    credential: Credential,
    with_secret: bool,
    *,
    permanently: bool,
    seconds: float,
) -> bool:
    """Delete what :meth:`orqo_vault.vault.Vault.delete` may; False when nothing was stored."""
    refuse_if_used(settings, credential.id)
    refuse_shared(settings, credential)
    if credential.referenced and not with_secret:
        raise InUseError(
            f"the secret of {credential.id!r} is referenced, not owned: it was there before this project",
            hint="delete it explicitly with --with-secret (with_secret=True), or remove the declaration only",
        )
    return delete_stored(backends, credential, permanently=permanently, seconds=seconds)


def refuse_shared(settings: Settings, credential: Credential) -> None:
    """Raise while another credential keeps its secret in the same place."""
    others = same_place(settings, credential.id)
    if others:
        raise InUseError(
            f"the secret of {credential.id!r} is also the secret of {', '.join(others)}",
            hint="keep the secret (--keep-secret), or delete the others first",
        )


def delete_stored(backends: Backends, credential: Credential, *, permanently: bool = False, seconds: float) -> bool:
    """Delete what is stored for a credential, whoever uses it; False when nothing was."""
    name, reference = backends.place(credential)
    return backends.delete(name, reference, permanently=permanently, deadline=Deadline(seconds))
