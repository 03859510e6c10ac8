"""Where this machine keeps what is about the project and is not in it: marks, cached plans, leftovers.

No secret value is ever written here. Losing the folder harms nothing but what it remembers.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

APP = "orqo-vault"


def state_root(environ: Mapping[str, str]) -> Path:
    """Return ``$XDG_STATE_HOME/orqo-vault`` (macOS: below Library/Application Support when the variable is unset)."""
    return _below(environ, "XDG_STATE_HOME", ".local/state")


def config_root(environ: Mapping[str, str]) -> Path:
    """Return ``$XDG_CONFIG_HOME/orqo-vault``: the user's own file and keys."""
    return _below(environ, "XDG_CONFIG_HOME", ".config")


def project_state(environ: Mapping[str, str], base_dir: Path) -> Path:
    """Return the state folder of the project that lives in ``base_dir``; it need not exist."""
    place = os.path.realpath(base_dir)
    project_id = hashlib.sha256(os.fsencode(place)).hexdigest()[:24]
    return state_root(environ) / project_id


def _below(environ: Mapping[str, str], variable: str, default: str) -> Path:
    chosen = environ.get(variable, "")
    if os.path.isabs(chosen):  # the XDG rule: a relative value is ignored
        return Path(chosen) / APP
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / APP / default.rpartition("/")[2].lstrip(".")
    return home / default / APP
