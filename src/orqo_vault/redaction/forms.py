"""The forms of a secret text that are looked for: itself, its parts, and what common encoders make of them.

What is around a value is not part of it: it is looked for without the white space at its ends, which programs strip.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from orqo_vault.redaction.encodings import encodings

SHORTEST = 6
"""Characters. A shorter value stands in too many harmless places: masking it would mask half the output."""
SHORTEST_PART = 8
"""The same for a line or a JSON leaf, which nobody chose as a secret."""
_ARMOUR = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]+-----")


def forms(text: str) -> set[bytes]:
    """Return every form of ``text`` that is masked; none when it is shorter than six characters."""
    core = text.strip()
    if len(core) < SHORTEST:
        return set()
    found: set[bytes] = set()
    for whole in (core, *_leaves(core)):
        for text_of_it in _line_endings(whole):
            found.update(encodings(text_of_it))
        found.update(_lines(whole))
    return found


def _line_endings(text: str) -> Iterable[str]:
    """Return the text with both kinds of line ends: a terminal writes CRLF for LF, and so do many programs."""
    lf = text.replace("\r\n", "\n")
    return {text, lf, lf.replace("\n", "\r\n")}


def _lines(text: str) -> Iterator[bytes]:
    lines = text.replace("\r", "\n").split("\n")
    if len(lines) == 1:
        return
    for line in map(str.strip, lines):
        # "-----BEGIN …" stands before public keys and certificates too, and says nothing of the key.
        if len(line) >= SHORTEST_PART and not _ARMOUR.fullmatch(line):
            yield line.encode("utf-8", "surrogatepass")


def _leaves(text: str) -> list[str]:
    """Return the longer strings in a JSON value: a service-account file is a secret with secrets in it."""
    if text[0] not in '{["':
        return []
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return []
    leaves = []
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, str) and len(each.strip()) >= SHORTEST_PART:
            leaves.append(each.strip())
    return leaves
