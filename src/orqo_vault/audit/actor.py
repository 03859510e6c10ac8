"""Who asks: what the system says about this process, and nothing of its arguments."""

from __future__ import annotations

import os
import pwd
import sys

from orqo_vault.audit.record import Actor


def this_process(name: str | None) -> Actor:
    """Return the actor that this process is; ``name`` is whom it says it acts for."""
    uid = os.geteuid()
    program = os.path.basename(sys.argv[0]) if sys.argv else ""
    return Actor(uid, user_name(uid), os.getpid(), os.uname().nodename, program, name)


def user_name(uid: int) -> str | None:
    """Return what the system calls a user, None where it has no name (in containers)."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
