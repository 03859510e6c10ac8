"""Enrolments and run tokens as text: a prefix and 256 random bits. Only a SHA-256 of them is stored."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Literal

from orqo_vault.secret import SecretValue

Prefix = Literal["ovr_", "ove_"]
RUN: Prefix = "ovr_"
ENROLMENT: Prefix = "ove_"

_TEXT = re.compile(r"(ovr_|ove_)[A-Za-z0-9_-]{43}", re.ASCII)


def new_token(prefix: Prefix) -> SecretValue:
    """Return a token that nobody can guess."""
    return SecretValue(prefix + secrets.token_urlsafe(32))


def is_token(text: str, prefix: Prefix) -> bool:
    """Tell whether it looks like one; whether it is one, the table says."""
    return text.startswith(prefix) and _TEXT.fullmatch(text) is not None


def digest(text: str) -> str:
    """Return what is stored. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()
