"""Files that hold variables in plain text, one module a kind; each holds ``SOURCE``, an instance of :class:`Source`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from orqo_vault.credential import Category
from orqo_vault.exchange.rooms import module_in, names_in
from orqo_vault.secret import SecretValue

NO_NAME = "has no variable's name: only A-Z, 0-9 and _, and no digit first"
"""Such a name is never quoted, its line is: what looks like a name may be a piece of a value that got out of quotes."""


class Place(NamedTuple):
    """Where a variable stands: its name, and the group (a server of an MCP file) whose own it is."""

    group: str
    name: str

    def __str__(self) -> str:
        return f"{self.group}: {self.name}" if self.group else self.name


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not imported, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source says: its variables in their order, and what in it is no variable with a value."""

    found: Mapping[Place, SecretValue]
    left_out: tuple[LeftOut, ...] = ()


class Moved(NamedTuple):
    """Where a variable's value is kept now."""

    credential: str
    field: str


class Source(ABC):
    """A kind of file. Reading raises ``ValueError`` with a reason that quotes nothing."""

    about: ClassVar[str]
    category: ClassVar[Category] = Category.RUNTIME
    """What its variables are for, where their names do not say."""

    @abstractmethod
    def read(self, text: str) -> Reading:
        """Return the variables."""

    @abstractmethod
    def replaced(self, text: str, moved: Mapping[Place, Moved], run: Sequence[str]) -> str:
        """Return the text with these values gone and references in their place; the rest keeps its bytes.

        ``run`` is the command line, up to ``run``, that starts a command with credentials.
        """


def source_names() -> tuple[str, ...]:
    """Return the names of all kinds."""
    return names_in(__path__)


def get_source(name: str) -> Source:
    """Return the kind of that name, one of :func:`source_names`."""
    found: Source = module_in(__name__, name).SOURCE
    return found
