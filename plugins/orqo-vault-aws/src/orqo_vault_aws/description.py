"""What the service knows about a secret beside its value: whose it is, its current version, whether it is going."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orqo_vault.backend import Deadline
from orqo_vault.errors import AccessDeniedError, PendingDeletionError
from orqo_vault_aws.asking import Said, Service
from orqo_vault_aws.recent import Recent

OWNER_TAG = "orqo-vault"
OWNER_VALUE = "managed"
CURRENT = "AWSCURRENT"
ABSENT = "ResourceNotFoundException"


@dataclass(frozen=True)
class Description:
    """One answer of DescribeSecret."""

    current: str | None
    """The version that is AWSCURRENT; None for a secret that was made without a value."""
    versions: frozenset[str]
    ours: bool
    """Whether orqo-vault made it, or was told to treat it so."""
    owning_service: str | None
    deleted: str | None
    """The day it goes, when it is scheduled for deletion."""
    elsewhere: str | None
    """The region whose copy must be written, when this one is a replica."""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Description:
        """Take what matters out of an answer."""
        versions: dict[str, list[str]] = answer.get("VersionIdsToStages") or {}
        primary, deleted = answer.get("PrimaryRegion"), answer.get("DeletedDate")
        region = ":".join(answer["ARN"].split(":")[3:4])
        return cls(
            current=next((version for version, stages in versions.items() if CURRENT in stages), None),
            versions=frozenset(versions),
            ours={"Key": OWNER_TAG, "Value": OWNER_VALUE} in (answer.get("Tags") or []),
            owning_service=answer.get("OwningService"),
            deleted=f"{deleted:%Y-%m-%d}" if deleted is not None else None,
            elsewhere=primary if primary not in (None, region) else None,
        )

    def refuse_pending_deletion(self, doing: str, path: str) -> None:
        """Raise when the secret is scheduled for deletion."""
        if self.deleted is not None:
            raise PendingDeletionError(
                f"{doing}: the secret is scheduled for deletion on {self.deleted}",
                hint=f"orqo-vault restore {path} brings it back until then",
                paths=[path],
            )

    def refuse_what_others_keep(self, doing: str, path: str) -> None:
        """Raise when nobody can change the secret here: it would be changed back, or the service refuses."""
        if self.owning_service:
            raise AccessDeniedError(
                f"{doing}: the secret is managed by {self.owning_service}",
                hint="change it with that service; orqo-vault only reads it",
                paths=[path],
            )
        if self.elsewhere:
            raise AccessDeniedError(
                f"{doing}: this is a replica of the secret in {self.elsewhere}",
                hint=f"write it through a backend with region: {self.elsewhere}",
                paths=[path],
            )

    def refuse_what_is_not_ours(self, doing: str, path: str) -> None:
        """Raise when the secret is not for us to change."""
        self.refuse_what_others_keep(doing, path)
        if not self.ours:
            raise AccessDeniedError(
                f"{doing}: the secret was not made by orqo-vault",
                hint=f"orqo-vault adopt {path} allows orqo-vault to change it",
                paths=[path],
            )


class Describer:
    """Looks secrets up, and not before what this process has just written shows."""

    def __init__(self, service: Service, recent: Recent) -> None:
        self._service = service
        self._recent = recent

    def describe(self, secret_id: str, path: str, deadline: Deadline) -> Description | None:
        """Return what is known about the secret, None when there is none."""
        while True:
            try:
                answer = self._service.ask(
                    "describe_secret", deadline, about=path, expected=[ABSENT], SecretId=secret_id
                )
                found = Description.of(answer)
            except Said:
                found = None
            if not self._recent.outdated(secret_id, found.current if found is not None else None):
                return found
            self._recent.pause(deadline)
