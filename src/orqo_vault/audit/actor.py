"""Who asks: what the system says about this process, and nothing of its arguments."""

from __future__ import annotations

import os
import pwd
import sys

from orqo_vault.audit.record import Actor


def this_process(name: str | None) -> Actor:
    """Return the actor that this process is; ``name`` is whom it says it acts for."""
    uid = os.geteuid()
    return Actor(uid, user_name(uid), os.getpid(), os.uname().nodename, _program(), name)


def _program() -> str:
    """Return the name of the program; ``python -m package`` is the package."""
    folder, name = os.path.split(sys.argv[0]) if sys.argv else ("", "")
    return os.path.basename(folder) if name == "__main__.py" else name


def user_name(uid: int) -> str | None:
    """Return what the system calls a user, None where it has no name (in containers)."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
