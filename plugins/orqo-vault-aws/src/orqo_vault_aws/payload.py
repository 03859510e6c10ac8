"""Fields and what the service stores of them: a JSON object, a plain text, or bytes.

Reading: a JSON string is that text; ``null`` is no field; a number, boolean, list or object is the JSON text that
stands there, to the character. Writing keeps the shape that is there: text stays text, bytes stay bytes, and a
number that was not changed stays a number.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orqo_vault.errors import BackendError, CorruptSecretError
from orqo_vault.secret import Secret

ONLY = "value"
"""The field of a secret that is not a JSON object."""
LIMIT = 65_536  # bytes, the service's own
_SPACE = re.compile(r"[ \t\n\r]*")


def _no_number(constant: str) -> None:
    """Refuse NaN and Infinity: Python reads them as JSON, and nobody else does."""
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_no_number)


@dataclass(frozen=True, repr=False)
class Payload:
    """What the service holds of one version. It shows nothing of it."""

    text: str | None = None
    binary: bytes | None = None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Payload:
        """Take the payload out of an answer of the service."""
        return cls(text=answer.get("SecretString"), binary=answer.get("SecretBinary"))

    def parameters(self) -> dict[str, Any]:
        """Return the payload as the service takes it."""
        return {"SecretString": self.text} if self.binary is None else {"SecretBinary": self.binary}

    @property
    def size(self) -> int:
        return len(self.binary if self.binary is not None else (self.text or "").encode())


def decode(payload: Payload, form: str, path: str) -> Secret:
    """Return the fields of a payload, read as ``form`` (see :class:`AwsReference`)."""
    if payload.text is None and payload.binary is None:
        raise CorruptSecretError(f"{path!r} came without a value", paths=[path])
    if payload.binary is not None:
        if form == "text":
            raise CorruptSecretError(f"{path!r} holds bytes and not text", paths=[path], hint="say format: binary")
        return Secret({ONLY: base64.b64encode(payload.binary).decode()})
    if form == "binary":
        raise CorruptSecretError(f"{path!r} holds text and not bytes", paths=[path], hint="leave format: out")
    text = payload.text or ""  # an empty text is a value too
    fields = _fields(text, path) if form == "auto" else None
    if fields is None:
        return Secret({ONLY: text})
    return Secret({name: _as_text(raw) for name, raw in fields.items() if raw != "null"})


def encode(secret: Secret, form: str, before: Payload | None, path: str) -> Payload:
    """Return the payload to store in place of ``before`` (None: nothing was there)."""
    if form == "binary" or (before is not None and before.binary is not None):
        payload = Payload(binary=_bytes(_only(secret, path), path))
    elif form == "text":
        payload = Payload(text=_only(secret, path))
    else:
        payload = _object(secret, before, path)
    if payload.size > LIMIT:
        raise BackendError(
            f"{path!r} would be {payload.size} bytes: the service stores {LIMIT} at most",
            paths=[path],
            hint="keep what is so large elsewhere, or in several credentials",
        )
    return payload


def _object(secret: Secret, before: Payload | None, path: str) -> Payload:
    there = _fields(before.text or "", path) if before is not None else {}
    if there is None:
        return Payload(text=_only(secret, path))  # others read it as plain text
    values = secret.reveal()
    kept = {name: raw for name, raw in there.items() if raw == "null" and name not in values}
    written = {name: _unchanged(there.get(name), value) for name, value in values.items()}
    return Payload(text="{" + ",".join(f"{_quoted(name)}:{raw}" for name, raw in {**kept, **written}.items()) + "}")


def _unchanged(raw: str | None, value: str) -> str:
    return raw if raw is not None and raw != "null" and _as_text(raw) == value else _quoted(value)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    try:
        quoted.encode()
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8: as an escape it survives
        return json.dumps(text)
    return quoted


def _as_text(raw: str) -> str:
    return str(_DECODER.decode(raw)) if raw.startswith('"') else raw


def _fields(text: str, path: str) -> dict[str, str] | None:
    """Return name → the JSON text of its value; None when the text is not a JSON object."""
    position = _skip(text, 0)
    if not text.startswith("{", position):
        return None
    try:
        return _scan(text, position + 1, path)
    except (ValueError, IndexError):
        return None
    except RecursionError:
        raise CorruptSecretError(f"{path!r} holds JSON that is nested too deep", paths=[path]) from None


def _scan(text: str, position: int, path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position = _skip(text, position)
    while text[position] != "}" or found:
        name, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if not isinstance(name, str) or text[position] != ":":
            raise ValueError("no name")
        start = _skip(text, position + 1)
        _, end = _DECODER.raw_decode(text, start)
        if name in found:
            raise CorruptSecretError(f"{path!r} holds JSON that has one field twice", paths=[path])
        found[name] = text[start:end]
        position = _skip(text, end)
        if text[position] == "}":
            break
        if text[position] != ",":
            raise ValueError("no comma")
        position = _skip(text, position + 1)
    if _skip(text, position + 1) != len(text):
        raise ValueError("more after the object")
    return found


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found is not None else position


def _only(secret: Secret, path: str) -> str:
    if list(secret) != [ONLY]:
        raise BackendError(
            f"{path!r} holds one text or one row of bytes: it can only have the field {ONLY!r}",
            paths=[path],
            hint=f"map the field to it: fields: {{<field>: {ONLY}}}",
        )
    return secret[ONLY].reveal()


def _bytes(text: str, path: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BackendError(f"{path!r} holds bytes: its value must be base64 text", paths=[path]) from None
