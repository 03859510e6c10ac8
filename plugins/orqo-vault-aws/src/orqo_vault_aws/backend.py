"""AWS Secrets Manager as a place where secrets are kept. The SDK is imported when something is first read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from weakref import WeakSet

from orqo_vault.backend import Backend, BackendContext, Deadline, Expected, Health, Stored
from orqo_vault.backend.calls import Calls
from orqo_vault.secret import Secret
from orqo_vault_aws.asking import Service
from orqo_vault_aws.connection import Connection
from orqo_vault_aws.deleting import Keeper
from orqo_vault_aws.description import Describer
from orqo_vault_aws.environment import LOGIN_VARIABLES
from orqo_vault_aws.listing import list_paths
from orqo_vault_aws.reading import Reader
from orqo_vault_aws.recent import Recent
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings
from orqo_vault_aws.writing import Writer

if TYPE_CHECKING:
    from typing import Any


class AwsBackend(Backend):
    """Secrets of one AWS account and region. One client for all threads, one batch call for 20 secrets."""

    type_name = "aws-secrets-manager"
    Settings = AwsSettings
    Reference = AwsReference
    bootstrap_variables = LOGIN_VARIABLES

    def __init__(self, settings: AwsSettings, context: BackendContext) -> None:
        super().__init__(settings, context)
        self._begin()
        _everyone.add(self)

    def _begin(self) -> None:
        settings, context, recent = self.settings, self.context, Recent()
        self._connection = Connection(settings, context)
        self._service = Service(self._connection, context.name)
        describer = Describer(self._service, recent)
        self._reader = Reader(self._service, recent, settings, context)
        self._writer = Writer(self._service, describer, recent, settings)
        self._keeper = Keeper(self._service, describer, recent, settings)

    def read(self, reference: AwsReference, *, deadline: Deadline) -> Stored | None:
        return self._reader.read_many([reference], deadline).get(reference)

    def read_many(self, references: Iterable[AwsReference], *, deadline: Deadline) -> dict[Any, Stored]:
        return self._reader.read_many(references, deadline)

    def write(self, reference: AwsReference, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        return self._writer.write(reference, secret, if_version, deadline)

    def delete(self, reference: AwsReference, *, permanently: bool = False, deadline: Deadline) -> bool:
        return self._keeper.delete(reference, deadline, permanently=permanently)

    def restore(self, reference: AwsReference, *, deadline: Deadline) -> bool:
        """Take a secret back from deletion; False when there is nothing to take back."""
        return self._keeper.restore(reference, deadline)

    def adopt(self, reference: AwsReference, *, deadline: Deadline) -> bool:
        """Let orqo-vault change a secret that others made; False when there is none."""
        return self._keeper.adopt(reference, deadline)

    def list_paths(self, prefix: str = "", *, deadline: Deadline) -> list[str]:
        return list_paths(self._service, self.settings.prefix, prefix, deadline)

    def check(self, references: Sequence[AwsReference] = (), *, deadline: Deadline) -> Health:
        from orqo_vault_aws.health import examine

        return examine(self._service, self._reader, references, self.context.environ, deadline)

    def calls(self, references: Sequence[AwsReference]) -> Calls:
        """Return the requests to Secrets Manager, and those for roles that the settings name."""
        return Calls(self.settings.logins, self._reader.requests(references), 0)

    def policy(self, references: Sequence[AwsReference]) -> str:
        """Return the IAM policy that allows reading exactly these references, and nothing else, as JSON."""
        from orqo_vault_aws.policy import policy_for

        return policy_for(references, self.settings, self._connection.declared_region)

    def close(self) -> None:
        self._connection.close()


_everyone: WeakSet[AwsBackend] = WeakSet()


def _in_the_child() -> None:
    # A child shares the sockets with its parent, and may have locks that nobody will release: it starts anew.
    for backend in list(_everyone):
        backend._begin()


os.register_at_fork(after_in_child=_in_the_child)
