"""Several documents as one: mappings merge by key, everything else replaces, and every value keeps its place.

``null`` replaces like any other value, and everywhere but in ``env`` it means the same as leaving the key out;
that is how a higher layer removes what a lower one declares.
"""

from __future__ import annotations

from typing import Any

from orqo_vault.errors import Location
from orqo_vault.settings.document import MISSING, Document, KeyPath, below


class Layers:
    """The documents of one project, lowest first, and what they say together. ``data`` is shared, not copied."""

    __slots__ = ("data", "documents")

    def __init__(self, documents: tuple[Document, ...]) -> None:
        if not documents:
            raise ValueError("settings have at least one layer")
        self.documents = documents
        self.data: dict[str, Any] = documents[0].data
        for document in documents[1:]:
            self.data = _merged(self.data, document.data)

    def declaring(self, path: KeyPath) -> Document:
        """Return the layer that declares what stands at ``path``.

        Of a mapping that several layers add to it is the lowest: the one an edit goes to. A path that leads nowhere
        is answered for the last thing on the way to it.
        """
        if len(self.documents) == 1:
            return self.documents[0]
        chosen, furthest = self.documents[0], 0
        for document in reversed(self.documents):
            reached, replaces = _reach(document.data, path)
            # At equal depth the lower layer is the declaring one, unless what it has there was replaced.
            if reached > furthest or (reached == furthest and not replaces):
                chosen, furthest = document, reached
            if replaces:
                break
        return chosen

    def location(self, path: KeyPath, *, key: bool = False) -> Location:
        """Return where the value at ``path`` (or its key) stands, in the layer that declares it."""
        return self.declaring(path).location(path, key=key)

    def source(self, path: KeyPath) -> str | None:
        """Return a scalar as it is written in the file, None when there is none at ``path``."""
        return self.declaring(path).source(path)


def _merged(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    result = dict(lower)
    for key, value in upper.items():
        replaced = result.get(key)
        if isinstance(replaced, dict) and isinstance(value, dict):
            value = _merged(replaced, value)
        result[key] = value
    return result


def _reach(data: Any, path: KeyPath) -> tuple[int, bool]:
    """Return how many parts of ``path`` lead somewhere in one layer, and whether lower layers are replaced there."""
    replaces = not isinstance(data, dict)
    for depth, part in enumerate(path):
        data = below(data, part)
        if data is MISSING:
            return depth, replaces
        replaces = replaces or not isinstance(data, dict)
    return len(path), replaces
