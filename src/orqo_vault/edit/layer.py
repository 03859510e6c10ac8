"""One settings file as it is edited: its text, what it says, and the same with one key more or less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

from orqo_vault.edit import plain, splice
from orqo_vault.errors import Location, SettingsError
from orqo_vault.settings.document import MISSING, Document, below, parse
from orqo_vault.settings.events import MAX_BYTES
from orqo_vault.settings.find import read_layer


@dataclass(frozen=True, slots=True)
class Layer:
    """A settings file at one moment of an edit. ``found`` is what is on disk, None while there is no such file."""

    path: Path
    found: bytes | None
    text: str
    data: Any

    @property
    def is_changed(self) -> bool:
        """Whether the text differs from what is on disk."""
        return self.content != (self.found or b"")

    @property
    def content(self) -> bytes:
        """The text as bytes."""
        return self.text.encode()

    def get(self, path: Sequence[str]) -> Any:
        """Return what this file says there, None when it says nothing."""
        found = reduce(below, path, self.data)
        return None if found is MISSING else found

    def has(self, path: Sequence[str]) -> bool:
        """Tell whether this file has that key, be it with ``null``."""
        return reduce(below, path, self.data) is not MISSING

    def put(self, path: Sequence[str], value: Any) -> Layer:
        """Return this file with plain ``value`` at ``path``."""
        return self._edited(path, splice.put(self.text, path, value), plain.with_key(self.data, path, value))

    def drop(self, path: Sequence[str]) -> Layer:
        """Return this file without the key at ``path``, which must be there."""
        return self._edited(path, splice.drop(self.text, path), plain.without_key(self.data, path))

    def _edited(self, path: Sequence[str], text: str, expected: dict[str, Any]) -> Layer:
        # Reading back what was written is what makes cutting and pasting text safe: an anchor that another entry
        # needs, a layout nobody thought of, and the edit is refused instead of changing something else.
        try:
            said = parse(text.encode(), str(self.path)).data
        except SettingsError:
            said = None
        if said != expected:
            raise SettingsError(
                f"{'.'.join(path)} cannot be edited without changing something else (an anchor, an unusual layout)",
                hint="edit the file by hand",
                location=Location(str(self.path)),
            )
        return replace(self, text=text, data=said)


def read(path: Path) -> tuple[Layer, Document]:
    """Return the file as it is now, and its document; one that does not exist is empty."""
    found = read_layer(path, limit=MAX_BYTES)
    document = parse(found or b"", str(path))
    return Layer(path, found, (found or b"").decode(), document.data), document
