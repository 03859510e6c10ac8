"""What a login may use: the server, the files and variables the settings name, and the rule for ambient logins."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orqo_vault.backend import BackendContext, Deadline
from orqo_vault.errors import AccessDeniedError, BackendError, SettingsError
from orqo_vault.secret import SecretValue
from orqo_vault_hashicorp.address import may_send_ambient_login, variable
from orqo_vault_hashicorp.auth.method import AuthMethod
from orqo_vault_hashicorp.auth.refused import refused
from orqo_vault_hashicorp.call import Answer, Call
from orqo_vault_hashicorp.errors import failure
from orqo_vault_hashicorp.files import located
from orqo_vault_hashicorp.json_text import parse
from orqo_vault_hashicorp.retrying import send
from orqo_vault_hashicorp.tokens import Token
from orqo_vault_hashicorp.transport import Transport

LONGEST = 64 * 1024


class Desk:
    """One login at one server."""

    def __init__(
        self,
        context: BackendContext,
        transport: Transport,
        namespace: str | None,
        kept: dict[str, SecretValue],
        deadline: Deadline,
    ) -> None:
        self.context = context
        self.transport = transport
        self.kept = kept
        """What can be had only once and a later login needs; lives as long as the session."""
        self.deadline = deadline
        self._namespace = namespace

    def login(self, method: AuthMethod, payload: Mapping[str, Any]) -> Token:
        """Exchange ``payload`` for a token at the method's login path."""
        call = Call("POST", method.login_path, body=dict(payload), namespace=method.namespace)
        answer = self._sent(call, None)
        refusal = refused(self.context.name, method, answer) or failure(self.context.name, call, answer)
        if refusal is not None:
            raise refusal
        try:
            return Token.of_login(parse(answer.body)["auth"])
        except (KeyError, TypeError, ValueError, AttributeError):
            pass  # raised below: this one's context would hold the answer, and so the token
        raise BackendError(f"backend {self.context.name!r}: {call.path} answers without a token")

    def given(self, token: SecretValue) -> Token:
        """Return the token of somebody else's login."""
        return Token(token)

    def call(self, call: Call, token: SecretValue | None = None) -> Any:
        """Return the parsed answer of a call that some logins need on the way."""
        answer = self._sent(call, token)
        problem = failure(self.context.name, call, answer)
        if problem is not None:
            raise problem
        try:
            return parse(answer.body)
        except ValueError:
            raise BackendError(f"backend {self.context.name!r}: {call.path} answers with something else") from None

    def secret(self, what: str, *, file: str | None, env: str | None) -> SecretValue:
        """Return the login material that the settings say is in a file or in a variable, read anew each time."""
        if file is not None:
            return self.file(what, file)
        if env is None:
            raise SettingsError(f"backend {self.context.name!r}: auth names neither a file nor a variable for {what}")
        value = self.context.environ.get(env, "").strip()
        if not value:
            raise AccessDeniedError(f"backend {self.context.name!r}: {what}: the variable {env} is not set")
        self.require_ambient_allowed(f"{what} in {env}", variable(self.context.environ, "ADDR"))
        return SecretValue(value)

    def file(self, what: str, name: str) -> SecretValue:
        """Return the one word that the file holds. Anything else is not a login, and is not sent anywhere."""
        path = self.path(name)
        where = f"backend {self.context.name!r}: {what}: {path}"
        try:
            with open(path, "rb") as opened:
                if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                    raise AccessDeniedError(f"{where}: is not a regular file")
                content = opened.read(LONGEST + 1)
        except OSError as error:
            raise AccessDeniedError(f"{where}: cannot be read: {error.strerror}") from None
        word = content.strip()
        if not word or len(content) > LONGEST or not all(33 <= byte <= 126 for byte in word):
            raise AccessDeniedError(f"{where}: does not hold exactly one token or secret")
        return SecretValue(word.decode("ascii"))

    def path(self, name: str) -> Path:
        """Return where a file that the settings name is."""
        return located(self.context, name)

    def require_ambient_allowed(self, what: str, home: str | None) -> None:
        """Raise unless a login found in the environment may go to this server."""
        address = self.transport.address
        if not may_send_ambient_login(self.context, address, home):
            raise AccessDeniedError(
                f"backend {self.context.name!r}: {what} is not sent to {address}: the environment does not name it",
                hint=f"set VAULT_ADDR={address}, or allow the host in your own configuration file",
            )

    def _sent(self, call: Call, token: SecretValue | None) -> Answer:
        headers = {"X-Vault-Request": "true"}
        namespace = call.namespace or self._namespace
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        if token is not None:
            headers["X-Vault-Token"] = token.reveal()
        return send(self.context.name, self.transport, call, headers, self.deadline)
