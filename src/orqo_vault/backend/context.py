"""What the program around a backend lends it: places on this machine, the person at the terminal, trust."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from orqo_vault.secret import SecretValue


def _log(message: str) -> None:
    import logging  # a library that says nothing does not pay for it

    logging.getLogger("orqo_vault").warning("%s", message)


@dataclass(frozen=True, kw_only=True)
class BackendContext:
    """Everything a backend may know that its settings do not say. Holds no secret value of its own."""

    name: str
    """The backend's name in the settings file, for messages."""
    base_dir: Path
    """Relative paths in the settings start here: the folder of the settings file."""
    state_dir: Path
    """Machine-local state of this project, 0700, made when first written; losing it loses no secret."""
    config_dir: Path
    """The user's own configuration folder, never inside the project."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The environment of this process. Backends read it here and nowhere else."""
    ask_passphrase: Callable[[str], SecretValue] | None = None
    """Asks the person at the terminal; None when there is none: then never wait for one."""
    notify: Callable[[str], None] = _log
    """Says one line to the user, for things that must be known once (a key file was made)."""
    rollback: Literal["refuse", "warn"] = "refuse"
    """Whether a secret older than what this machine has seen is an error or only said."""
    allowed_hosts: frozenset[str] = frozenset()
    """Hosts to which the user's or operator's file lets ambient logins go."""

    def may_send_ambient_login_to(self, host: str, *, home: str | None) -> bool:
        """Tell whether a login found in the environment may be sent to ``host``.

        ``home`` is the host that the environment itself names for that login (``VAULT_ADDR``), None if it names
        none. A project file that points a backend at another host must not be able to collect the token.
        """
        return host == home or host in self.allowed_hosts
