"""The lines by which ssh knows servers."""

from __future__ import annotations

import base64

MARKERS = ("@cert-authority", "@revoked")
KINDS = ("ssh-", "ecdsa-", "sk-")


def check_known_hosts(value: str) -> None:
    """Accept lines of ``host kind base64``, with comments and empty lines between them."""
    for number, line in enumerate(value.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in MARKERS:
            words = words[1:]
        if len(words) < 3 or not words[1].startswith(KINDS) or not _is_base64(words[2]):
            raise ValueError(f"has no 'host kind key' in line {number}; ssh-keyscan prints such lines")


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
