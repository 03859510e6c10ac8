"""Writes: create by name, replace by compare-and-set, never twice, never over what is not ours.

A new version is put under a staging label of our own and becomes AWSCURRENT only by moving that label from the
version that was read. The service refuses the move when AWSCURRENT stands elsewhere by then, so of two writers one
is told. What cannot be had: a writer that puts a value without looking (console, CLI, rotation) may still replace
ours a moment later, as it would replace anybody's.
"""

from __future__ import annotations

from typing import Any

from orqo_vault.backend import Deadline, Expected
from orqo_vault.errors import BackendError, ConflictError
from orqo_vault.secret import Secret
from orqo_vault_aws.asking import Said, Service
from orqo_vault_aws.description import ABSENT, CURRENT, OWNER_TAG, OWNER_VALUE, Describer, Description
from orqo_vault_aws.payload import Payload, decode, encode
from orqo_vault_aws.recent import Recent
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings

OUR_STAGE = "orqo-vault-write"
"""One label for all writes: the next one takes it, so that a version left behind by a crash loses it and is pruned."""
EXISTS = "ResourceExistsException"
MOVED = ("InvalidParameterException", "InvalidRequestException", ABSENT)
"""What the service says when the label or the secret is no longer where it was."""
TURNS = 5
"""How often a write without a condition looks again when others write at the same time."""


class Writer:
    """Writes for one backend."""

    def __init__(self, service: Service, describer: Describer, recent: Recent, settings: AwsSettings) -> None:
        self._service = service
        self._describer = describer
        self._recent = recent
        self._settings = settings

    def write(self, reference: AwsReference, secret: Secret, if_version: str | Expected, deadline: Deadline) -> str:
        """Replace the whole secret and return its new version."""
        path, secret_id = str(reference), reference.secret_id(self._settings.prefix)
        deadline.check(self._service.doing(path))
        reference.refuse_to_change(self._service.doing(path))
        for turn in range(TURNS):
            try:
                return self._turn(reference, secret_id, secret, if_version, deadline)
            except ConflictError:
                if if_version is not Expected.ANY or turn + 1 == TURNS:
                    raise
        raise AssertionError("the last turn returns or raises")

    def _turn(
        self, reference: AwsReference, secret_id: str, secret: Secret, if_version: str | Expected, deadline: Deadline
    ) -> str:
        from uuid import uuid4

        path = str(reference)
        there = self._describer.describe(secret_id, path, deadline)
        if there is not None:
            there.refuse_pending_deletion(self._service.doing(path), path)
        current = there.current if there is not None else None
        if if_version is not Expected.ANY and if_version != (current or Expected.ABSENT):
            raise self._conflict(path)
        # The version's id, fixed before the first request: however often it is repeated, there is one new version.
        token = str(uuid4())
        if there is None:
            self._create(reference, secret_id, encode(secret, reference.format, None, path), token, deadline)
        else:
            there.refuse_what_is_not_ours(self._service.doing(path), path)
            payload = self._payload(reference, secret_id, secret, current, deadline)
            self._replace(secret_id, payload, current, token, path, deadline)
        self._recent.wrote(secret_id, current)
        return token

    def _payload(
        self, reference: AwsReference, secret_id: str, secret: Secret, current: str | None, deadline: Deadline
    ) -> Payload:
        path = str(reference)
        if current is None:
            return encode(secret, reference.format, None, path)
        try:
            answer = self._service.ask(
                "get_secret_value", deadline, about=path, expected=[ABSENT], SecretId=secret_id, VersionId=current
            )
        except Said:
            raise self._conflict(path) from None
        before = Payload.of(answer)
        decode(before, reference.format, path)  # what cannot be read is not replaced
        return encode(secret, reference.format, before, path)

    def _create(
        self, reference: AwsReference, secret_id: str, payload: Payload, token: str, deadline: Deadline
    ) -> None:
        path, settings = str(reference), self._settings
        if secret_id.startswith("arn:"):
            raise BackendError(
                f"{self._service.doing(path)}: there is no such secret, and one cannot be made by its ARN",
                hint="refer to it by name",
                paths=[path],
            )
        tags = {**settings.tags, OWNER_TAG: OWNER_VALUE}
        more: dict[str, Any] = {
            "KmsKeyId": settings.kms_key_id,
            "Description": settings.description,
            "AddReplicaRegions": [{"Region": region} for region in settings.replica_regions] or None,
        }
        try:
            self._service.ask(
                "create_secret",
                deadline,
                about=path,
                expected=[EXISTS],
                Name=secret_id,
                ClientRequestToken=token,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                **{name: given for name, given in more.items() if given is not None},
                **payload.parameters(),
            )
        except Said:
            # Ours, when the answer to our first request was lost and it was sent again.
            found = self._describer.describe(secret_id, path, deadline)
            if found is None or token not in found.versions:
                raise self._conflict(path) from None

    def _replace(
        self, secret_id: str, payload: Payload, current: str | None, token: str, path: str, deadline: Deadline
    ) -> None:
        answer = self._service.ask(
            "put_secret_value",
            deadline,
            about=path,
            SecretId=secret_id,
            ClientRequestToken=token,
            VersionStages=[OUR_STAGE],
            **payload.parameters(),
        )
        if CURRENT in answer.get("VersionStages", ()):
            return  # the first value of a secret that was made without one
        place = {"RemoveFromVersionId": current} if current is not None else {}
        try:
            self._service.ask(
                "update_secret_version_stage",
                deadline,
                about=path,
                expected=MOVED,
                SecretId=secret_id,
                VersionStage=CURRENT,
                MoveToVersionId=token,
                **place,
            )
        except Said:
            found = self._describer.describe(secret_id, path, deadline)
            if not _is_current(found, token):
                raise self._conflict(path) from None

    def _conflict(self, path: str) -> ConflictError:
        return ConflictError(
            f"{self._service.doing(path)}: changed since it was read; nothing was written",
            hint="look at it again and repeat",
            paths=[path],
        )


def _is_current(found: Description | None, version: str) -> bool:
    return found is not None and found.current == version
