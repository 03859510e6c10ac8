"""The code that validated the settings, where it can change without an installation: editable installs.

Someone who writes a plugin, or works on this package, must not run with what the code of yesterday made.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

OURS = "orqo_vault"
INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")

Source = tuple[str, int]


def editable_sources(packages: Iterable[str]) -> list[Source]:
    """Return file and time of change of every loaded module of ``packages`` and of ours that is edited in place."""
    wanted = {OURS, *packages}
    files = {
        file
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in wanted and (file := getattr(module, "__file__", None))
    }
    return [(file, _changed(file)) for file in sorted(files) if not any(each in file for each in INSTALLED)]


def unchanged(sources: Iterable[Source]) -> bool:
    """Tell whether every file is as old as it was."""
    return all(_changed(file) == changed for file, changed in sources)


def _changed(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return -1
