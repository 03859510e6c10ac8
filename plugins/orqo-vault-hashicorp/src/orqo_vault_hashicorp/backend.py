"""The ``hashicorp-vault`` backend: one HashiCorp Vault or OpenBao server, or a cluster behind one address.

Nothing heavy is imported here: the network's libraries come with the first read, hvac with the first write.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from orqo_vault.backend import Backend, BackendContext, Deadline, Expected, Health, Lease, Stored
from orqo_vault.backend.calls import Calls
from orqo_vault.errors import OrqoVaultError
from orqo_vault.secret import Secret
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings

if TYPE_CHECKING:
    from orqo_vault_hashicorp.client import Client

CLOSING_SECONDS = 3.0
"""Giving leases and tokens back may not hold up the end of a run: what is left ends by itself."""


class HashicorpBackend(Backend):
    """Reads, writes and lists KV secrets, and reads what other engines make.

    Also SupportsLeases, SupportsPolicy, CountsCalls.
    """

    type_name = "hashicorp-vault"
    Settings = HashicorpSettings
    Reference = HashicorpReference
    bootstrap_variables = frozenset({"VAULT_*", "BAO_*"})

    settings: HashicorpSettings

    @classmethod
    def login_variables(cls, options: Mapping[str, Any]) -> frozenset[str]:
        from orqo_vault_hashicorp.auth import login_variables  # asked when settings are read, not when a run starts

        return super().login_variables(options) | login_variables(options.get("auth"))

    def __init__(self, settings: HashicorpSettings, context: BackendContext) -> None:
        super().__init__(settings, context)
        self._client: Client | None = None
        self._lock = threading.Lock()
        self._pid = os.getpid()

    def read(self, reference: HashicorpReference, *, deadline: Deadline) -> Stored | None:
        return self._open().read(reference, deadline)

    def read_many(
        self, references: Iterable[HashicorpReference], *, deadline: Deadline
    ) -> dict[HashicorpReference, Stored]:
        return self._open().read_many(references, deadline)

    def write(
        self, reference: HashicorpReference, secret: Secret, *, if_version: str | Expected, deadline: Deadline
    ) -> str:
        client = self._open()
        place = client.writable(reference)
        return client.kv(reference).write(place, secret, if_version, deadline)

    def delete(self, reference: HashicorpReference, *, permanently: bool = False, deadline: Deadline) -> bool:
        client = self._open()
        place = client.writable(reference)
        return client.kv(reference).delete(place, permanently, deadline)

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        client = self._open()
        return client.kv(None).list_paths(self.settings.mount, prefix, deadline)

    def check(self, references: Sequence[HashicorpReference] = (), *, deadline: Deadline) -> Health:
        from orqo_vault_hashicorp.health import examine

        try:
            client = self._open()
        except OrqoVaultError as error:
            return Health.failed([error])
        return examine(client, references, deadline)

    def policy(self, references: Sequence[HashicorpReference]) -> str:
        """Return the ACL policy that a run with these references needs, and nothing more. Asks no server."""
        from orqo_vault_hashicorp.policy import acl_policy

        return acl_policy(self.settings, references)

    def calls(self, references: Sequence[HashicorpReference]) -> Calls:
        """Return one read for each; a login and its end where the token is ours; an end for each lease."""
        login = self.settings.auth.requests
        made = sum(reference.engine is not None for reference in references)
        return Calls(login, len(references), made + (1 if login else 0))

    def renew(self, lease: Lease, *, deadline: Deadline) -> Lease:
        return self._open().leases.renew(lease, deadline)

    def revoke(self, lease: Lease, *, deadline: Deadline) -> None:
        self._open().leases.revoke(lease, deadline)

    def close(self) -> None:
        """Revoke the leases and the token that we took, and close the connections. A forked child leaves them."""
        if self._pid != os.getpid():
            self._client = None
            return
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close(Deadline(CLOSING_SECONDS))

    def _open(self) -> Client:
        client = self._client
        if client is not None and self._pid == os.getpid():
            return client
        if self._pid != os.getpid():
            # A fork copies locks as they are, and connections that the parent goes on using: both are left alone.
            self._lock, self._pid, parent = threading.Lock(), os.getpid(), self._client
            self._client = None
        else:
            parent = None
        with self._lock:
            if self._client is None:
                from orqo_vault_hashicorp.client import Client

                self._client = Client(self.settings, self.context, parent)
            return self._client
