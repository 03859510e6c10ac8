"""Holds the leases of one run, and gives them back when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from orqo_vault.backend import Deadline, Lease, Stored
from orqo_vault.credential import Credential
from orqo_vault.vault.backends import Backends

SECONDS = 10.0
"""How long giving one back may take; a backend that cannot be reached ends it by itself later."""


class Leases:
    """The leases of a run. Closing revokes every one, also when revoking another fails."""

    def __init__(self) -> None:
        self.held: tuple[Lease, ...] = ()
        self._undo = ExitStack()

    def hold(self, backends: Backends, name: str, lease: Lease) -> None:
        """Take responsibility for a lease that a read from this backend took."""
        from orqo_vault.backend.leases import SupportsLeases  # few runs have one

        backend = backends.get(name)
        if isinstance(backend, SupportsLeases):
            self._undo.callback(lambda: backend.revoke(lease, deadline=Deadline(SECONDS)))
        self.held = (*self.held, lease)

    def close(self) -> None:
        """Give all of them back; twice is once."""
        self._undo.close()


def hold_leases(backends: Backends, credentials: Iterable[Credential], stored: Mapping[str, Stored]) -> Leases:
    """Return the leases of what was read; credentials that share a place share its lease."""
    leases = Leases()
    for credential in credentials:
        found = stored.get(credential.id)
        lease = found.lease if found is not None else None
        if lease is not None and credential.backend is not None and lease not in leases.held:
            leases.hold(backends, credential.backend, lease)
    return leases
