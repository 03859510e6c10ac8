"""Distributions made on the spot, and a fresh interpreter that finds them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ASK = """
import json, sys, traceback
from orqo_vault import plugins
from orqo_vault.errors import OrqoVaultError
function, name = sys.argv[1:]
try:
    found = getattr(plugins, function)(name)
    kind = found if isinstance(found, type) else type(found)
    answer = {"module": kind.__module__, "name": kind.__name__}
except OrqoVaultError as error:
    text = "".join(traceback.format_exception(error))
    answer = {"error": str(error), "code": error.code, "hint": error.hint, "text": text}
print(json.dumps(answer))
"""


class Site:
    """A folder on the path of a fresh interpreter, as site-packages is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = [folder]

    def add(self, distribution: str, entry_points: Mapping[str, Mapping[str, str]], **modules: str) -> None:
        """Install a distribution. Each of its modules leaves a trace when it is imported."""
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        lines = []
        for group, points in entry_points.items():
            lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
        for module, source in modules.items():
            trace = "import pathlib; pathlib.Path(__file__).with_suffix('.imported').touch()\n"
            (self.folder / f"{module}.py").write_text(trace + source)

    def install(self, project: Path) -> None:
        """Install a project as an editable install does: what its pyproject says, and its sources where they are."""
        about = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        self.add(about["name"], about["entry-points"])
        self.paths.append(project / "src")

    def imported(self) -> set[str]:
        """Return the modules that were imported, and forget it."""
        traces = list(self.folder.glob("*.imported"))
        for trace in traces:
            trace.unlink()
        return {trace.stem for trace in traces}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a fresh interpreter that sees this folder before its own."""
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, self.paths)), **variables}
        return subprocess.run(
            [sys.executable, *arguments], check=False, capture_output=True, text=True, env=environ, cwd=self.folder
        )

    def ask(self, function: str, name: str) -> dict[str, Any]:
        """Return what ``orqo_vault.plugins`` answers there."""
        done = self.run("-c", ASK, function, name)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


@pytest.fixture
def site(tmp_path: Path) -> Site:
    folder = tmp_path / "site"
    folder.mkdir()
    return Site(folder)
