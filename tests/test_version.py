from __future__ import annotations

import tomllib
from pathlib import Path

import orqo_vault


def test_the_package_says_the_version_of_its_distribution() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
    assert orqo_vault.__version__ == project["version"]
