"""A backend that lends, for processes of their own: what it does stands in the file that ``log`` names.

``slow`` never answers; ``lease/N`` gives a lease of N seconds, renewed as long as the file ``log``.stop is not there.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from orqo_vault.backend import Backend, BackendContext, BackendReference, BackendSettings, Deadline, Lease, Stored
from orqo_vault.errors import BackendError
from orqo_vault.markers import hookimpl
from orqo_vault.secret import Secret


@dataclass(frozen=True, kw_only=True)
class LendingSettings(BackendSettings):
    """Where it writes what it did."""

    log: str


class Lending(Backend):
    """See above."""

    type_name = "lending"
    Settings = LendingSettings

    def __init__(self, settings: LendingSettings, context: BackendContext) -> None:
        super().__init__(settings, context)
        self.log = settings.log
        self.out: list[Lease] = []

    def note(self, text: str) -> None:
        with open(self.log, "a") as file:
            file.write(text + "\n")

    def read(self, reference: BackendReference, *, deadline: Deadline) -> Stored | None:
        kind, _, seconds = reference.path.partition("/")
        lease = Lease(kind, int(seconds or 60), renewable=True)
        self.out.append(lease)
        self.note("lent")
        if kind == "slow":
            os.write(2, b"reading\n")
            while True:
                signal.pause()
        return Stored(Secret({"token": "lent-secret-value"}), None, lease=lease)

    def write(self, reference, secret, *, if_version, deadline):  # type: ignore[no-untyped-def]  # never called
        raise NotImplementedError

    def delete(self, reference, *, permanently=False, deadline):  # type: ignore[no-untyped-def]  # never called
        raise NotImplementedError

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        return []

    def renew(self, lease: Lease, *, deadline: Deadline) -> Lease:
        if os.path.exists(self.log + ".stop"):
            raise BackendError("the lease has reached its maximum")
        self.note("renewed")
        return lease

    def revoke(self, lease: Lease, *, deadline: Deadline) -> None:
        if lease in self.out:
            self.out.remove(lease)
            self.note("revoked")

    def close(self) -> None:
        for lease in list(self.out):
            self.revoke(lease, deadline=Deadline(1))


@hookimpl
def orqo_vault_backend() -> type[Backend]:
    return Lending
