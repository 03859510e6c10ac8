"""Where this machine keeps what is about the project and is not in it: marks, cached plans, leftovers.

No secret value is ever written here. Losing the folder harms nothing but what it remembers.
"""

from __future__ import annotations

import contextlib
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


def write_private(folder: str | os.PathLike[str], name: str, content: bytes) -> None:
    """Put a file into a state folder, whole or not at all, readable by this user alone. Raises ``OSError``.

    The folder is one below :func:`project_state`; what is missing on the way to it is made.
    """
    _make_private(os.fspath(folder))
    temporary = os.path.join(folder, f".tmp-{os.getpid()}-{os.urandom(8).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, os.path.join(folder, name))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _make_private(folder: str) -> None:
    project = os.path.dirname(folder)
    root = os.path.dirname(project)
    os.makedirs(os.path.dirname(root), exist_ok=True)
    for each in (root, project, folder):
        with contextlib.suppress(FileExistsError):
            os.mkdir(each, 0o700)


def _below(environ: Mapping[str, str], variable: str, default: str) -> Path:
    chosen = environ.get(variable, "")
    if os.path.isabs(chosen):  # the XDG rule: a relative value is ignored
        return Path(chosen) / APP
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / APP / default.rpartition("/")[2].lstrip(".")
    return home / default / APP
