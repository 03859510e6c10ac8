"""Every test of a delivery has a runtime folder in memory that only it has, and must leave it empty."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.stage import run_folders


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return ``XDG_RUNTIME_DIR``, below /dev/shm. Nothing of a run is left there when the test ends."""
    folder = tempfile.mkdtemp(prefix="ov-", dir="/dev/shm")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    yield Path(folder)
    left = run_folders(folder)
    shutil.rmtree(folder)
    assert not left
