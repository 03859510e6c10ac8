"""Finds a model in its provider's list of models, with the key that would pay for it."""

from __future__ import annotations

from typing import Any

from orqo_vault.probes.contract import Answer, Outcome, StoppedError, Subject
from orqo_vault.probes.headers import with_scheme
from orqo_vault.probes.http_exchange import Request, exchange
from orqo_vault.probes.judging import judged, parsed
from orqo_vault.probes.scrubbing import scrubbed
from orqo_vault.providers import known
from orqo_vault.settings.nearest import nearest

LONGEST_LIST = 8 * 1024 * 1024


def probe_model(subject: Subject, model: str) -> Answer:
    """Ask for the list of models and tell whether ``model`` (without its provider's name) is in it."""
    credential = subject.credential
    preset = known(credential.provider)
    if preset is None or preset.models_path is None:
        about = "no provider is declared" if credential.provider is None else f"of {credential.provider!r}"
        raise StoppedError(Answer(Outcome.NOT_TESTABLE, f"no list of models is known ({about})"))
    base_url = credential.test.get("base_url", preset.base_url)
    headers = {**preset.more, preset.header: with_scheme(preset.scheme, subject.plain("token"))}
    url = f"{base_url.rstrip('/')}{preset.models_path}"
    reply = exchange(Request(url, headers=headers, limit=LONGEST_LIST), subject)
    answer = judged(reply, subject.secrets())
    if answer.outcome is not Outcome.OK:
        return answer
    names = listed(parsed(reply.body))
    if not names:
        return Answer(Outcome.FAILING, "what came is no list of models", reply.status)
    if model in names:
        return Answer(Outcome.OK, "", reply.status)
    near = nearest(model, names)
    meant = f"; did you mean {scrubbed(near, subject.secrets())}?" if near is not None else ""
    return Answer(Outcome.FAILING, f"its list of models has no {model}{meant}", reply.status)


def listed(body: Any) -> set[str]:
    """Return the names in a list of models, in the forms that providers send."""
    entries = body.get("data", body.get("models")) if isinstance(body, dict) else body
    if not isinstance(entries, list):
        return set()
    found = (each.get("id", each.get("name")) for each in entries if isinstance(each, dict))
    return {each.removeprefix("models/") for each in found if isinstance(each, str)}
