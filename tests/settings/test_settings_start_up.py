"""A load that finds its compiled settings imports nothing heavy: seen in ``sys.modules``, not on a clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.settings.project import LOCAL, Project, with_api

PROGRAM = """
import json, os, sys
from pathlib import Path
from orqo_vault.settings.load import load_settings
settings = load_settings(Path(sys.argv[1]), environ=dict(os.environ))
used = [settings.credentials["api"].key, settings.contracts["api"][0].variables, settings.backends["local"].type]
print(json.dumps({"modules": sorted(sys.modules), "used": used}))
"""

HEAVY = {
    "yaml",
    "pydantic",
    "pydantic_core",
    "pluggy",
    "importlib.metadata",
    "difflib",
    "logging",
    "tempfile",
    "asyncio",
}
OURS = {"build", "document", "draft", "events", "layers", "schema", "validate", "interpolation", "json_schema"}


def loaded(project: Project) -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(project.base)],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=True,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_the_second_load_imports_neither_yaml_nor_pydantic(project: Project) -> None:
    project.write(with_api() + "default_backend: local\n")
    first, second = loaded(project), loaded(project)
    assert {"yaml", "pydantic"} <= set(first["modules"])
    assert not HEAVY & set(second["modules"])
    assert not {f"orqo_vault.settings.{name}" for name in OURS} & set(second["modules"])
    assert second["used"] == first["used"]


def test_a_validated_backend_needs_neither(project: Project) -> None:
    text = with_api().replace(LOCAL, "backends: {local: {type: encrypted-file, path: .orqo-vault}}\n")
    project.write(text)
    loaded(project)
    assert not HEAVY & set(loaded(project)["modules"])
