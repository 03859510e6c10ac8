"""Everything that is open for one backend in one process: its session, its engines, its leases."""

from __future__ import annotations

from collections.abc import Iterable

from orqo_vault.backend import BackendContext, Deadline, Stored
from orqo_vault.errors import BackendError, OrqoVaultError
from orqo_vault_hashicorp.connection import open_session
from orqo_vault_hashicorp.engines import issue
from orqo_vault_hashicorp.kv import KV, Place
from orqo_vault_hashicorp.kv1 import KV1
from orqo_vault_hashicorp.kv2 import KV2
from orqo_vault_hashicorp.leases import Leases
from orqo_vault_hashicorp.parallel import side_by_side
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.session import Session
from orqo_vault_hashicorp.settings import HashicorpSettings


class Client:
    """Opens its connections with the first call."""

    def __init__(self, settings: HashicorpSettings, context: BackendContext, parent: Client | None = None) -> None:
        self.settings = settings
        self.context = context
        self.session: Session = open_session(settings, context, parent.session if parent is not None else None)
        self.leases = Leases(self.session)
        self._parent = parent  # never used: collecting it would close connections that another process uses
        self._engines: dict[int, KV] = {
            1: KV1(self.session, settings.allow_unchecked_writes),
            2: KV2(self.session, settings.connections),
        }

    def kv(self, reference: HashicorpReference | None) -> KV:
        """Return the engine of the declared version: the reference's, or the backend's."""
        declared = reference.kv_version if reference is not None else None
        return self._engines[declared or self.settings.kv_version]

    def place(self, reference: HashicorpReference) -> Place:
        """Return where a KV reference points."""
        return Place(reference.mount or self.settings.mount, reference.path, reference.version)

    def writable(self, reference: HashicorpReference) -> Place:
        """Return the place to change, or raise for references that only read."""
        if reference.engine is not None:
            raise BackendError(
                f"backend {self.context.name!r}: {reference}: the server makes this secret, nobody stores it",
                paths=(reference.path,),
            )
        if reference.version is not None:
            raise BackendError(
                f"backend {self.context.name!r}: {reference}: a pinned version never changes",
                hint="remove version: to change the newest one",
                paths=(reference.path,),
            )
        return self.place(reference)

    def read(self, reference: HashicorpReference, deadline: Deadline) -> Stored | None:
        """Return what is stored, or what the engine makes; a lease is recorded until it is revoked."""
        if reference.engine is None:
            return self.kv(reference).read(self.place(reference), deadline)
        stored = issue(self.session, reference, deadline)
        if stored is not None and stored.lease is not None:
            self.leases.record(stored.lease)
        return stored

    def read_many(
        self, references: Iterable[HashicorpReference], deadline: Deadline
    ) -> dict[HashicorpReference, Stored]:
        """Read each place once, several at a time."""
        found = side_by_side(lambda each: self.read(each, deadline), references, self.settings.connections)
        return {reference: stored for reference, stored in found.items() if stored is not None}

    def close(self, deadline: Deadline) -> None:
        """Give back what was taken; what cannot be given back is said and ends by itself."""
        left = self.leases.revoke_all(deadline)
        try:
            # The leases of a token end with it, so a policy that denies revoking them leaves nothing behind.
            if self.session.revoke(deadline):
                left = {}
        except OrqoVaultError as error:
            self.context.notify(f"backend {self.context.name!r}: our token could not be revoked ({error.code})")
        finally:
            self.session.transport.close()
        for lease, failed in left.items():
            self.context.notify(
                f"backend {self.context.name!r}: a lease could not be revoked ({failed.code}): "
                f"it ends by itself within {lease.duration} s"
            )
