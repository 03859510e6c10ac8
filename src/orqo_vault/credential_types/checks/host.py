"""Host names as people and tools write them: DNS names, also international ones, IPv4 and IPv6 addresses."""

from __future__ import annotations

import unicodedata

MAX_NAME = 253
MAX_LABEL = 63
CONTEXTUAL = "\u200c\u200d\u00b7\u0375\u05f3\u05f4\u30fb"
"""Joiners and punctuation that IDNA 2008 allows within words (RFC 5892, appendix A): ``paral·lel``."""


def check_host(value: str) -> None:
    """Accept a host name or an address, without scheme, port or brackets."""
    if "/" in value or "@" in value:
        raise ValueError("must be a host name only: no scheme, no user, no path")
    if value.startswith("[") or value.endswith("]"):
        raise ValueError("must be an address without brackets")
    if value.count(":") == 1:
        raise ValueError("must be a host name only: the port is a field of its own")
    if ":" in value or _looks_like_ipv4(value):
        _check_address(value)
    else:
        _check_name(value)


def _looks_like_ipv4(value: str) -> bool:
    # A name whose last label is a number is read as an IPv4 address everywhere (RFC 1123, WHATWG URL).
    last = value.removesuffix(".").rpartition(".")[2]
    return last.isascii() and last.isdigit()


def _check_address(value: str) -> None:
    import ipaddress

    try:
        ipaddress.ip_address(value)
    except ValueError:
        pass
    else:
        return
    raise ValueError("is not an IP address, and no host name looks like this")


def _check_name(value: str) -> None:
    labels = value.removesuffix(".").split(".")
    encoded = [_ascii_length(label) for label in labels]
    if sum(encoded) + len(encoded) - 1 > MAX_NAME:
        raise ValueError(f"is longer than the {MAX_NAME} characters of a host name")
    for label, length in zip(labels, encoded, strict=True):
        if not label:
            raise ValueError("is not a host name: it has an empty part")
        if length > MAX_LABEL:
            raise ValueError(f"is not a host name: a part is longer than {MAX_LABEL} characters")
        if label.startswith("-") or label.endswith("-"):
            raise ValueError("is not a host name: a part starts or ends with a hyphen")
        if not all(map(_allowed, label)):
            raise ValueError("is not a host name: it has a character that none has")


def _ascii_length(label: str) -> int:
    if label.isascii():
        return len(label)
    return len("xn--") + len(label.encode("punycode", "replace"))


def _allowed(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character in "-_"  # underscores: container networks have them
    if character in CONTEXTUAL:
        return True
    # A look-alike that normalises to '/', ':' or '@' would make a URL of the name point elsewhere.
    plain = unicodedata.normalize("NFKC", character)
    if any(each.isascii() and not each.isalnum() for each in plain):
        return False
    return unicodedata.category(character)[0] not in "ZCP"
