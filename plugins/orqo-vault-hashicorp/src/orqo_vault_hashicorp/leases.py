"""The leases of dynamic secrets that this process took: recorded, renewed on request, given back on close."""

from __future__ import annotations

import threading

from orqo_vault.backend import Deadline, Lease
from orqo_vault.errors import OrqoVaultError
from orqo_vault_hashicorp.call import Call
from orqo_vault_hashicorp.json_text import parse
from orqo_vault_hashicorp.kv import not_vaults
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
        call = Call("PUT", "sys/leases/renew", body={"lease_id": lease.id, "increment": lease.duration})
        answer = self._session.call(call, deadline)
        try:
            parsed = parse(answer.body)
            renewed = Lease(lease.id, int(parsed["lease_duration"]), bool(parsed.get("renewable", lease.renewable)))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise not_vaults(self._session.name, call.path) from None
        self.record(renewed)
        return renewed

    def revoke(self, lease: Lease, deadline: Deadline) -> None:
        """End the lease now. One that has ended already is fine."""
        body = {"lease_id": lease.id, "sync": True}  # so that a database that keeps the account is an error here
        self._session.call(Call("PUT", "sys/leases/revoke", body=body), deadline)
        with self._lock:
            self._out.pop(lease.id, None)

    def revoke_all(self, deadline: Deadline) -> dict[Lease, OrqoVaultError]:
        """End every lease that is out; return those that could not be ended, and why."""
        with self._lock:
            out = list(self._out.values())
        failed: dict[Lease, OrqoVaultError] = {}
        for lease in out:
            try:
                self.revoke(lease, deadline)
            except OrqoVaultError as error:
                failed[lease] = error
        return failed
