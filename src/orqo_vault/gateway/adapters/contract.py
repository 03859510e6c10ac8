"""What an adapter declares: one path, the fields it lets through, the headers, and how usage is read."""

from __future__ import annotations

import contextlib
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from orqo_vault.credits import Tokens
from orqo_vault.gateway.adapters.checks import Check
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.refusals import RefusedError

_ANOTHER_FORM = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was checked, as it will be forwarded."""

    model: str
    body: Mapping[str, Any]
    stream: bool
    most_output: int
    """Tokens of one answer; what the body says, and what is held for."""
    answers: int = 1
    media: int = 0
    """Images and documents, whose tokens do not show in the length of the body."""
    usage_wanted: bool = True
    """Whether the caller asked for the usage that a stream reports."""


class Meter(ABC):
    """Reads what one answer used, from the events that are there for it and from nothing else."""

    worth_reading: ClassVar[re.Pattern[bytes]]
    """Found in every event that may report usage; the others are passed on unread."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.tokens: Tokens | None = None
        """What was used, once it is known in full."""

    def note_whole(self, answer: Mapping[str, Any]) -> None:
        """Read an answer that came in one piece. Usage of a form that is not known counts as not seen."""
        with contextlib.suppress(*_ANOTHER_FORM):
            self.read_whole(answer)

    def note_event(self, event: Mapping[str, Any]) -> bool:
        """Read an event, likewise; return whether the caller is to see it."""
        try:
            return self.read_event(event)
        except _ANOTHER_FORM:
            return True

    @abstractmethod
    def read_whole(self, answer: Mapping[str, Any]) -> None:
        """Take note of an answer that came in one piece."""

    @abstractmethod
    def read_event(self, event: Mapping[str, Any]) -> bool:
        """Take note of an event of a stream; return whether the caller is to see it."""


class Adapter(ABC):
    """One provider's one wire format. It keeps nothing between requests."""

    provider: ClassVar[str]
    base: ClassVar[str]
    """The path that a client's base URL ends in."""
    path: ClassVar[str]
    """What is served, as a whole path."""
    upstream_path: ClassVar[str]
    fields: ClassVar[Mapping[str, Check]]
    """Every field that is forwarded → its check, which returns the value or raises ValueError saying what is wrong."""
    refused: ClassVar[Mapping[str, str]]
    """Fields that are known and refused → why. All others are refused because they are unknown."""
    key_header: ClassVar[tuple[str, str]]
    """The header that carries the key, and what stands before it."""
    meter: ClassVar[type[Meter]]
    media_tokens: ClassVar[int]
    """What an image or a document is taken for in an estimate."""

    def asked(self, body: Mapping[str, Any], limits: Limits) -> Asked:
        """Return what will be forwarded of a body, or refuse it."""
        checked: dict[str, Any] = {}
        for name, value in body.items():
            if name in self.refused:
                raise _refused(name, self.refused[name])
            if name not in self.fields:
                raise _refused(name, "is not known to this gateway")
            try:
                checked[name] = self.fields[name](value)
            except ValueError as error:
                raise _refused(name, str(error)) from None
        for name in ("model", "messages"):
            if name not in checked:
                raise _refused(name, "is missing")
        return self.bounded(checked, limits)

    @abstractmethod
    def bounded(self, body: dict[str, Any], limits: Limits) -> Asked:
        """Return the body with its output bounded and its usage asked for."""

    def passed(self, sent: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of the caller's that go on; none, unless a provider needs one. All others are left out."""
        return {}

    @abstractmethod
    def error(self, refused: RefusedError, reference: str) -> dict[str, Any]:
        """Return the body of an error as this provider's clients read it."""

    @abstractmethod
    def error_event(self, refused: RefusedError, reference: str) -> bytes:
        """Return the same for a stream that has begun."""


def _refused(name: str, why: str) -> RefusedError:
    shown = name if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name, re.ASCII) else "?"
    return RefusedError(400, "refused_field", f"the field {shown} is refused: {why}", facts={"param": shown})
