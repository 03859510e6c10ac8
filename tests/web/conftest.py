"""A project, and somebody who is logged in to its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.stage import Client, Project, logged_in


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


@pytest.fixture
def client(project: Project) -> Iterator[Client]:
    with logged_in(project) as client:
        yield client
