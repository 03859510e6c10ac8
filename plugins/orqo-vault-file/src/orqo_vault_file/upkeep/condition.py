"""What is not as it should be around a store that works: for ``check``, never a reason to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orqo_vault_file.format import epochs, header, sealed_file
from orqo_vault_file.keys import slots

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.disk.files import Folder
    from orqo_vault_file.store import Store


def notes(store: Store, deadline: Deadline) -> tuple[str, ...]:
    """Return what a person should know. Raises when the store does not open here."""
    with store.visit() as visit:
        if visit is None:
            return (f"{store.directory} holds no store yet; the first secret that is stored makes it",)
        found = [*_open_permissions(visit.root)]
        visit.marks.probe(deadline)
        if visit.marks.problem is not None:
            found.append(f"rollback cannot be noticed on this machine: {visit.marks.problem}")
        return tuple(found)


def _open_permissions(root: Folder) -> list[str]:
    places = {root.shown: root.mode(), root.place(header.NAME): root.mode(header.NAME)}
    for name in (sealed_file.FOLDER, epochs.FOLDER, slots.FOLDER):
        places[root.place(name)] = root.mode(name)
    return [
        f"{place} can be written by others: chmod go-w {place}"
        for place, mode in places.items()
        if mode is not None and mode & 0o022
    ]
