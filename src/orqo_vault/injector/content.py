"""A value as the bytes it stands for."""

from __future__ import annotations

from orqo_vault.secret import SecretValue


def content(value: SecretValue, *, base64: bool) -> bytes:
    """Return what is written into a file: the text in UTF-8, or the bytes that checked base64 stands for."""
    encoded = value.reveal().encode("utf-8")
    if not base64:
        return encoded
    from binascii import a2b_base64  # few credentials declare an encoding

    return a2b_base64(encoded)


def decoded_text(value: SecretValue) -> SecretValue | None:
    """Return the text that base64 stands for; None when those bytes are no text."""
    try:
        return SecretValue(content(value, base64=True).decode("utf-8"))
    except UnicodeDecodeError:
        return None
