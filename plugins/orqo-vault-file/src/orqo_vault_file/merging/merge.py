"""One credential edited on two branches: both sides are verified, and the chosen one is sealed above both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orqo_vault_file.format.sealed_file import Found
from orqo_vault_file.reading import opened
from orqo_vault_file.store import prepare_to_seal
from orqo_vault_file.writing import only_writer, put

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.store import Store


def inspect(store: Store, path: str, sides: Sequence[bytes], deadline: Deadline) -> list[Found]:
    """Return what each side holds, in order; raises when one of them is not a valid file for ``path``."""
    with only_writer(store, deadline) as visit:
        return [opened(visit, path, data) for data in sides]


def seen(store: Store, path: str) -> int:
    """Return the greatest generation this machine has seen at ``path``, 0 when it has seen none."""
    with store.visit() as visit:
        mark = visit.marks.of_path(path) if visit else None
    return mark.generation if mark else 0


def merge(store: Store, path: str, sides: Sequence[bytes], winner: int, deadline: Deadline) -> Found:
    """Seal the side with index ``winner`` again, above the generations of all sides and of this machine's mark.

    The sides are the bytes of whole files, as git keeps them in the stages of its index.
    """
    with only_writer(store, deadline) as visit:
        epoch = prepare_to_seal(store, visit)
        found = [opened(visit, path, data) for data in sides]
        mark = visit.marks.of_path(path)
        newest = max([one.line.generation for one in found] + ([mark.generation] if mark else []))
        return put(visit, path, found[winner].secret, newest + 1, epoch, deadline)
