"""The keys of one open store: found when first needed, then kept, so that ten reads cost one opening."""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING

from orqo_vault.errors import CorruptSecretError, OrqoVaultError, StoreLockedError
from orqo_vault_file.format import epochs
from orqo_vault_file.format.epochs import Epoch
from orqo_vault_file.keys import opening
from orqo_vault_file.keys.slots import master_id

if TYPE_CHECKING:
    from orqo_vault_file.disk.files import Folder
    from orqo_vault_file.keys.openers import Openers


class Keyring:
    """Master keys and epochs of one store. An epoch's key never changes, so what was opened stays valid."""

    def __init__(self, store_id: str, openers: Openers) -> None:
        self.store_id = store_id
        self.openers = openers
        self._masters: dict[str, bytes] = {}
        self._epochs: dict[str, Epoch] = {}
        self._guard = allocate_lock()
        self._process = os.getpid()

    def epoch(self, root: Folder, epoch_id: str) -> Epoch | None:
        """Return the epoch of that id, None when the store has no such file."""
        known = self._epochs.get(epoch_id)
        if known is None:
            known = self._opened(root, epoch_id)
            if known is not None:
                self._epochs[epoch_id] = known
        return known

    def load(self, root: Folder) -> dict[str, OrqoVaultError]:
        """Open every epoch that is in the store now and return why some did not open, by id.

        Raises when not a single one opens: then nothing in the store can be used here.
        """
        present: dict[str, Epoch] = {}
        failed: dict[str, OrqoVaultError] = {}
        for epoch_id in epochs.ids(root):
            try:
                opened = self._opened(root, epoch_id)
            except (CorruptSecretError, StoreLockedError) as error:
                failed[epoch_id] = error
            else:
                if opened is not None:
                    present[epoch_id] = opened
        if not present:
            for reason in failed.values():
                raise reason
            raise CorruptSecretError(
                f"{root.shown} holds no epoch", hint="restore its folder 'epochs' from git or a backup"
            )
        self._epochs = present
        return failed

    @property
    def active(self) -> Epoch:
        """The epoch under which new seals are made: the greatest height, then the greatest id, of those loaded."""
        return max(self._epochs.values(), key=lambda epoch: (epoch.height, epoch.id))

    @property
    def count(self) -> int:
        """How many epochs were opened."""
        return len(self._epochs)

    def master(self, root: Folder, wanted: str) -> bytes:
        """Return the master key of that id, opening a slot if none was opened for it yet."""
        if self._process != os.getpid():  # forked: whoever held the guard does not exist here
            self._guard, self._process = allocate_lock(), os.getpid()
        with self._guard:  # two threads must not ask for one passphrase twice
            known = self._masters.get(wanted)
            if known is None:
                known = opening.master_key(root, self.store_id, wanted, self.openers)
                self._masters[wanted] = known
            return known

    def learn(self, master: bytes) -> None:
        """Keep a master key that was made just now: whether its slots open must not decide what is done with it."""
        self._masters[master_id(master)] = master

    def _opened(self, root: Folder, epoch_id: str) -> Epoch | None:
        sealed = epochs.read(root, self.store_id, epoch_id)
        return None if sealed is None else sealed.open(self.store_id, self.master(root, sealed.master))
