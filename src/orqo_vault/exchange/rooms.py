"""Finds the formats and the sources by the names of their modules: a new one is a new file and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def names_in(package_path: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a package's modules, sorted; none of them is imported."""
    return tuple(sorted(module.name for module in iter_modules(package_path)))


def module_in(package: str, name: str) -> ModuleType:
    """Return a module of a package; the name is one that :func:`names_in` gave."""
    return import_module(f"{package}.{name}")
