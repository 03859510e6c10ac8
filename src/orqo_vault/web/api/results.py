"""Answers that are no dataclass of the service: the shapes around lists, and small ones of the API's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orqo_vault.web.service.llm_configs import Choice, Config
from orqo_vault.web.service.places import Place


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, and what they may do."""

    name: str
    role: Literal["viewer", "editor", "admin"]
    read_only: str | None
    """Why nothing can be changed here, null where it can."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted."""

    id: str
    secret_deleted: bool


@dataclass(frozen=True, slots=True)
class Llm:
    """Every LLM config."""

    llm: list[Config]


@dataclass(frozen=True, slots=True)
class Choices:
    """The credentials that an LLM config may use."""

    credentials: list[Choice]


@dataclass(frozen=True, slots=True)
class Backends:
    """Every declared backend."""

    backends: list[Place]
