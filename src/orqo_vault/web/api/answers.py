"""How the API answers: plain data as JSON, with the revision as ETag, and If-Match read back."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from orqo_vault.web.failures import Refusal
from orqo_vault.web.site import Visit


def answer(content: Any, *, status: int = 200, revision: str | None = None) -> Response:
    """Return the content, a dataclass or a list of them, as JSON."""
    plain = asdict(content) if is_dataclass(content) and not isinstance(content, type) else content
    headers = {"ETag": f'"{revision}"'} if revision is not None else {}
    return JSONResponse(plain, status, headers)


def nothing() -> Response:
    """Return the answer of what was done and says nothing."""
    return Response(status_code=204)


def expected_revision(visit: Visit) -> str:
    """Return the revision that a change was made for. Without one, another's change could be lost unseen."""
    said = visit.request.headers.get("if-match", "")
    if not said:
        raise Refusal(428, "no_revision", "say what the change was made for", hint="If-Match: the ETag of the last GET")
    if len(said) < 3 or not (said[0] == said[-1] == '"'):
        raise Refusal(412, "changed_meanwhile", "that is no revision of it", hint="look at it anew, then decide")
    return said[1:-1]
