"""A project of its own for each test, and a backend that is installed for one test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orqo_vault import plugins
from tests.settings.project import Project

PLUGIN = '''
from __future__ import annotations
from dataclasses import dataclass
from typing import Any, Literal
from orqo_vault.backend import Backend, BackendReference, BackendSettings
from orqo_vault.markers import hookimpl

@dataclass(frozen=True, kw_only=True)
class Settings(BackendSettings):
    folder: str
    """Where it is."""
    size: int = 1
    kind: Literal["small", "large"] = "small"
    tags: tuple[str, ...] = ()
    def __post_init__(self):
        if self.size < 0:
            raise ValueError("size must not be negative")
        if self.folder == "quoted-by-the-plugin":
            raise ValueError(f"no folder {self.folder}")
        if self.folder == "bug":
            raise RuntimeError(self.folder)

@dataclass(frozen=True, kw_only=True)
class Reference(BackendReference):
    version: int | None = None

class Shelf(Backend):
    type_name = "shelf"
    Settings = Settings
    Reference = Reference
    bootstrap_variables = frozenset({"SHELF_TOKEN", "SHELF_*"})
    def read(self, reference: Any, *, deadline: Any) -> None: ...
    def write(self, reference: Any, secret: Any, *, if_version: Any, deadline: Any) -> str: return "1"
    def delete(self, reference: Any, *, permanently: bool = False, deadline: Any) -> bool: return False
    def list_paths(self, prefix: str = "", *, deadline: Any) -> list[str]: return []

@hookimpl
def orqo_vault_backend():
    return Shelf
'''


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def installed_backend(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install a distribution that adds the backend type ``shelf``; return its folder."""
    site = tmp_path_factory.mktemp("site")
    install(site, "shelf", "shelf_plugin", PLUGIN)
    monkeypatch.syspath_prepend(str(site))
    plugins.installed.cache_clear()
    yield site
    sys.modules.pop("shelf_plugin", None)
    plugins.installed.cache_clear()


def install(site: Path, name: str, module: str, source: str) -> None:
    """Put a distribution with one backend into a folder, as pip would."""
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{plugins.BACKENDS}]\n{name} = {module}\n")
    (site / f"{module}.py").write_text(source)
