"""The shape of every sealed file: one plain line that says what it is, one line of base64, nothing else."""

from __future__ import annotations

import binascii

from orqo_vault.errors import CorruptSecretError

LINE_ENDINGS = (
    "git changed its line endings: see that the store's .gitattributes is there, then check the file out again"
)


def parse(data: bytes, shown: str) -> tuple[bytes, bytes]:
    """Return the raw plain line and the sealed bytes. Exactly the bytes :func:`join` makes are accepted."""
    refuse_carriage_returns(data, shown)
    line, _, rest = data.partition(b"\n")
    text, end, after = rest.partition(b"\n")
    sealed = decoded(text)
    if not end or after or not sealed:
        raise CorruptSecretError(f"{shown} is cut short or was changed")
    return line, sealed


def join(line: bytes, sealed: bytes) -> bytes:
    """Return the file's bytes."""
    return line + b"\n" + binascii.b2a_base64(sealed)


def unfinished(data: bytes | None) -> bool:
    """Tell whether these may be the first bytes of a file that somebody (git) is just writing."""
    return data is None or data.count(b"\n") < 2 or not data.endswith(b"\n")


def refuse_carriage_returns(data: bytes, shown: str) -> None:
    """Raise the error that names the usual culprit."""
    if b"\r" in data:
        raise CorruptSecretError(f"{shown} has carriage returns", hint=LINE_ENDINGS)


def decoded(text: bytes) -> bytes | None:
    """Return the bytes of canonical base64: one text for one value; None for any other text."""
    try:
        raw = binascii.a2b_base64(text)
    except binascii.Error:
        return None
    return raw if binascii.b2a_base64(raw, newline=False) == text else None


def fields(line: bytes, magic: str, names: tuple[str, ...]) -> dict[str, str] | None:
    """Return the values of ``magic name=value name=value…``, None unless exactly these names stand in this order."""
    if not line.isascii():
        return None
    first, *rest = line.decode("ascii").split(" ")
    if first != magic or len(rest) != len(names):
        return None
    values = {}
    for name, part in zip(names, rest, strict=True):
        key, equals, value = part.partition("=")
        if key != name or not equals:
            return None
        values[name] = value
    return values


def number(text: str, *, least: int, most: int) -> int | None:
    """Return a decimal without sign or leading zero that lies within the bounds, else None."""
    if not (text.isascii() and text.isdigit()) or len(text) > 16 or text != str(int(text)):
        return None
    value = int(text)
    return value if least <= value <= most else None


def is_hex(text: str, length: int) -> bool:
    """Tell whether ``text`` is that many lower-case hexadecimal digits."""
    return len(text) == length and not text.strip("0123456789abcdef")
