"""The leases of dynamic secrets that this process took: recorded, renewed on request, given back on close."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from orqo_vault.backend import Deadline, Lease
from orqo_vault.errors import OrqoVaultError, TokenExpiredError
from orqo_vault_hashicorp.session import Session


class Leases:
    """What is out, by lease id."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._out: dict[str, Lease] = {}
        self._lock = threading.Lock()

    def record(self, lease: Lease) -> None:
        """Remember a lease until it is revoked."""
        with self._lock:
            self._out[lease.id] = lease

    def renew(self, lease: Lease, deadline: Deadline) -> Lease:
        """Ask for the lease's own duration once more; what is given may be less, near its maximum."""
        answer = self._api(deadline).renew_lease(lease.id, increment=lease.duration)
        if not answer:
            raise TokenExpiredError(f"backend {self._session.name!r}: the lease has ended")
        renewed = Lease(
            lease.id, int(answer.get("lease_duration") or 0), bool(answer.get("renewable", lease.renewable))
        )
        self.record(renewed)
        return renewed

    def revoke(self, lease: Lease, deadline: Deadline) -> None:
        """End the lease now. One that has ended already is fine."""
        self._api(deadline).revoke_lease(lease.id)
        with self._lock:
            self._out.pop(lease.id, None)

    def revoke_all(self, deadline: Deadline, notify: Callable[[str], None]) -> None:
        """End every lease that is out; one that cannot be is said, with when it ends by itself."""
        with self._lock:
            out = list(self._out.values())
        for lease in out:
            try:
                self.revoke(lease, deadline)
            except OrqoVaultError as error:
                notify(
                    f"backend {self._session.name!r}: a lease could not be revoked ({error.code}): "
                    f"it ends by itself within {lease.duration} s"
                )

    def _api(self, deadline: Deadline) -> Any:
        # Imported here: it costs 250 ms, and reads do not need it.
        from hvac.api.system_backend.lease import Lease as LeaseApi  # type: ignore[import-untyped]  # no types shipped

        from orqo_vault_hashicorp.hvac_adapter import SessionAdapter

        return LeaseApi(SessionAdapter(self._session, deadline))
