"""BatchGetSecretValue: twenty secrets a call, and an answer that is HTTP 200 also when secrets were refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendUnavailableError, OrqoVaultError
from orqo_vault_aws.asking import Said, Service
from orqo_vault_aws.description import ABSENT

if TYPE_CHECKING:
    from orqo_vault.backend import BackendContext

MOST = 20  # the service's own limit

DENIED = "AccessDeniedException"
Answer = dict[str, Any]


class Batches:
    """Asks in batches until IAM denies one; from then on ``allowed`` is False for the life of the backend."""

    def __init__(self, service: Service, context: BackendContext, *, allowed: bool) -> None:
        self._service = service
        self._context = context
        self._lock = Lock()
        self.wanted = self.allowed = allowed

    def ask(
        self, secret_ids: Sequence[str], names: Mapping[str, str], deadline: Deadline
    ) -> dict[str, Answer | OrqoVaultError | None]:
        """Return secret id → its answer, None where there is no such secret, or the error that it got.

        An id that is left out must be asked for alone: the batch was denied, the service failed on this item, or it
        said nothing about it. Silence is not absence.
        """
        found: dict[str, Answer | OrqoVaultError | None] = {}
        more: dict[str, str] = {}
        while True:
            try:
                page = self._service.answer(
                    "batch_get_secret_value",
                    deadline,
                    about="",
                    expected=[DENIED],
                    SecretIdList=list(secret_ids),
                    **more,
                )
            except Said:
                self._denied()
                return {}
            for answer in page.get("SecretValues", ()):
                if "VersionId" in answer:
                    found.update({asked: answer for asked in secret_ids if _is_for(answer, asked)})
            found.update(self._failed(page.get("Errors", ()), names))
            token = page.get("NextToken")
            if not token or more.get("NextToken") == token:
                return found
            more = {"NextToken": token}

    def _failed(
        self, errors: Sequence[Mapping[str, str]], names: Mapping[str, str]
    ) -> dict[str, OrqoVaultError | None]:
        from orqo_vault_aws.translation import refused

        failed: dict[str, OrqoVaultError | None] = {}
        for item in errors:
            secret_id, code = item.get("SecretId", ""), item.get("ErrorCode", "")
            if secret_id not in names:
                continue
            if code == ABSENT:
                failed[secret_id] = None
                continue
            path = names[secret_id]
            error = refused(code, item.get("Message", ""), 0, self._service.doing(path), [path])
            if not isinstance(error, BackendUnavailableError):
                failed[secret_id] = error
        return failed

    def _denied(self) -> None:
        with self._lock:
            first, self.allowed = self.allowed, False
        if first:
            self._context.notify(
                f"backend {self._context.name!r}: IAM denies secretsmanager:BatchGetSecretValue, so each secret "
                'is read with a call of its own; allow it on Resource "*", or say batch: false'
            )


def _is_for(answer: Mapping[str, Any], asked: str) -> bool:
    # An ARN may be asked for without the six random characters at its end.
    arn = answer.get("ARN", "")
    return asked in (answer.get("Name"), arn, arn.rpartition("-")[0])
