"""The text of a private SSH key, before any cryptography: how it is normalised, and what else gets pasted instead."""

from __future__ import annotations

import base64

BEGIN = "-----BEGIN "
OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"
PUBLIC = ("ssh-", "ecdsa-", "sk-", "---- BEGIN SSH2 PUBLIC", "-----BEGIN PUBLIC", "-----BEGIN RSA PUBLIC")
MAGIC = b"openssh-key-v1\0"
SUPPORTED = frozenset(("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"))

USUAL_KINDS = "use an ed25519, ecdsa or rsa key"


def normalised(text: str) -> str:
    """Return the key with LF line ends, nothing around it, and exactly one newline at its end."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return unix.strip("\ufeff \t\n") + "\n"


def refuse_other_texts(text: str) -> None:
    """Raise ``ValueError`` when the normalised text is recognisably something else than one private key."""
    if "\\n" in text and text.count("\n") == 1:
        raise ValueError("has its line breaks written out as \\n; paste it with real line breaks")
    if text.startswith("PuTTY-User-Key-File"):
        raise ValueError("is a PuTTY key; puttygen KEY -O private-openssh makes one that ssh reads")
    if text.startswith(
        ("ssh-", "ecdsa-", "sk-", "---- BEGIN SSH2 PUBLIC", "-----BEGIN PUBLIC", "-----BEGIN RSA PUBLIC")
    ):
        raise ValueError("is a public key; the private one is wanted")
    if not text.startswith(BEGIN):
        raise ValueError("is not a private key: it does not start with -----BEGIN")
    if text.count(BEGIN) > 1:
        raise ValueError("holds more than one key or certificate; one private key is wanted")
    if "PRIVATE KEY-----" not in text.partition("\n")[0]:
        raise ValueError("is not a private key: its first line says so")
    if text.startswith(OPENSSH):
        _refuse_unsupported_kind(text)


def _refuse_unsupported_kind(text: str) -> None:
    kind = _kind(text)
    if kind is None:
        raise ValueError("is damaged: it starts like an OpenSSH key and is none")
    if kind.startswith("sk-"):
        raise ValueError(f"belongs to a hardware token and is not supported; {USUAL_KINDS}")
    if kind not in SUPPORTED:
        raise ValueError(f"is of a kind that is not supported; {USUAL_KINDS}")


def _kind(text: str) -> str | None:
    """Return the kind of key an OpenSSH container says it holds; it stands there unencrypted."""
    lines = text.rstrip("\n").split("\n")
    try:
        data = base64.b64decode("".join(lines[1:-1]), validate=True)
    except ValueError:  # not base64, or not even ASCII
        return None
    if not data.startswith(MAGIC):
        return None
    # After the magic: cipher, kdf, kdf options, the number of keys, then the first public key's blob.
    rest = data[len(MAGIC) :]
    for _ in range(3):
        _, rest = _string(rest)
    blob, _ = _string(rest[4:])
    kind, _ = _string(blob)
    return kind.decode("ascii", "replace") or None


def _string(data: bytes) -> tuple[bytes, bytes]:
    """Split off one length-prefixed string; short data gives short strings."""
    end = 4 + int.from_bytes(data[:4])
    return data[4:end], data[end:]
