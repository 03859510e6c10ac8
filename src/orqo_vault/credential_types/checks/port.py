"""TCP ports."""

from __future__ import annotations

LAST = 65535


def check_port(value: str) -> None:
    """Accept 1 to 65535 in decimal digits, as programs print it: no sign, space or leading zero."""
    digits = value.isascii() and value.isdigit() and len(value) <= len(str(LAST))
    if not digits or value.startswith("0") or int(value) > LAST:
        raise ValueError(f"is not a port: a whole number from 1 to {LAST}")
