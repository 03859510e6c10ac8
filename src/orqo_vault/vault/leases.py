"""Holds the leases of one run, and gives them back when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from orqo_vault.backend import Deadline, Lease, Stored
from orqo_vault.credential import Credential
from orqo_vault.vault.backends import Backends

if TYPE_CHECKING:
    from orqo_vault.settings.model import OnLeaseEnd
    from orqo_vault.vault.renewal import HeldLease, Renewal

SECONDS = 10.0
"""How long giving one back may take; a backend that cannot be reached ends it by itself later."""


class Leases:
    """The leases of a run. Closing revokes every one, also when revoking another fails."""

    def __init__(self) -> None:
        self._held: list[HeldLease] = []
        self._undo = ExitStack()

    @property
    def held(self) -> tuple[Lease, ...]:
        return tuple(each.lease for each in self._held)

    def hold(self, backends: Backends, credential: Credential, lease: Lease) -> None:
        """Take responsibility for a lease that reading this credential took."""
        from orqo_vault.backend.leases import SupportsLeases  # few runs have one
        from orqo_vault.vault.renewal import HeldLease

        assert credential.backend is not None
        backend = backends.get(credential.backend)
        if isinstance(backend, SupportsLeases):
            self._undo.callback(lambda: backend.revoke(lease, deadline=Deadline(SECONDS)))
        self._held.append(HeldLease(lease, credential.id, backend, time.monotonic()))

    def renewals(self, on_end: OnLeaseEnd, tell: Callable[[str], None]) -> tuple[Renewal, ...]:
        """Return what keeps them alive, for whoever runs the child."""
        if not self._held:
            return ()
        from orqo_vault.vault.renewal import AT_END, Renewal

        return tuple(Renewal(each, AT_END[on_end], tell) for each in self._held)

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
            leases.hold(backends, credential, lease)
    return leases
