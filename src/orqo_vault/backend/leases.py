"""The protocol of backends whose secrets are lent for a time."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from orqo_vault.backend.deadline import Deadline
from orqo_vault.backend.stored import Lease


@runtime_checkable
class SupportsLeases(Protocol):
    """A backend whose :class:`~orqo_vault.backend.Stored` may carry a lease.

    The backend remembers every lease that its reads took; ``close()`` revokes those that are still out.
    """

    def renew(self, lease: Lease, *, deadline: Deadline) -> Lease:
        """Return the lease with the time it has now, which may be less than asked for near its maximum.

        Raises :class:`~orqo_vault.errors.BackendError` when it has ended or cannot be renewed.
        """

    def revoke(self, lease: Lease, *, deadline: Deadline) -> None:
        """End the lease now. One that has ended already is fine."""
