"""Userpass: names and passwords that the server itself keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orqo_vault_hashicorp.auth.password import PasswordMethod


@dataclass(frozen=True, kw_only=True)
class UserPass(PasswordMethod):
    """A person's or a script's login."""

    method: Literal["userpass"] = "userpass"
