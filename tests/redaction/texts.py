"""Secrets as people have them, encoders as programs use them, and ways to cut a stream into pieces."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus

from orqo_vault.redaction import Patterns, Redactor, patterns
from orqo_vault.secret import SecretValue

AWKWARD = "abcXYZ0189+/=\"\\ %&<>é€𝄞-_~'!*()#?\t"
SEQUENCES = (
    b"\x1b[31m", b"\x1b[0m", b"\x1b[38;5;196m", b"\x1b[K", b"\x1b[?25l", b"\x1b(B", b"\x1b7", b"\x1bM",
    b"\x1b]0;a title\x07", b"\x1b]8;;https://example.com/\x1b\\", b"\x1bP1$r0m\x1b\\",
)  # fmt: skip
TEXT_ENCODERS: tuple[Callable[[str], str], ...] = (
    str,
    lambda value: json.dumps(value)[1:-1],
    lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    lambda value: quote(value, safe=""),
    quote,
    quote_plus,
    lambda value: _lower_escapes(quote(value, safe="")),
    lambda value: value.encode().hex(),
    lambda value: value.encode().hex().upper(),
)
BASE64_ENCODERS: tuple[Callable[[bytes], bytes], ...] = (base64.b64encode, base64.urlsafe_b64encode)


def _lower_escapes(text: str) -> str:
    first, *rest = text.split("%")
    return "%".join([first, *(each[:2].lower() + each[2:] for each in rest)])


def masking(*values: str) -> Patterns:
    return patterns(SecretValue(value) for value in values)


def passed(made: Patterns, pieces: Iterable[bytes]) -> bytes:
    redactor = Redactor(made)
    return b"".join([*map(redactor.feed, pieces), redactor.finish()])


def one_by_one(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def cut(data: bytes, chance: random.Random) -> list[bytes]:
    """Cut into pieces of one byte, of a few, or of any size."""
    largest = chance.choice((1, 5, 40, len(data) + 1))
    pieces, at = [], 0
    while at < len(data):
        size = chance.randint(1, largest)
        pieces.append(data[at : at + size])
        at += size
    return pieces


def colored(data: bytes, chance: random.Random) -> bytes:
    """Put escape sequences between bytes, but not at the ends."""
    inside = b"".join(data[at : at + 1] + _some(chance) for at in range(len(data) - 1))
    return inside + data[-1:]


def _some(chance: random.Random) -> bytes:
    return b"".join(chance.choices(SEQUENCES, k=chance.randint(1, 2))) if chance.random() < 0.2 else b""


def token(chance: random.Random) -> str:
    prefix = chance.choice(("sk-proj-", "ghp_", "AKIA", "xoxb-", "", ""))
    return prefix + "".join(chance.choices(string.ascii_letters + string.digits, k=chance.randint(16, 48)))


def password(chance: random.Random) -> str:
    """A password of any kind of characters that does not begin or end with a space."""
    inside = "".join(chance.choices(AWKWARD, k=chance.randint(4, 40)))
    return f"{chance.choice('aZ9=%')}{inside}{chance.choice('aZ9=%')}"


def private_key(chance: random.Random) -> str:
    body = base64.b64encode(chance.randbytes(chance.randint(100, 200))).decode()
    lines = [body[at : at + 70] for at in range(0, len(body), 70)]
    kind = chance.choice(("OPENSSH PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"))
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""])


def service_account(chance: random.Random) -> str:
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "acme-production",
            "private_key_id": chance.randbytes(20).hex(),
            "private_key": private_key(chance),
            "client_email": "engine@acme-production.iam.gserviceaccount.com",
            "short": "abc",
            "nested": [{"token": token(chance)}],
        },
        indent=2,
    )
