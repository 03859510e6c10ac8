"""A project in a folder of its own, and commands typed in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

BARE = """\
version: 1
default_backend: local
backends:
  local: {type: encrypted-file, path: .orqo-vault}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with a settings file that declares no credential."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "orqo-vault.yaml").write_text(BARE)
    return folder


@pytest.fixture
def cli(project: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    return Cli(project, monkeypatch)
