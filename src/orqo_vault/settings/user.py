"""The user's own file, ``$XDG_CONFIG_HOME/orqo-vault/config.yaml``: what a project's file must not decide.

It is on the way of every run: a user without one pays for looking, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from orqo_vault.settings.trust import read_trusted
from orqo_vault.state import config_root

FILE_NAME = "config.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserConfig:
    """What the user decides on this machine, for every project."""

    rollback: Literal["refuse", "warn"] = "refuse"
    """What happens when a secret is older than what this machine has seen."""
    allowed_hosts: frozenset[str] = frozenset()
    """Hosts, ``name`` or ``name:port``, to which a login found in the environment may be sent."""


def load_user_config(environ: Mapping[str, str]) -> UserConfig:
    """Return what the user's file says; without a file, the defaults.

    Raises :class:`~orqo_vault.errors.SettingsError` when the file is wrong, or when others could have written it.
    """
    path = config_root(environ) / FILE_NAME
    content = read_trusted(path)
    if content is None:
        return UserConfig()
    from orqo_vault.settings.trusted_schema import UserFile, parsed

    file, _ = parsed(UserFile, content, path)
    return UserConfig(rollback=file.rollback or "refuse", allowed_hosts=frozenset(file.allowed_hosts or ()))
