"""A project folder to write settings files in, and a backend that exists for one test."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orqo_vault import plugins
from orqo_vault.errors import SettingsError
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import Settings

HEAD = "backends: {local: {type: nowhere}}\n"

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


class Project:
    """A folder with settings files, and the answers they get."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = folder / "orqo-vault.yaml"

    def write(self, text: str, layer: str | None = None) -> Path:
        """Write the base file, or the layer of that name."""
        file = self.base if layer is None else self.base.with_name(f"orqo-vault.{layer}.yaml")
        file.write_text(text)
        return file

    def load(self, text: str | None = None, **how: Any) -> Settings:
        """Return what the settings say."""
        if text is not None:
            self.write(text)
        return load_settings(self.base, environ=dict(os.environ), cwd=self.folder, **how)

    def refused(self, text: str | None = None, **how: Any) -> Refusal:
        """Return the error the settings get; its place is relative to the folder."""
        with pytest.raises(SettingsError) as caught:
            self.load(text, **how)
        return Refusal(caught.value, self.folder)


class Refusal:
    """An error, taken apart for tests."""

    def __init__(self, error: SettingsError, folder: Path) -> None:
        self.error = error
        self.message = error.message
        self.hint = error.hint or ""
        self.place = str(error.location).removeprefix(f"{folder}/") if error.location else None


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


@pytest.fixture
def with_credential(project: Project) -> Callable[[str], str]:
    """Return a settings text with one API token and these lines added to its entry."""

    def text(lines: str) -> str:
        more = "".join(f"    {line}\n" for line in lines.splitlines())
        entry = "    name: API\n    key: API_TOKEN\n    category: runtime\n    type: api_token\n"
        return f"{HEAD}credentials:\n  api:\n{entry}{more}"

    return text
