"""Validated settings as bytes, in a form of which a run decodes only the credentials it needs.

The first line is JSON with everything but the credentials. Each line after it is one credential: its id, a tab, the
declaration as JSON, a tab, its fields and their variables as JSON. JSON writes tabs and line ends as escapes, so an
id is found by searching for its bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from orqo_vault.credential import BoundField, Category, Credential, Mode
from orqo_vault.settings.model import BackendDeclaration, Run, Settings
from orqo_vault.settings.sources import editable_sources, unchanged

if TYPE_CHECKING:
    from orqo_vault.llm import LLMConfig

FORMAT: Final = 6

FEW = 64


def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


CREDENTIAL: Final = _names(Credential)
FIELD: Final = _names(BoundField)

T = TypeVar("T")


def encode(settings: Settings, key: str) -> bytes:
    """Return the bytes of ``settings``; ``key`` is part of them, so that they cannot stand under another one."""
    credential_row, field_row = attrgetter(*CREDENTIAL), attrgetter(*FIELD)
    lines = [
        f"\n{id}\t{_json(credential_row(credential))}\t{_json([*map(field_row, settings.contracts[id])])}"
        for id, credential in settings.credentials.items()
    ]
    body = "".join(lines).encode()
    head = {
        "key": key,
        "body": hashlib.sha256(body).hexdigest(),
        "sources": editable_sources(_packages(settings)),
        "base_dir": str(settings.base_dir),
        "files": [str(file) for file in settings.files],
        "profile": settings.profile,
        "organization": settings.organization,
        "default_backend": settings.default_backend,
        "backends": [_row(backend) for backend in settings.backends.values()],
        "llm": [_row(each) for each in settings.llm.values()],
        "runs": [_row(run) for run in settings.runs.values()],
        "warnings": settings.warnings,
    }
    return _json(head).encode() + body


def decode(content: bytes, key: str) -> Settings | None:
    """Return the settings in ``content``, None unless it is what :func:`encode` made for this ``key``."""
    start = content.find(b"\n")
    head, body = (content, b"") if start < 0 else (content[:start], content[start:])
    try:
        said = json.loads(head)
        is_whole = said["key"] == key and said["body"] == hashlib.sha256(body).hexdigest()
        return _settings(said, body) if is_whole and unchanged(said["sources"]) else None
    except Exception:  # whatever is wrong with it, it is a cache: the settings are read again
        return None


def _settings(said: dict[str, Any], body: bytes) -> Settings:
    return Settings(
        base_dir=Path(said["base_dir"]),
        files=tuple(Path(file) for file in said["files"]),
        profile=said["profile"],
        organization=said["organization"],
        default_backend=said["default_backend"],
        backends={
            each["name"]: _with_tuples(BackendDeclaration, each, "bootstrap_variables") for each in said["backends"]
        },
        credentials=DecodedOnUse(body, _credential),
        contracts=DecodedOnUse(body, _contract),
        llm=_llm(said["llm"]),
        runs={each["name"]: _with_tuples(Run, each, *each) for each in said["runs"]},
        warnings=tuple(said["warnings"]),
    )


def _llm(said: list[dict[str, Any]]) -> dict[str, LLMConfig]:
    if not said:
        return {}
    from orqo_vault.llm import LLMConfig  # a run of a project without them does not pay for it

    return {each["name"]: LLMConfig(**each) for each in said}


class DecodedOnUse(Mapping[str, T], Generic[T]):
    """Id → what is made from its line, when it is first asked for. In the order of the file."""

    def __init__(self, body: bytes, decode_line: Callable[[bytes], T]) -> None:
        self._body = body
        self._decode_line = decode_line
        self._decoded: dict[str, T] = {}
        self._lines: dict[str, bytes] | None = None

    def __getitem__(self, id: str) -> T:
        found = self._decoded.get(id)
        if found is None:
            found = self._decoded[id] = self._decode_line(self._line(id))
        return found

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and (id in self._decoded or self._start(id) >= 0)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index())

    def __len__(self) -> int:
        return self._body.count(b"\n")

    def __repr__(self) -> str:
        return repr(dict(self))

    def _line(self, id: str) -> bytes:
        # A search costs as much as the file is long: right for the few of a run, wrong for all of them.
        if self._lines is not None or len(self._decoded) > FEW:
            return self._index()[id]
        start = self._start(id)
        if start < 0:
            raise KeyError(id)
        end = self._body.find(b"\n", start + 1)
        return self._body[start + 1 : end if end >= 0 else None]

    def _start(self, id: str) -> int:
        # No id has a tab or a line end in it, so nothing else than a whole id is found.
        return -1 if "\t" in id or "\n" in id else self._body.find(f"\n{id}\t".encode())

    def _index(self) -> dict[str, bytes]:
        if self._lines is None:
            lines = self._body.split(b"\n")[1:]
            self._lines = {line[: line.index(b"\t")].decode(): line for line in lines}
        return self._lines


def _credential(line: bytes) -> Credential:
    said = dict(zip(CREDENTIAL, json.loads(line.split(b"\t")[1]), strict=True))
    said["category"] = Category(said["category"])
    said["mode"] = Mode(said["mode"])
    if said["expires_at"] is not None:
        said["expires_at"] = datetime.fromisoformat(said["expires_at"])
    said["custom_fields"] = tuple(said["custom_fields"])
    said["env"] = {field: tuple(variables) for field, variables in said["env"].items()}
    return Credential(**said)


def _contract(line: bytes) -> tuple[BoundField, ...]:
    rows = json.loads(line.split(b"\t")[2])
    return tuple(_with_tuples(BoundField, dict(zip(FIELD, row, strict=True)), "variables") for row in rows)


def _with_tuples(cls: Callable[..., T], said: dict[str, Any], *names: str) -> T:
    """Return ``cls(**said)``, with those of the named values that are lists as tuples again."""
    tuples = {name: tuple(said[name]) for name in names if isinstance(said[name], list)}
    return cls(**{**said, **tuples})


def _row(declared: Any) -> dict[str, Any]:
    return {name: getattr(declared, name) for name in _names(type(declared))}


def _packages(settings: Settings) -> set[str]:
    return {backend.class_path.partition(".")[0] for backend in settings.backends.values() if backend.class_path}


_json = json.JSONEncoder(separators=(",", ":"), default=datetime.isoformat).encode
