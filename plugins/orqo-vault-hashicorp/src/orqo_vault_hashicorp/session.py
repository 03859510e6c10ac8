"""Calls with a token: one login for all threads, renewed or replaced in time, and once more when it is refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from orqo_vault.backend import BackendContext, Deadline
from orqo_vault.errors import BackendUnavailableError, OrqoVaultError, TimedOutError, TokenExpiredError
from orqo_vault.secret import SecretValue
from orqo_vault_hashicorp.auth.desk import Desk
from orqo_vault_hashicorp.auth.method import AuthMethod
from orqo_vault_hashicorp.call import Answer, Call
from orqo_vault_hashicorp.errors import failure
from orqo_vault_hashicorp.json_text import parse
from orqo_vault_hashicorp.retrying import send
from orqo_vault_hashicorp.tokens import Token
from orqo_vault_hashicorp.transport import Transport

LOOKUP = Call("GET", "auth/token/lookup-self")
RENEW = Call("POST", "auth/token/renew-self", body={})
REVOKE = Call("POST", "auth/token/revoke-self", body={}, repeatable=False)

FOUND_VALID_HOLDS = 2.0
NEW_LOGIN_HOLDS = 30.0
"""Seconds in which a refusal is taken as final: 100 denied paths are 100 answers "denied" and one question, and a
login that may not even look at itself is not repeated for each of them."""


class Session:
    """One login at one server."""

    def __init__(
        self,
        context: BackendContext,
        transport: Transport,
        auth: AuthMethod,
        namespace: str | None,
        parent: Session | None = None,
    ) -> None:
        self.name = context.name
        self.transport = transport
        # After a fork the child goes on with its parent's login, which the parent will give back.
        self.token: Token | None = copy(parent.token) if parent is not None else None
        if self.token is not None:
            self.token.ours = False
        self._kept: dict[str, SecretValue] = dict(parent._kept) if parent is not None else {}
        self._context = context
        self._auth = auth
        self._namespace = namespace
        self._lock = threading.Lock()
        self._failed_login: tuple[OrqoVaultError, float] | None = None
        self._verdict: tuple[Token, float] | None = None
        self._index: str | None = None

    def call(self, call: Call, deadline: Deadline) -> Answer:
        """Return the answer of a success or of a plain "not found"; raise for everything else."""
        token = self._usable_token(deadline)
        answer = self._send(call, token, deadline)
        if answer.status in (401, 403) and self._replaced(token, deadline):
            answer = self._send(call, self._usable_token(deadline), deadline)
        problem = failure(self.name, call, answer)
        if problem is not None:
            raise problem
        return answer

    def revoke(self, deadline: Deadline) -> bool:
        """Give back a token that we created, and True; one that was given to us stays as it is."""
        with self._locked(deadline):
            token, self.token = self.token, None
            if token is None or not token.ours or not token.revocable or token.ended:
                return False
            problem = failure(self.name, REVOKE, self._send(REVOKE, token, deadline))
            if problem is not None:
                raise problem
            return True

    def _send(self, call: Call, token: Token, deadline: Deadline) -> Answer:
        headers = {"X-Vault-Request": "true", "X-Vault-Token": token.value.reveal()}
        namespace = call.namespace or self._namespace
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        if self._index is not None:
            # Read your own writes: a standby that is behind says 412, or hands the request to the active node.
            headers["X-Vault-Index"] = self._index
            headers["X-Vault-Inconsistent"] = "forward-active-node"
        answer = send(self.name, self.transport, call, headers, deadline)
        if call.verb != "GET":
            self._index = answer.headers.get("x-vault-index") or self._index
        return answer

    def _usable_token(self, deadline: Deadline) -> Token:
        asked = time.monotonic()
        with self._locked(deadline):
            if self._failed_login is not None and self._failed_login[1] > asked:
                raise copy(self._failed_login[0])  # the login that this thread has waited for
            token = self.token
            if token is not None and token.renewal_due and not token.ended:
                self._renew(token, deadline)
            if token is None or token.ended:
                token = self.token = self._login(deadline)
            token.spend()
            return token

    def _login(self, deadline: Deadline) -> Token:
        deadline.check(f"backend {self.name!r}: login")
        try:
            return self._auth.obtain(Desk(self._context, self.transport, self._namespace, self._kept, deadline))
        except TimedOutError:
            raise  # this thread's deadline; another may have more time
        except OrqoVaultError as error:
            self._failed_login = (error, time.monotonic())
            raise

    def _renew(self, token: Token, deadline: Deadline) -> None:
        """Renew, or let the token live to its end: a third of its life is left, and then comes a new login."""
        token.spend()
        try:
            answer = self._send(RENEW, token, deadline)
            problem = failure(self.name, RENEW, answer)
        except BackendUnavailableError as error:
            problem = error
        if isinstance(problem, BackendUnavailableError):
            token.postpone_renewal()
            return
        try:
            token.renewed(0.0 if problem else float(parse(answer.body)["auth"]["lease_duration"]))
        except (KeyError, TypeError, ValueError):
            token.renewed(0.0)

    def _replaced(self, refused: Token, deadline: Deadline) -> bool:
        """Find out whether the refused call is worth another try, with the token that is then in place.

        A server answers the same to a token that has ended and to one that may not. Only asking about the token
        itself tells them apart.
        """
        with self._locked(deadline):
            if self.token is not refused:
                return True  # another thread was here before
            if self._verdict is not None and self._verdict[0] is refused and time.monotonic() < self._verdict[1]:
                return False
            refused.spend()
            if not refused.used_up and self._send(LOOKUP, refused, deadline).status == 200:
                self._verdict = (refused, time.monotonic() + FOUND_VALID_HOLDS)
                return False
            replacement = self._login(deadline)
            if replacement.value == refused.value:
                raise TokenExpiredError(
                    f"backend {self.name!r}: the token is not valid any more",
                    hint="log in again (vault login, bao login), or renew what auth: names",
                )
            self.token = replacement
            self._verdict = (replacement, time.monotonic() + NEW_LOGIN_HOLDS)
            return True

    @contextmanager
    def _locked(self, deadline: Deadline) -> Iterator[None]:
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise TimedOutError(f"backend {self.name!r}: waited {deadline.seconds:g} s for another thread's login")
        try:
            yield
        finally:
            self._lock.release()
