"""How long git gets to finish what it is writing: it replaces one file after another, and knows of no lock of ours."""

from __future__ import annotations

import os
import time

from orqo_vault.errors import BackendError
from orqo_vault_file.disk.files import read_path

TRIES = 10
PAUSE = 0.005
"""Seconds before the second look; each further pause is that much longer, for a git that gets no processor time."""

_MOST = 60
"""Looks while git is still at work: some three seconds. A lock that a git left behind when it died costs no more."""

_CAP = 16 * 1024


def is_last(attempt: int, directory: str) -> bool:
    """Tell whether this look at the store counts as it is; ``attempt`` counts from 0."""
    return attempt >= TRIES - 1 and (attempt >= _MOST - 1 or not _git_is_at_work(directory))


def pause(attempt: int) -> None:
    """Wait between two looks."""
    time.sleep(PAUSE * min(attempt + 1, TRIES))


def _git_is_at_work(directory: str) -> bool:
    """Tell whether the index of the repository around ``directory`` is locked, as it is for all of a checkout."""
    place = os.path.realpath(directory)
    while not os.path.lexists(os.path.join(place, ".git")):
        if place == os.path.dirname(place):
            return False
        place = os.path.dirname(place)
    return os.path.lexists(os.path.join(_index_folder(place), "index.lock"))


def _index_folder(place: str) -> str:
    """Return ``.git`` in ``place``, or where it points to: in a worktree or a submodule it is a file."""
    git = os.path.join(place, ".git")
    if os.path.isdir(git):
        return git
    try:
        text = read_path(git, _CAP, follow=True, refuse=lambda _: None)
    except (OSError, BackendError):
        return git
    return os.path.join(place, text.decode("utf-8", "surrogateescape").removeprefix("gitdir: ").rstrip("\n"))
