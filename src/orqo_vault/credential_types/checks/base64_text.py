"""Text that stands for bytes."""

from __future__ import annotations

import binascii


def check_base64(value: str) -> None:
    """Accept canonical, padded base64 in one line: text that decodes, and that its bytes encode to again."""
    try:
        decoded = binascii.a2b_base64(value.encode("ascii"), strict_mode=True)
    except ValueError:  # of both calls; neither message is ours to repeat
        decoded = None
    if decoded is None or binascii.b2a_base64(decoded, newline=False) != value.encode("ascii"):
        raise ValueError("is not base64 in one line, with padding (base64 -w0 writes it)")
