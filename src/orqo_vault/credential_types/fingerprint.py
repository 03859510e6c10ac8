"""The short name of a public SSH key, by which people and servers compare keys."""

from __future__ import annotations

import base64
import hashlib


def fingerprint(public_key: str) -> str:
    """Return ``SHA256:…`` of a one-line public key, as ``ssh-keygen -l`` prints it. Raises ``ValueError``."""
    parts = public_key.split()
    try:
        blob = base64.b64decode(parts[1], validate=True) if len(parts) > 1 else b""
    except ValueError:
        blob = b""
    if not blob:
        raise ValueError("is not a public key: 'type base64' in one line")
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii")
    return f"SHA256:{digest.rstrip('=')}"
