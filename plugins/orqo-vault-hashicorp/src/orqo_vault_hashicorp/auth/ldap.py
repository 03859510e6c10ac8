"""LDAP: names and passwords of a directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orqo_vault_hashicorp.auth.password import PasswordMethod


@dataclass(frozen=True, kw_only=True)
class LDAP(PasswordMethod):
    """A directory user's login."""

    method: Literal["ldap"] = "ldap"
