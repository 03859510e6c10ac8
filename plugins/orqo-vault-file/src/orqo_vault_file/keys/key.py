"""Keys that people keep: 32 random bytes as one line of text with a checksum, so that a slip is not "wrong key"."""

from __future__ import annotations

import binascii
import hashlib
import os
from typing import NoReturn

from orqo_vault_file.format.sealing import KEY_LENGTH, expand, identifier
from orqo_vault_file.format.two_lines import decoded

_MAGIC = "ORQO-VAULT-KEY-1"


class Key:
    """A key that opens slots. As silent as a secret value; only :func:`compose` writes it down."""

    __slots__ = ("_secret",)
    _secret: bytes

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_LENGTH:
            raise ValueError(f"a key has {KEY_LENGTH} bytes")
        self._secret = secret

    @property
    def fingerprint(self) -> str:
        """Names the key in its slots."""
        return identifier(self._secret, "key-id")

    def slot_key(self) -> bytes:
        """Return what seals the master key in this key's slots."""
        return expand(self._secret, "slot")

    def compose(self) -> str:
        """Return the key as its owner keeps it: one line without its end."""
        text = binascii.b2a_base64(self._secret, newline=False).decode("ascii")
        return f"{_MAGIC}:{text}:{_checksum(text)}"

    def __repr__(self) -> str:
        return "Key(********)"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a key cannot be pickled or copied into another process")


def new_key() -> Key:
    """Return a key that nobody has yet."""
    return Key(os.urandom(KEY_LENGTH))


def parse(text: str) -> Key | str:
    """Return the key that stands in a key file or variable, or the reason why none does.

    Lines that start with ``#`` are for people.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) != 1:
        return "holds no key" if not lines else "holds more than one line"
    magic, _, rest = lines[0].partition(":")
    secret, _, checksum = rest.partition(":")
    if magic != _MAGIC:
        return f"is not an {_MAGIC} line"
    raw = decoded(secret.encode("utf-8", "replace"))
    if checksum != _checksum(secret) or raw is None or len(raw) != KEY_LENGTH:
        return "was mistyped or cut: its checksum does not match"
    return Key(raw)


def _checksum(text: str) -> str:
    return hashlib.sha256(f"{_MAGIC}:{text}".encode("utf-8", "replace")).hexdigest()[:8]
