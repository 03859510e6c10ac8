"""Where a file is that the settings name."""

from __future__ import annotations

from pathlib import Path

from orqo_vault.backend import BackendContext


def located(context: BackendContext, name: str) -> Path:
    """Return its path: ``~/`` is the user's home, and relative names start at the settings file's folder."""
    if name.startswith("~/"):
        return Path(context.environ.get("HOME", "/"), name[2:])
    return context.base_dir / name
