"""What may be shown of a text that a server sent: short, printable, and without any part of a secret.

A server may echo what it was sent, or, with the best intentions, its first and last characters. A redactor of whole
values lets those through, so here every word that shares five characters in a row with a secret is masked: too much
masked is an inconvenience, too little is a leak.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from orqo_vault.secret import MASK

LONGEST = 200
SHARED = 5


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """Return at most :data:`LONGEST` characters of ``text``, in one line, words that look like a secret masked."""
    forms = [form.casefold() for secret in secrets for form in _forms(secret) if form]
    parts = {form[start : start + SHARED] for form in forms for start in range(max(1, len(form) - SHARED + 1))}
    words = (_shown(word, parts) for word in re.split(r"\s+", _printable(text).strip()))
    line = " ".join(words)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _shown(word: str, parts: set[str]) -> str:
    folded = word.casefold()
    return MASK if any(part in folded for part in parts) else word


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


def _forms(secret: str) -> Iterator[str]:
    """Yield the secret as servers repeat it: as it is, quoted, in hex, in base64 at each of its three offsets."""
    data = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield quote(data, safe="")
    yield data.hex()
    for offset in range(3):
        padded = b"\0" * offset + data
        yield base64.b64encode(padded).decode()
        yield base64.urlsafe_b64encode(padded).decode()
