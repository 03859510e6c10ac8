"""How long git gets to finish what it is writing: it replaces one file after another, and knows of no lock."""

from __future__ import annotations

import time

TRIES = 10
PAUSE = 0.005
"""Seconds before the second look; each further pause is that much longer, for a git that gets no processor time."""


def pause(attempt: int) -> None:
    """Wait between two looks; ``attempt`` counts from 0."""
    time.sleep(PAUSE * (attempt + 1))
