"""Where each value of the effective settings comes from: which layer, which line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from orqo_vault.errors import Location
from orqo_vault.settings.document import MISSING, KeyPath, below
from orqo_vault.settings.draft import dotted
from orqo_vault.settings.layers import Layers


class Origin(NamedTuple):
    """One leaf of the merged settings: what one layer says as a whole."""

    path: KeyPath
    value: Any
    """A scalar, a list, or an empty mapping."""
    location: Location

    @property
    def name(self) -> str:
        """The path as people write it: ``runs.default.credentials``."""
        return dotted(self.path)


def origins(layers: Layers) -> Iterator[Origin]:
    """Yield every leaf of what the layers say together, in the order of the merged mappings.

    Load the settings first: only what was validated is known to hold no secret.
    """
    return _leaves(layers.data, (), layers)


def declarations(layers: Layers, path: KeyPath) -> tuple[Location, ...]:
    """Return where each layer that says something at ``path`` says it: the one that counts first."""
    saying = [document for document in layers.documents if _says(document.data, path)]
    return tuple(document.location(path) for document in reversed(saying))


def _says(data: Any, path: KeyPath) -> bool:
    for part in path:
        data = below(data, part)
        if data is MISSING:
            return False
    return True


def _leaves(value: Any, path: KeyPath, layers: Layers) -> Iterator[Origin]:
    if isinstance(value, dict) and (value or not path):
        for key, each in value.items():
            yield from _leaves(each, (*path, key), layers)
    else:
        yield Origin(path, value, layers.location(path))
