"""Keys from passphrases: Argon2id. What a file asks for is bounded; what we write is ours, never the file's."""

from __future__ import annotations

import os
from typing import NamedTuple

from orqo_vault.errors import BackendError, InvalidFieldError
from orqo_vault.secret import SecretValue
from orqo_vault_file.keys.key import Key

SHORTEST = 12
SALT_LENGTH = 16
LEAST_MEMORY = 19 * 1024
MOST_MEMORY = 1024 * 1024
MOST_PASSES = 16
MOST_LANES = 16
BUDGET = 4 * 1024 * 1024
"""KiB times passes that one opening may spend on all slots together: some ten seconds."""


class Derivation(NamedTuple):
    """How a passphrase becomes a key: memory in KiB, passes, lanes, salt."""

    salt: bytes
    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    @property
    def cost(self) -> int:
        return self.memory * self.passes

    def key(self, passphrase: SecretValue) -> Key:
        """Return the key of that passphrase. Takes most of a second and much memory, on purpose."""
        import unicodedata

        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        # One passphrase typed on two systems may arrive composed or decomposed.
        text = unicodedata.normalize("NFC", passphrase.reveal()).encode("utf-8", "surrogatepass")
        try:
            return Key(
                Argon2id(
                    salt=self.salt, length=32, iterations=self.passes, lanes=self.lanes, memory_cost=self.memory
                ).derive(text)
            )
        except MemoryError:
            raise BackendError(f"not enough memory for a passphrase slot ({self.memory // 1024} MiB)") from None


def new_derivation() -> Derivation:
    """Return our own parameters with a fresh salt."""
    return Derivation(os.urandom(SALT_LENGTH))


def refuse_weak(passphrase: SecretValue) -> None:
    """Raise when the passphrase is too short to guard a store that everybody can download."""
    if len(passphrase.reveal()) < SHORTEST:
        raise InvalidFieldError(
            f"the passphrase is too short: at least {SHORTEST} characters",
            hint="five or more random words are easy to type and hard to guess",
        )
