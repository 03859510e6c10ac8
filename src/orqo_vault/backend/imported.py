"""A class attribute whose value is imported when it is first asked for.

A backend's Settings may need pydantic, and its package must import nothing heavy: the run path never asks.
"""

from __future__ import annotations

from importlib import import_module
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class ImportedOnUse(Generic[T]):
    """``Settings = ImportedOnUse[type[BackendSettings]]("my_plugin.settings", "MySettings")``."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def __get__(self, instance: object, owner: type | None = None) -> T:
        return cast("T", getattr(import_module(self.module), self.name))
