"""Reads a request's body: JSON only, of bounded size, in bounded time, and validated without quoting any of it."""

from __future__ import annotations

import asyncio
import json
from math import isfinite
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from orqo_vault.web.failures import Refusal
from orqo_vault.web.limits import BODY_BYTES, BODY_SECONDS

DEEPEST = 20

Model = TypeVar("Model", bound=BaseModel)


async def read_body(request: Request, model: type[Model]) -> Model:
    """Return the body as ``model``; raise :class:`~orqo_vault.web.failures.Refusal` for anything else."""
    return validated(model, _parsed(await _bytes(request)))


def validated(model: type[Model], data: Any) -> Model:
    """Return ``data`` as ``model``, or refuse it, saying which parts are wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # Its inputs and contexts may be secrets, and so may a key that is none of ours.
        wrong = error.errors(include_url=False, include_input=False, include_context=False)
    said = [{"path": _known_path(each["loc"], model), "problem": _problem(each)} for each in wrong]
    raise Refusal(422, "invalid", "the request is not what it should be", problems=said)


def _problem(each: Any) -> str:
    return "is not a known key" if each["type"] == "extra_forbidden" else str(each["msg"]).lower()


def _known_path(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Return the place of a problem by its first key; what is below may be the sender's own words."""
    first = str(location[0]) if location else ""
    return first if first in model.model_fields else ""


async def _bytes(request: Request) -> bytes:
    chunks, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > BODY_BYTES:
                    raise Refusal(413, "too_large", f"the body is larger than {BODY_BYTES // 1024} KiB")
                chunks.append(chunk)
    except TimeoutError:
        raise Refusal(408, "too_slow", "the body did not arrive in time") from None
    except ClientDisconnect:
        raise Refusal(400, "disconnected", "the sender went away") from None
    return b"".join(chunks)


def _parsed(content: bytes) -> Any:
    try:
        data = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        _refuse_odd(data)
    except (ValueError, RecursionError):
        raise Refusal(400, "not_json", "the body is not JSON in UTF-8") from None
    return data


def _refuse_odd(data: Any) -> None:
    """Raise ValueError for what JSON can say and nobody means: half characters, endless numbers, deep nesting."""
    level = [data]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below += [*each, *each.values()]
            elif isinstance(each, list):
                below += each
            elif isinstance(each, str):
                each.encode()
            elif isinstance(each, float) and not isfinite(each):
                raise ValueError
        level = below
    if level:
        raise ValueError


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; a key that is there twice would mean two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_: str) -> Any:
    raise ValueError
