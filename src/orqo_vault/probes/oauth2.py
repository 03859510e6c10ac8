"""Tests an OAuth 2.0 client at its token endpoint, or the access token it holds.

By default the client asks for a token of its own (``client_credentials``): nothing that is stored changes by that. A
refresh token is tried only where ``test: {grant: refresh_token}`` asks for it, because many servers replace it, and
void the old one, each time it is used; the new one is then handed back to be stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

from orqo_vault.probes.contract import Answer, Outcome, StoppedError, Subject
from orqo_vault.probes.headers import basic, declared_header
from orqo_vault.probes.http_exchange import Reply, Request, exchange
from orqo_vault.probes.judging import judged, parsed
from orqo_vault.secret import SecretValue

WRONG_GRANT = "unauthorized_client", "unsupported_grant_type", "invalid_scope"
"""RFC 6749, 5.2: said to a client whose login was right, about what it asked for."""


def probe_oauth2(subject: Subject) -> Answer:
    """Test a client as its ``test:`` says."""
    test = subject.credential.test
    if "url" in test:
        headers = declared_header(test, subject.plain("access_token"))
        reply = exchange(Request(test["url"], test.get("method", "GET"), headers), subject)
        return judged(reply, subject.secrets(), expected=test.get("expect"))
    if not subject.has("token_url"):
        raise StoppedError(Answer(Outcome.NOT_TESTABLE, "there is no token_url; or declare test: {url: https://…}"))
    if test.get("grant") == "refresh_token":
        return _refresh(subject)
    if not subject.has("client_secret"):
        how = "test: {url: …} tests the access token, test: {grant: refresh_token} the refresh token"
        raise StoppedError(Answer(Outcome.NOT_TESTABLE, f"a client without a secret has nothing to prove; {how}"))
    return _client_credentials(subject)


def _client_credentials(subject: Subject) -> Answer:
    reply = _ask(subject, {"grant_type": "client_credentials"})
    body = parsed(reply.body)
    error = body.get("error") if isinstance(body, dict) else None
    if reply.status // 100 == 4 and error in WRONG_GRANT:
        return Answer(Outcome.OK, f"the client is known; it may not ask for a token of its own ({error})", reply.status)
    return _judged_token(subject, reply, body)


def _refresh(subject: Subject) -> Answer:
    if not subject.may_store:
        reason = "its backend is read_only: a refresh token that the server replaces would be lost"
        raise StoppedError(Answer(Outcome.REFUSED, reason))
    reply = _ask(subject, {"grant_type": "refresh_token", "refresh_token": subject.plain("refresh_token")})
    body = parsed(reply.body)
    answer = _judged_token(subject, reply, body)
    if answer.outcome is not Outcome.OK:
        return answer
    return Answer(answer.outcome, answer.reason, answer.status, _rotated(subject, body))


def _rotated(subject: Subject, body: Mapping[str, Any]) -> dict[str, SecretValue]:
    """Return what has to be stored: all that belongs together when the refresh token was replaced, else nothing."""
    replaced = body.get("refresh_token")
    if not isinstance(replaced, str) or not replaced or replaced == subject.plain("refresh_token"):
        return {}
    changed = {"refresh_token": replaced}
    if subject.has("access_token"):
        changed["access_token"] = body["access_token"]
    seconds = body.get("expires_in")
    if subject.has("expires_at") and isinstance(seconds, int):
        end = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
        changed["expires_at"] = end.isoformat().replace("+00:00", "Z")
    return {name: SecretValue(value) for name, value in changed.items()}


def _judged_token(subject: Subject, reply: Reply, body: Any) -> Answer:
    answer = judged(reply, subject.secrets())
    token = body.get("access_token") if isinstance(body, dict) else None
    if answer.outcome is Outcome.OK and not (isinstance(token, str) and token):
        return Answer(Outcome.FAILING, f"{reply.status}: an answer without an access token", reply.status)
    return answer


def _ask(subject: Subject, form: dict[str, str]) -> Reply:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    client_id = subject.plain("client_id")
    if subject.has("client_secret"):
        # RFC 6749, 2.3.1: both parts are form-encoded first, so that a colon in one is none between them.
        headers["Authorization"] = basic(quote_plus(client_id), quote_plus(subject.plain("client_secret")))
    else:
        form["client_id"] = client_id
    if subject.has("scope"):
        form["scope"] = subject.plain("scope")
    return exchange(Request(subject.destination("token_url"), "POST", headers, urlencode(form).encode()), subject)
