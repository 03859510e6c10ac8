"""hvac's API classes over our own session: its knowledge of paths and payloads, without its requests layer.

hvac's own adapters follow redirects with the token, send ~/.netrc, outlast their timeout under a slow server, and
know no 412, 472 or 473. Reads and logins do not come here: importing hvac costs more than a whole run.
"""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import unquote

from hvac.adapters import Adapter  # type: ignore[import-untyped]  # hvac ships no types

from orqo_vault.backend import Deadline
from orqo_vault_hashicorp.call import Call
from orqo_vault_hashicorp.json_text import parse
from orqo_vault_hashicorp.kv import not_vaults
from orqo_vault_hashicorp.session import Session


class SessionAdapter(Adapter):  # type: ignore[misc]  # hvac ships no types
    """Sends what an hvac API class asks for through a session, by a deadline. Raises our errors, never hvac's.

    Returns the parsed answer, ``{}`` for one without a body, and None for "not found".
    """

    def __init__(self, session: Session, deadline: Deadline) -> None:  # not super's: that opens a requests session
        self._session = session
        self._deadline = deadline

    def request(
        self, method: str, url: str, headers: Any = None, raise_exception: bool = True, **named: Any
    ) -> dict[str, Any] | None:
        verb = method.upper()
        query = tuple((str(name), str(value)) for name, value in (named.get("params") or {}).items())
        call = Call(
            verb,
            unquote(url).removeprefix("/v1/"),
            body=named.get("json"),
            query=query,
            repeatable=verb in ("GET", "LIST"),
        )
        answer = self._session.call(call, self._deadline)
        if answer.status == 404:
            return None
        if not answer.body:
            return {}
        try:
            parsed = parse(answer.body)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise not_vaults(self._session.name, call.path)
        return parsed

    def get_login_token(self, response: Any) -> NoReturn:
        raise TypeError("logins go through auth/")
