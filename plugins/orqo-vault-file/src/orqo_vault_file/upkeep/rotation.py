"""New epochs, and the walk that re-seals everything under the newest one. The walk may be stopped and run again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from orqo_vault.backend.contract import merged
from orqo_vault.errors import OrqoVaultError
from orqo_vault_file.disk.files import TEMPORARY
from orqo_vault_file.format import epochs, sealed_file
from orqo_vault_file.history import rollback
from orqo_vault_file.keys import slots
from orqo_vault_file.reading import paths_with_a_file
from orqo_vault_file.store import prepare_to_seal
from orqo_vault_file.writing import next_generation, only_writer, present, put

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.format.epochs import Epoch
    from orqo_vault_file.store import Store, Visit

UNDER_WAY = f"{TEMPORARY}rotation"
"""Holds the id of the epoch that everything is being re-sealed under; git ignores it."""

Progress = Callable[[int, int], None]
"""Is told now and then how many of how many secrets have been looked at."""

_BATCH = 50
_ID_CAP = 64


def rotate(store: Store, deadline: Deadline) -> Epoch:
    """Make a new epoch. Every secret is sealed under it when it is next written; nothing else is touched."""
    with only_writer(store, deadline) as visit:
        active = prepare_to_seal(store, visit)
        return add_epoch(store, visit, visit.keyring.master(visit.root, active.master), deadline)


def silent(done: int, of: int) -> None:
    """Tell nobody."""


def rotate_now(store: Store, deadline: Deadline, *, progress: Progress = silent) -> int:
    """Re-seal every secret under a new epoch and require it from then on; return how many were re-sealed.

    Stopped half-way, all secrets stay readable; run again, it goes on where it was.
    """
    with only_writer(store, deadline) as visit:
        active = prepare_to_seal(store, visit)
        if visit.root.read(UNDER_WAY, _ID_CAP) == active.id.encode("ascii"):
            consolidate(visit)  # what was interrupted may have been the removal of a slot
        else:
            add_epoch(store, visit, visit.keyring.master(visit.root, active.master), deadline, reseal=True)
    return reseal_all(store, deadline, progress)


def add_epoch(store: Store, visit: Visit, master: bytes, deadline: Deadline, *, reseal: bool = False) -> Epoch:
    """Make the next epoch under a master key; with ``reseal``, note that everything is to follow.

    The caller holds the lock.
    """
    mark = visit.marks.of_store()
    height = max(visit.keyring.active.height, mark.height if mark else 0) + 1
    epoch_id = epochs.new_epoch_id()
    data = epochs.compose(visit.store_id, epoch_id, height, epochs.new_root_key(), master)
    if reseal:
        visit.root.replace(UNDER_WAY, epoch_id.encode("ascii"))
    with visit.root.make_sub(epochs.FOLDER) as folder:
        folder.sweep()
        folder.replace(epoch_id, data)
    visit.keyring.learn(master)
    failed = visit.keyring.load(visit.root)
    if epoch_id in failed:  # the one before would count as the newest, and what was rotated away would be so again
        raise failed[epoch_id]
    visit.session.durable.add(epoch_id)
    store.remember(visit.session, visit.keyring.active, deadline)
    return visit.keyring.active


def consolidate(visit: Visit) -> None:
    """Bring every epoch under the newest master key, then remove the slots of all others. The caller holds the lock."""
    active = visit.keyring.active
    master = visit.keyring.master(visit.root, active.master)
    with visit.root.make_sub(epochs.FOLDER) as folder:
        for epoch_id in epochs.ids(visit.root):
            sealed = epochs.read(visit.root, visit.store_id, epoch_id)
            if sealed is not None and sealed.master != active.master:
                root_key = sealed.root_key(visit.store_id, visit.keyring.master(visit.root, sealed.master))
                folder.replace(epoch_id, epochs.compose(visit.store_id, epoch_id, sealed.height, root_key, master))
    known, _ = slots.read_all(visit.root, visit.store_id)
    remove_slots(visit, [slot.id for slot in known if slot.master != active.master])


def remove_slots(visit: Visit, slot_ids: Iterable[str]) -> None:
    """Remove slot files. The caller holds the lock and knows that no epoch needs them any more."""
    with visit.root.make_sub(slots.FOLDER) as folder:
        for slot_id in slot_ids:
            folder.remove(slot_id)


def reseal_all(store: Store, deadline: Deadline, progress: Progress = silent) -> int:
    """Re-seal what is below the active epoch, then require that epoch's height on this machine.

    The lock is given up between batches. Secrets that cannot be re-sealed are named in one error at the end.
    """
    with only_writer(store, deadline) as visit:
        height = prepare_to_seal(store, visit).height
        paths = _swept(visit)
    count = 0
    failed: dict[str, OrqoVaultError] = {}
    for start in range(0, len(paths), _BATCH):
        deadline.check("re-sealing (run it again to go on)")
        with only_writer(store, deadline) as visit:
            epoch = prepare_to_seal(store, visit)
            for path in paths[start : start + _BATCH]:
                try:
                    count += _reseal(store, visit, path, height, epoch, deadline)
                except OrqoVaultError as error:
                    failed[path] = error
        progress(min(start + _BATCH, len(paths)), len(paths))
    if failed:
        raise merged(failed)
    with only_writer(store, deadline) as visit:
        store.remember(visit.session, prepare_to_seal(store, visit), deadline, minimum=height)
        visit.root.remove(UNDER_WAY)
    return count


def _reseal(store: Store, visit: Visit, path: str, height: int, epoch: Epoch, deadline: Deadline) -> bool:
    found = present(visit, path)
    if found is None or found.line.height >= height:
        return False
    mark = visit.marks.of_path(path)
    store.report(rollback.of_path(path, found, mark, visit.minimum()))
    put(visit, path, found.secret, next_generation(found, mark), epoch, deadline)
    return True


def _swept(visit: Visit) -> list[str]:
    """Return every path that has a file, and remove what writers that died left beside them: we hold the lock."""
    folder = visit.root.sub(sealed_file.FOLDER)
    if folder is not None:
        with folder:
            folder.sweep()
    return sorted(paths_with_a_file(visit))
