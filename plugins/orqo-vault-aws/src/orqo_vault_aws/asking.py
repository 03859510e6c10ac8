"""Asks the service one thing, again while that may help and there is time.

The retries are ours because the SDK's know no deadline; which failures may be retried is said by the error's class.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orqo_vault.backend import Deadline
from orqo_vault.errors import BackendUnavailableError, TokenExpiredError
from orqo_vault_aws.alongside import all_of

if TYPE_CHECKING:
    from orqo_vault_aws.connection import Connection

ATTEMPTS = 4
BASE_SECONDS, LONGEST_SECONDS = 0.1, 2.0

READS = frozenset({"get_secret_value", "batch_get_secret_value", "describe_secret", "list_secrets"})
ALWAYS_THERE = {
    "get_secret_value": "VersionId",
    "describe_secret": "ARN",
    "list_secrets": "SecretList",
    "create_secret": "VersionId",
    "put_secret_value": "VersionId",
    "update_secret_version_stage": "ARN",
    "delete_secret": "ARN",
    "restore_secret": "ARN",
}
"""Operation → what its answer always has: to the SDK a page of HTML is an answer without anything in it."""


class Said(Exception):  # noqa: N818  # an answer and not a failure: it never leaves the plugin
    """The service answered with a code that the caller expects and deals with."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Service:
    """The operations of Secrets Manager, by their names in the SDK."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def ask(
        self, operation: str, deadline: Deadline, *, about: str, expected: Sequence[str] = (), **parameters: Any
    ) -> Any:
        """Return the answer. ``about`` is the path for messages; a code in ``expected`` raises :class:`Said`."""

        def call() -> Any:
            return self.answer(operation, deadline, about=about, expected=expected, **parameters)

        hint = "try again" if operation in READS else "it may have been done all the same: look before you repeat it"
        return all_of([call], deadline, self.doing(about), hint=hint)[0]

    def answer(
        self, operation: str, deadline: Deadline, *, about: str, expected: Sequence[str] = (), **parameters: Any
    ) -> Any:
        """Ask in this thread, which must be one that can be left behind (see ``alongside.py``)."""
        may_log_in_again = True
        for attempt in range(ATTEMPTS):
            try:
                return self._once(operation, deadline, about, expected, parameters, may_log_in_again)
            except TokenExpiredError:
                if not may_log_in_again:
                    raise
                may_log_in_again = False
                continue
            except BackendUnavailableError:
                pause = _pause(attempt)
                if attempt + 1 == ATTEMPTS or deadline.remaining() <= pause:
                    raise
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def doing(self, about: str) -> str:
        """Return the beginning of every message about that path."""
        return f"backend {self._name!r}: {about!r}" if about else f"backend {self._name!r}"

    def _once(
        self,
        operation: str,
        deadline: Deadline,
        about: str,
        expected: Sequence[str],
        parameters: dict[str, Any],
        may_log_in_again: bool,
    ) -> Any:
        from orqo_vault_aws.quiet import our_request
        from orqo_vault_aws.translation import code_of, garbled, translated
        from orqo_vault_aws.transport import ENDS

        client: Any = None
        ends = ENDS.set(deadline)
        try:
            with our_request():
                client = self._connection.client()
                answer = getattr(client, operation)(**parameters)
        except Exception as error:
            if code_of(error) in expected:
                raise Said(code_of(error)) from None
            ours = translated(error, self.doing(about), [about] if about else [])
            if isinstance(ours, TokenExpiredError) and may_log_in_again:
                # A profile or a token file may have been renewed by its owner since the client was made.
                self._connection.log_in_again(client)
            raise ours from None
        finally:
            ENDS.reset(ends)
        if ALWAYS_THERE.get(operation, "ResponseMetadata") not in answer:
            raise garbled(self.doing(about), [about] if about else [])
        return answer


def _pause(attempt: int) -> float:
    """Return seconds with full jitter: clients that were turned away together do not come back together."""
    from random import uniform

    return uniform(0, min(LONGEST_SECONDS, BASE_SECONDS * 2**attempt))  # noqa: S311  # no secret comes of it
