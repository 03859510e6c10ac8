"""The one cipher: Cobblestone-256 (C2SP chunked encryption), one derived key a purpose, context bound into the seal.

It commits to its key, salts itself (no nonce is ours to repeat) and authenticates the context. ``update`` of a
decryptor hands out data before it is known to be whole, so nothing leaves this room before ``finalize``.
"""

from __future__ import annotations

import hmac

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

KEY_LENGTH = 32
OVERHEAD = 24 + 32 + 16
"""Salt, commitment and the tag of the last chunk: a sealed text is at least this long."""

_NAMESPACE = b"orqo-vault/v1/"


def expand(key: bytes, label: str) -> bytes:
    """Return the 32-byte key for one purpose: HKDF-Expand with SHA-512, whose first block is all that is needed."""
    return hmac.digest(key, _NAMESPACE + label.encode("ascii") + b"\x01", "sha512")[:KEY_LENGTH]


def identifier(key: bytes, label: str) -> str:
    """Return 16 hexadecimal digits that name a key and tell nothing about it."""
    return expand(key, label)[:8].hex()


def context(label: str, store_id: str, name: str, line: bytes) -> bytes:
    """Return what a seal is bound to: what it is for, the store, the name that was asked for, the plain line."""
    return b"\0".join((_NAMESPACE + label.encode("ascii"), store_id.encode("ascii"), name.encode("ascii"), line))


def seal(key: bytes, bound_to: bytes, plain: bytes) -> bytes:
    """Return ``plain`` sealed under ``key`` and bound to a context."""
    encryptor = Cobblestone256Encryptor(key, bound_to)
    return encryptor.update(plain) + encryptor.finalize()


def unseal(key: bytes, bound_to: bytes, sealed: bytes) -> bytes | None:
    """Return the plain bytes; None when the key, the context or one bit is not what it was sealed with."""
    decryptor = Cobblestone256Decryptor(key, bound_to)
    try:
        plain = decryptor.update(sealed)
        return plain + decryptor.finalize()
    except InvalidTag:
        return None
