"""Drops the epochs that no file of this checkout uses. Nothing else ever drops one: another branch may need it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from orqo_vault.backend.contract import merged
from orqo_vault.errors import OrqoVaultError
from orqo_vault_file.format import epochs
from orqo_vault_file.keys import slots
from orqo_vault_file.reading import paths_with_a_file
from orqo_vault_file.writing import only_writer, present

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.store import Store, Visit


def unused_epochs(store: Store, deadline: Deadline) -> list[str]:
    """Return the ids of the epochs that no file uses; never the newest.

    One whose master key is in no slot any more, because a slot was removed on another branch, is among them. Raises
    when a file does not open: what it needs cannot be known.
    """
    with only_writer(store, deadline) as visit:
        return _unused(visit, deadline)


def prune(store: Store, epoch_ids: Collection[str], deadline: Deadline) -> list[str]:
    """Remove those of the given epochs that are still unused, and return their ids."""
    with only_writer(store, deadline) as visit:
        going = [epoch_id for epoch_id in _unused(visit, deadline) if epoch_id in epoch_ids]
        with visit.root.make_sub(epochs.FOLDER) as folder:
            for epoch_id in going:
                folder.remove(epoch_id)
    store.forget()
    return going


def _unused(visit: Visit, deadline: Deadline) -> list[str]:
    for epoch_id, error in visit.keyring.load(visit.root).items():
        if not _is_orphaned(visit, epoch_id):
            raise error
    used = {visit.keyring.active.id}
    failed: dict[str, OrqoVaultError] = {}
    for path in sorted(paths_with_a_file(visit)):
        deadline.check("looking for unused epochs")
        try:
            found = present(visit, path)
        except OrqoVaultError as error:
            failed[path] = error
            continue
        if found is not None:
            used.add(found.line.epoch)
    if failed:
        raise merged(failed)
    return [epoch_id for epoch_id in epochs.ids(visit.root) if epoch_id not in used]


def _is_orphaned(visit: Visit, epoch_id: str) -> bool:
    """Tell whether nobody can open an epoch: no slot holds the master key it is sealed under."""
    known, unknown = slots.read_all(visit.root, visit.store_id)
    sealed = epochs.read(visit.root, visit.store_id, epoch_id)
    return sealed is not None and not unknown and sealed.master not in {slot.master for slot in known}
