"""Finds a secret in anything that was written, plain or in the spellings in which secrets usually leave a program."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path


def spellings(secret: bytes) -> dict[str, bytes]:
    """Return the secret plain, base64 at each offset, hexadecimal, percent-encoded, and as JSON and Python write it."""
    found = {"plain": secret, "hex": secret.hex().encode(), "HEX": secret.hex().upper().encode()}
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + secret)
        # What its neighbours decide too is left out: the first characters and the last.
        inner = text[-(-offset * 8 // 6) : len(text) - (4 if (offset + len(secret)) % 3 else 0)]
        found[f"base64+{offset}"] = inner
        found[f"base64url+{offset}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    found["percent"] = urllib.parse.quote(secret, safe="").encode()
    found["form"] = urllib.parse.quote_plus(secret).encode()
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return found
    found["JSON"] = json.dumps(text)[1:-1].encode()
    found["JSON, UTF-8"] = json.dumps(text, ensure_ascii=False)[1:-1].encode()
    found["repr"] = repr(text)[1:-1].encode()
    found["bytes repr"] = repr(secret)[2:-1].encode()
    return found


class Scanner:
    """Knows secrets by name. A part of a secret is a secret too: give each half a name."""

    def __init__(self, secrets: Mapping[str, bytes]) -> None:
        self._needles = {
            needle: f"{name} ({spelling})"
            for name, secret in secrets.items()
            for spelling, needle in spellings(secret).items()
        }
        assert min(map(len, self._needles)) >= 12, "what is shorter is found by accident"

    def hits(self, where: str, data: bytes | str) -> list[str]:
        """Return what was found in the data, with where it was."""
        content = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
        return [f"{where}: {what}" for needle, what in self._needles.items() if needle in content]

    def hits_below(self, folders: Iterable[Path]) -> Iterator[str]:
        """Yield what was found in the names and contents of all files."""
        for folder in folders:
            for file in folder.rglob("*"):
                yield from self.hits(f"the name of {file}", file.name)
                if file.is_file() and not file.is_symlink():
                    yield from self.hits(str(file), file.read_bytes())
