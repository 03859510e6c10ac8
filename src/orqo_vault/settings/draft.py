"""The merged settings while they are being validated: what they say, where, and what was found out on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from orqo_vault.errors import SettingsError
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.layers import Layers
from orqo_vault.settings.schema import EXTENSION

# A key is part of a message only where it looks like one: somebody may have written a secret in its place. One that
# is not known to be a key may have no digit in it; nearly every secret has.
_LOOKS_LIKE_A_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_LOOKS_LIKE_A_WORD = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,31}")


class Draft:
    """One load's working state. Nothing of it outlives the load but the warnings."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.warnings: list[str] = []

    def refuse(self, path: KeyPath, reason: str, *, hint: str | None = None, key: bool = False) -> NoReturn:
        """Raise the error for what stands at ``path``; ``reason`` follows its name and quotes no value."""
        raise self.error(path, reason, hint=hint, key=key)

    def error(self, path: KeyPath, reason: str, *, hint: str | None = None, key: bool = False) -> SettingsError:
        """Return the error for what stands (or is missing) at ``path``."""
        where = dotted(path, known=not key)
        message = f"{where}: {reason}" if where else reason
        return SettingsError(message, hint=hint, location=self.layers.location(path, key=key))

    def warn(self, path: KeyPath, text: str) -> None:
        """Note what is allowed and probably not meant."""
        self.warnings.append(f"{self.layers.location(path)}: {dotted(path)}: {text}")

    def text(self, path: KeyPath, value: object) -> str:
        """Return the scalar that stands at ``path`` as text; a number as it is written (``1.10``, ``007``)."""
        return value if isinstance(value, str) else self.layers.source(path) or str(value)

    def section(self, name: str, grammar: str, said: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the entries of a top-level mapping, without those that ``null`` removes.

        ``said`` is the grammar in words.
        """
        allowed = re.compile(grammar)
        for key, entry in (self.layers.data.get(name) or {}).items():
            if key.startswith(EXTENSION):
                continue
            if not allowed.fullmatch(key):
                self.refuse((name, key), f"not a name that is allowed here: {said}", key=True)
            if entry is None:
                continue
            if not isinstance(entry, dict):
                self.refuse((name, key), "must be a mapping")
            yield key, entry


def split_extensions(entry: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the entry without its ``x-…`` keys, and those."""
    extensions = {key: entry[key] for key in entry if key.startswith(EXTENSION)}
    if not extensions:
        return entry, extensions
    return {key: value for key, value in entry.items() if key not in extensions}, extensions


def dotted(path: KeyPath, *, known: bool = True) -> str:
    """Return ``credentials.mail.env.username[1]``; a key that must not be shown is a question mark.

    ``known`` says that the last part, too, is a key or a name that is allowed where it stands.
    """
    last = len(path) - 1
    parts = (
        _shown(part, _LOOKS_LIKE_A_KEY if known or place < last else _LOOKS_LIKE_A_WORD)
        for place, part in enumerate(path)
    )
    return ".".join(parts).replace(".[", "[")


def _shown(part: str | int, looks_right: re.Pattern[str]) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return part if looks_right.fullmatch(part) else "?"
