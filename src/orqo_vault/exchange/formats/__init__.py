"""The formats variables can be written in, one module each; each holds ``FORMAT``, an instance of :class:`Format`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from orqo_vault.exchange.rooms import module_in, names_in


class Plain(NamedTuple):
    """A variable with its plain value; it lives as long as a format is at work."""

    name: str
    value: str
    secret: bool


class Format(ABC):
    """What one consumer reads. It gives back every value byte for byte, or says that it cannot hold it."""

    file_variable: ClassVar[str | None] = None
    """The variable that names the file the consumer reads, where it does not read standard output."""

    def unfit(self, name: str, value: str) -> str | None:
        """Return why this variable cannot be held, in words that follow its name and quote no value; None if it can."""
        return None

    def too_much(self, variables: Sequence[Plain]) -> str | None:
        """Return why all of them together cannot be held; None if they can."""
        return None

    @abstractmethod
    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return the document. ``name`` is what it calls itself, where it does that."""

    def masks(self, variables: Sequence[Plain]) -> str:
        """Return what a CI runner has to read from standard output before anything else; mostly nothing."""
        return ""


def format_names() -> tuple[str, ...]:
    """Return the names of all formats."""
    return names_in(__path__)


def get_format(name: str) -> Format:
    """Return the format of that name, one of :func:`format_names`."""
    found: Format = module_in(__name__, name).FORMAT
    return found


def all_formats() -> Mapping[str, Format]:
    """Return every format by its name."""
    return {name: get_format(name) for name in format_names()}
