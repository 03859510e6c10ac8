"""Deletes with a net, restores, and takes over secrets that others made."""

from __future__ import annotations

from typing import Any

from orqo_vault.backend import Deadline
from orqo_vault_aws.asking import Said, Service
from orqo_vault_aws.description import ABSENT, OWNER_TAG, OWNER_VALUE, Describer
from orqo_vault_aws.recent import Recent
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings


class Keeper:
    """What happens to whole secrets of one backend."""

    def __init__(self, service: Service, describer: Describer, recent: Recent, settings: AwsSettings) -> None:
        self._service = service
        self._describer = describer
        self._recent = recent
        self._settings = settings

    def delete(self, reference: AwsReference, deadline: Deadline, *, permanently: bool) -> bool:
        """Delete the secret; False when there was none, or it was on its way out already."""
        path, secret_id = reference.path, reference.secret_id(self._settings.prefix)
        deadline.check(self._service.doing(path))
        reference.refuse_to_change(self._service.doing(str(reference)))
        # Looked up first: the service calls a forced deletion of what never was a success.
        there = self._describer.describe(secret_id, path, deadline)
        if there is None:
            return False
        there.refuse_what_is_not_ours(self._service.doing(path), path)
        at_once = permanently or not self._settings.recovery_window_days
        if there.deleted is not None and not at_once:
            return False
        how: dict[str, Any] = (
            {"ForceDeleteWithoutRecovery": True}
            if at_once
            else {"RecoveryWindowInDays": self._settings.recovery_window_days}
        )
        try:
            self._service.ask("delete_secret", deadline, about=path, expected=[ABSENT], SecretId=secret_id, **how)
        except Said:
            return False
        self._recent.deleted(secret_id)
        return there.current is not None or there.deleted is not None

    def restore(self, reference: AwsReference, deadline: Deadline) -> bool:
        """Take the secret back from deletion; False when it is not scheduled for it, or there is none."""
        path, secret_id = reference.path, reference.secret_id(self._settings.prefix)
        there = self._describer.describe(secret_id, path, deadline)
        if there is None or there.deleted is None:
            return False
        there.refuse_what_is_not_ours(self._service.doing(path), path)
        self._service.ask("restore_secret", deadline, about=path, SecretId=secret_id)
        return True

    def adopt(self, reference: AwsReference, deadline: Deadline) -> bool:
        """Let orqo-vault change a secret that others made; False when there is none."""
        path, secret_id = reference.path, reference.secret_id(self._settings.prefix)
        there = self._describer.describe(secret_id, path, deadline)
        if there is None:
            return False
        there.refuse_pending_deletion(self._service.doing(path), path)
        there.refuse_what_others_keep(self._service.doing(path), path)
        self._service.ask(
            "tag_resource",
            deadline,
            about=path,
            SecretId=secret_id,
            Tags=[{"Key": OWNER_TAG, "Value": OWNER_VALUE}],
        )
        return True
