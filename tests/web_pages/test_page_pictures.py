"""The documentation shows every page that has a picture, and every picture it shows is there."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_every_picture_is_shown_and_there() -> None:
    shown = set(re.findall(r"\(images/([a-z-]+\.png)\)", (DOCS / "web.md").read_text()))
    assert shown == {each.name for each in (DOCS / "images").iterdir()}
