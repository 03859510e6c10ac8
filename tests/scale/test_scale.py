"""Ten credentials cost what ten cost, whether a hundred are stored beside them or ten thousand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from . import calls, crowd

CHOSEN = slice(3, 13)


@pytest.fixture
def counted(tmp_path: Path, home: Path) -> Any:
    """Makes a project with so many secrets and returns what it takes to read ten of them."""

    def count(size: int, declared: int) -> dict[str, Any]:
        every = crowd.ids(size)
        settings = crowd.declare(tmp_path / f"{size}-{declared}", every[:declared])
        crowd.store(settings, dict(os.environ), every)
        done = subprocess.run(
            [sys.executable, calls.__file__, str(settings), *every[CHOSEN]], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return count


@pytest.mark.parametrize("most", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_reading_ten_opens_as_many_files_whatever_is_stored_beside_them(counted: Any, most: int) -> None:
    few, many = counted(100, declared=100), counted(most, declared=1000)
    assert many["values"] == {crowd.variable(each): f"value of {each}" for each in crowd.ids(13)[CHOSEN]}
    assert many["opens"] == few["opens"]
    assert many["listed"] == few["listed"]
    assert not many["secrets listed"]


def test_reading_one_more_opens_a_bounded_number_of_files_more(tmp_path: Path, home: Path) -> None:
    every = crowd.ids(30)
    settings = crowd.declare(tmp_path / "p", every)
    crowd.store(settings, dict(os.environ), every)
    opens = []
    for size in (10, 20):
        done = subprocess.run(
            [sys.executable, calls.__file__, str(settings), *every[:size]], capture_output=True, check=True
        )
        opens.append(json.loads(done.stdout)["opens"])
    assert opens[1] - opens[0] <= 10 * 4
