"""A second implementation of the cipher, from its specification (c2sp.org/chunked-encryption), to compare with."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 16 * 1024


def seal(key: bytes, context: bytes, message: bytes, salt: bytes) -> bytes:
    derived, nonce, commitment = _derive(key, context, salt)
    chunks = [message[start : start + CHUNK] for start in range(0, len(message) + 1, CHUNK)]
    sealed = [AESGCM(derived).encrypt(_nonce(nonce, number), chunk, None) for number, chunk in enumerate(chunks)]
    return salt + commitment + b"".join(sealed)


def unseal(key: bytes, context: bytes, sealed: bytes) -> bytes:
    derived, nonce, commitment = _derive(key, context, sealed[:24])
    assert commitment == sealed[24:56]
    parts = [sealed[start : start + CHUNK + 16] for start in range(56, len(sealed), CHUNK + 16)]
    assert len(parts[-1]) < CHUNK + 16
    return b"".join(AESGCM(derived).decrypt(_nonce(nonce, number), part, None) for number, part in enumerate(parts))


def expand(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand with SHA-512, RFC 5869."""
    output = block = b""
    for number in range(1, 256):
        if len(output) >= length:
            break
        block = hmac.new(key, block + info + bytes([number]), hashlib.sha512).digest()
        output += block
    return output[:length]


def _derive(key: bytes, context: bytes, salt: bytes) -> tuple[bytes, bytes, bytes]:
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    derived = expand(key, info, 32 + 12 + 32)
    return derived[:32], derived[32:44], derived[44:]


def _nonce(base: bytes, number: int) -> bytes:
    return (int.from_bytes(base, "big") ^ number).to_bytes(12, "big")
