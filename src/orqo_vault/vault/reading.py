"""Reads the secrets of a selection: one read per place, backends side by side, one deadline, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from orqo_vault.backend import Deadline, Stored
from orqo_vault.backend.contract import merged
from orqo_vault.credential import BoundField, Credential
from orqo_vault.errors import OrqoVaultError
from orqo_vault.secret import Secret
from orqo_vault.vault.backends import Backends

Place = tuple[str, Any]

GRACE = 2.0
"""How long an interrupted run waits for reads that are under way: a lease that still comes is given back."""
GIVING_BACK = 10.0
"""How long giving a lease back may take, when another backend has failed."""


def read_secrets(
    backends: Backends,
    credentials: Iterable[Credential],
    contracts: Mapping[str, tuple[BoundField, ...]],
    seconds: float,
) -> dict[str, Stored]:
    """Return credential id → what is stored for it, in our field names; where nothing is stored it is left out.

    Raises one :class:`~orqo_vault.errors.BackendError` when any backend refuses or fails.
    """
    places = {credential.id: backends.place(credential) for credential in credentials}
    stored = read_places(backends, dict.fromkeys(places.values()), Deadline(seconds))
    return {
        credential_id: replace(stored[place], secret=ours(stored[place].secret, contracts[credential_id]))
        for credential_id, place in places.items()
        if place in stored
    }


def is_stored(
    backends: Backends, credential: Credential, contracts: Mapping[str, tuple[BoundField, ...]], seconds: float
) -> bool:
    """Tell whether anything is stored for a credential. What is stored reaches nobody."""
    return bool(read_secrets(backends, [credential], contracts, seconds))


def read_places(backends: Backends, places: Iterable[Place], deadline: Deadline) -> dict[Place, Stored]:
    """Return what is stored at each place; absent ones are left out."""
    by_backend: dict[str, list[Any]] = {}
    for name, reference in places:
        by_backend.setdefault(name, []).append(reference)
    found: dict[Place, Stored] = {}
    failed: dict[str, OrqoVaultError] = {}
    crashed: list[BaseException] = []

    def read(name: str) -> None:
        try:
            stored = backends.read_many(name, by_backend[name], deadline)
        except OrqoVaultError as error:
            failed[name] = error
        except BaseException as error:
            crashed.append(error)
        else:
            found.update({(name, reference): each for reference, each in stored.items()})

    _side_by_side(read, list(by_backend), crashed)
    if crashed:
        raise crashed[0]
    if failed:
        _give_back(backends, found)
        raise merged({name: failed[name] for name in by_backend if name in failed})
    return found


def ours(secret: Secret, contract: Iterable[BoundField]) -> Secret:
    """Return the credential's own fields of what is stored, under our names."""
    return Secret({bound.name: secret[bound.stored_as] for bound in contract if bound.stored_as in secret})


def _side_by_side(read: Callable[[str], None], names: list[str], crashed: list[BaseException]) -> None:
    # Daemons: where the run is interrupted, the interpreter does not wait for a backend that does not answer.
    others = [threading.Thread(target=read, args=(name,), name=f"orqo-vault-{name}", daemon=True) for name in names[1:]]
    try:
        for thread in others:
            thread.start()
        for name in names[:1]:
            read(name)
        for thread in others if not crashed else ():
            thread.join()
    finally:
        grace = Deadline(GRACE)
        for thread in others:
            if thread.ident is not None:
                thread.join(grace.remaining())


def _give_back(backends: Backends, found: Mapping[Place, Stored]) -> None:
    """End the leases of what was read for a run that does not get all of it; what cannot be ended ends by itself."""
    for (name, _), stored in found.items():
        if stored.lease is None:
            continue
        from orqo_vault.backend.leases import SupportsLeases  # few runs have one

        backend = backends.get(name)
        if isinstance(backend, SupportsLeases):
            with suppress(OrqoVaultError):
                backend.revoke(stored.lease, deadline=Deadline(GIVING_BACK))
