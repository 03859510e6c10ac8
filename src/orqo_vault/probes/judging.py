"""What an HTTP answer says about the credential that was sent."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from orqo_vault.probes.contract import Answer, Outcome
from orqo_vault.probes.http_exchange import Reply
from orqo_vault.probes.scrubbing import scrubbed

TOO_MANY = 429


def judged(reply: Reply, secrets: list[str], *, expected: int | None = None, says_ok: bool = False) -> Answer:
    """Return the answer; ``expected`` is the only status that is good, none named: any of 200 to 299."""
    good = reply.status == expected if expected is not None else reply.status // 100 == 2
    body = parsed(reply.body)
    if good and says_ok and not (isinstance(body, dict) and body.get("ok") is True):
        return Answer(Outcome.FAILING, _in_words(reply, body, secrets), reply.status)
    if good:
        return Answer(Outcome.OK, "", reply.status)
    if reply.status // 100 == 3:
        reason = f"{_named(reply.status)}: a redirect, which is not followed: name the final address"
        return Answer(Outcome.FAILING, reason, reply.status)
    # These say that the server could not, or would not now, look at the credential.
    unable = reply.status == TOO_MANY or reply.status // 100 == 5
    outcome = Outcome.UNREACHABLE if unable else Outcome.FAILING
    return Answer(outcome, _in_words(reply, body, secrets), reply.status)


def parsed(body: bytes) -> Any:
    """Return the JSON in an answer; None when it is something else, or was cut."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _in_words(reply: Reply, body: Any, secrets: list[str]) -> str:
    said = scrubbed(_message(body), secrets)
    return f"{_named(reply.status)}: {said}" if said else _named(reply.status)


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _message(body: Any) -> str:
    """Return what a provider says for people; pages of HTML and anything else that is not JSON say nothing."""
    if not isinstance(body, dict):
        return ""
    error = body.get("error")
    if isinstance(error, dict):
        return _message({**error, "error": error.get("status") or error.get("code")})
    said = [body.get(name) for name in ("error_description", "message", "detail", "error")]
    return next((each for each in said if isinstance(each, str) and each), "")
