"""How a text looks after the encoders that programs put secrets through: JSON, URL, hex and base64."""

from __future__ import annotations

import json
from binascii import b2a_base64
from collections.abc import Iterator

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_URL_KEEPS = (
    (b"~", b"%20"),  # RFC 3986, quote(safe="")
    (b"~/", b"%20"),  # quote()
    (b"~", b"+"),  # quote_plus()
    (b"*", b"+"),  # forms: browsers, Java, Go's url.Values but for "*"
    (b"~!'()*", b"%20"),  # encodeURIComponent()
    (b"~!'()*;,/?:@&=+$#", b"%20"),  # encodeURI()
)
"""What an encoder leaves as it is besides letters and digits, and what it makes of a space."""
_JSON_FOR_HTML = {ord(each): f"\\u{ord(each):04x}" for each in "<>&"}
_TO_URL_ALPHABET = bytes.maketrans(b"+/", b"-_")
_WRAPPED_AT = (64, 76)
"""Columns: what openssl, and what base64(1) and mail break lines at."""
_SHORTEST_LINE = 8


def encodings(text: str) -> Iterator[bytes]:
    """Yield the text in UTF-8 and every encoded form of it; most texts have several that are equal."""
    raw = text.encode("utf-8", "surrogatepass")
    yield raw
    yield from _json(text)
    yield from _url(raw)
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield from _base64(raw)


def _json(text: str) -> Iterator[bytes]:
    """Yield the inside of a JSON string, with the escapes that JSON allows and that Go (<>&) and PHP (/) write."""
    for quoted in {json.dumps(text), json.dumps(text, ensure_ascii=False)}:
        escaped = quoted[1:-1]
        for each in {escaped, escaped.translate(_JSON_FOR_HTML), escaped.replace("/", r"\/")}:
            yield each.encode("utf-8", "surrogatepass")


def _url(raw: bytes) -> Iterator[bytes]:
    others = sorted(set(raw) - set(_UNRESERVED))
    if not others:
        return
    others.sort(key=b"%".__contains__, reverse=True)  # first, so that no escape is escaped again
    for kept, space in _URL_KEEPS:
        for spelling in (b"%%%02X", b"%%%02x"):
            encoded = raw
            for each in others:
                if each not in kept:
                    encoded = encoded.replace(bytes((each,)), spelling % each)
            yield encoded if space == b"%20" else encoded.replace(b"%20", space)


def _base64(raw: bytes) -> Iterator[bytes]:
    """Yield what base64 makes of ``raw`` wherever it begins: of each character only what depends on nothing else."""
    for offset in range(3):
        encoded = b2a_base64(bytes(offset) + raw, newline=False)
        core = encoded[-(-8 * offset // 6) : 8 * (offset + len(raw)) // 6]
        yield core
        yield core.translate(_TO_URL_ALPHABET)
        if offset == 0:
            yield from _wrapped(core)


def _wrapped(core: bytes) -> Iterator[bytes]:
    """Yield the lines of a file that holds nothing else, as encoders break them."""
    for width in _WRAPPED_AT:
        if len(core) > width:
            lines = (core[start : start + width] for start in range(0, len(core), width))
            yield from (line for line in lines if len(line) >= _SHORTEST_LINE)
