"""One store directory as this process sees it: where it is, its keys once they were found, what was seen of it before.

What is done with it lives in rooms of its own: ``reading``, ``writing``, ``creation``, ``rotation``, ``slot_changes``,
``acceptance``, ``verification``.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from typing import TYPE_CHECKING, Literal, NamedTuple

from orqo_vault.backend.deadline import Deadline
from orqo_vault.errors import CorruptSecretError, OrqoVaultError
from orqo_vault_file.disk.files import Folder
from orqo_vault_file.disk.locking import Lock
from orqo_vault_file.disk.patience import is_last, pause
from orqo_vault_file.format import epochs, header, names, sealed_file
from orqo_vault_file.history import rollback
from orqo_vault_file.history.marks import Marks, StoreMark, stores_known_in
from orqo_vault_file.keys.keyring import Keyring

if TYPE_CHECKING:
    from orqo_vault.backend import BackendContext
    from orqo_vault_file.format.epochs import Epoch
    from orqo_vault_file.keys.openers import Openers

_PATIENCE = 1.0
"""Seconds that opening a store waits for its turn to raise the store's mark."""


class Session:
    """The keys and marks of the store that was found; kept from one operation to the next."""

    def __init__(self, store_id: str, keyring: Keyring, marks: Marks) -> None:
        self.store_id = store_id
        self.keyring = keyring
        self.marks = marks
        self.durable: set[str] = set()
        """Epochs that this process knows to survive a power cut."""


class Visit(NamedTuple):
    """One operation's view of the store: the open directory beside the session."""

    root: Folder
    session: Session

    @property
    def store_id(self) -> str:
        return self.session.store_id

    @property
    def keyring(self) -> Keyring:
        return self.session.keyring

    @property
    def marks(self) -> Marks:
        return self.session.marks

    def minimum(self) -> int:
        """Return the lowest epoch height this machine accepts."""
        mark = self.marks.of_store()
        return 1 if mark is None else mark.minimum


class Store:
    """A store that may or may not exist yet. Creating one does no I/O; safe for threads and across ``fork``."""

    def __init__(
        self,
        directory: str,
        *,
        openers: Openers,
        state_dir: str,
        notify: Callable[[str], None],
        rollback: Literal["refuse", "warn"] = "refuse",
    ) -> None:
        self.directory = directory
        self.openers = openers
        self.state_dir = state_dir
        self.notify = notify
        self._rollback = rollback
        self._session: Session | None = None
        self._told: set[str] = set()
        self._guard = allocate_lock()
        self._process = os.getpid()

    @classmethod
    def of(cls, path: str, key_file: str | None, context: BackendContext) -> Store:
        """Return the store that a backend's settings and context describe."""
        from orqo_vault_file.keys.openers import Openers

        return cls(
            os.path.join(context.base_dir, path),
            openers=Openers(context, key_file),
            state_dir=os.fspath(context.state_dir),
            notify=context.notify,
            rollback=context.rollback,
        )

    @contextmanager
    def folder(self, deadline: Deadline | None = None) -> Iterator[tuple[Folder, str] | None]:
        """Open the directory and read the store's id, no key needed; with a deadline, as its only writer.

        None when there is no store and this machine knows of none.
        """
        found = self._found()
        if found is None:
            known = stores_known_in(self.state_dir, self.place())
            if known:
                found = self._found()  # its mark is raised after it was made, which may just have happened
            if found is None:
                if known:
                    self.report(rollback.of_directory(self.directory, None, known))
                yield None
                return
        root, store_id = found
        with root, nullcontext() if deadline is None else Lock(root, deadline):
            yield root, store_id

    @contextmanager
    def visit(self, *, lock: Deadline | None = None) -> Iterator[Visit | None]:
        """Open the store for one operation, with a deadline as its only writer; None as for :meth:`folder`."""
        with self.folder(lock) as found:
            yield None if found is None else Visit(found[0], self._opened(*found))

    def id_in(self, root: Folder) -> str | None:
        """Return the id of the store in an open directory, None when it holds none."""
        store_id = header.read(root)
        if store_id is None and _holds_secrets(root):
            store_id = header.read(root)  # it is made before the first secret, which may just have happened
            if store_id is None:
                raise CorruptSecretError(
                    f"{root.place(header.NAME)} is missing", hint="restore it from git or a backup"
                )
        return store_id

    def forget(self) -> None:
        """Let go of keys and epochs: the next operation looks again at what the store holds."""
        self._session = None

    def report(self, error: OrqoVaultError | None) -> None:
        """Raise what is wrong with the history of a secret, or say it once where the user wants a warning only."""
        if error is None:
            return
        if self._rollback == "refuse":
            raise error
        if error.message not in self._told:
            self._told.add(error.message)
            self.notify(f"warning: {error.message}")

    def place(self) -> str:
        """Return the directory as marks name it."""
        return os.path.realpath(self.directory)

    def lenient(self) -> Store:
        """Return the same store without the memory: nothing in its history is reported, for accepting it."""
        return Store(
            self.directory, openers=self.openers, state_dir=self.state_dir, notify=lambda _: None, rollback="warn"
        )

    def marks_of(self, store_id: str) -> Marks:
        """Return this machine's marks of a store."""
        return Marks(self.state_dir, store_id)

    def remember(self, session: Session, epoch: Epoch, deadline: Deadline, *, minimum: int = 1) -> None:
        """Raise the store's mark to what ``epoch``, the active one, says."""
        session.marks.raise_store(StoreMark(self.place(), epoch.master, epoch.height, minimum), deadline)

    def _found(self) -> tuple[Folder, str] | None:
        root = Folder.find(self.directory)
        if root is None:
            return None
        try:
            store_id = self.id_in(root)
        except BaseException:
            root.close()
            raise
        if store_id is None:
            root.close()
            return None
        return root, store_id

    def _opened(self, root: Folder, store_id: str) -> Session:
        if self._process != os.getpid():  # forked: whoever held the guard does not exist here
            self._guard, self._process = allocate_lock(), os.getpid()
        with self._guard:
            session = self._session
            if session is None or session.store_id != store_id:
                session = Session(store_id, Keyring(store_id, self.openers), self.marks_of(store_id))
                self._compare(session, session.keyring.load(root))
                self._session = session
            return session

    def _compare(self, session: Session, failed: dict[str, OrqoVaultError]) -> None:
        active = session.keyring.active
        mark = session.marks.of_store()
        if mark is None:
            known = [one for one in stores_known_in(self.state_dir, self.place()) if one != session.store_id]
            if known:
                self.report(rollback.of_directory(self.directory, session.store_id, known))
                return
            self.notify(f"store {header.short(session.store_id)} is new to this machine: its present state is trusted")
        problem = rollback.of_store(session.store_id, active.height, active.master, mark)
        if problem is not None and failed:
            raise next(iter(failed.values()))  # the newest epoch is not missing: it is there and does not open
        self.report(problem)
        if problem is None and (mark is None or (mark.height, mark.directory) != (active.height, self.place())):
            self.remember(session, active, Deadline(_PATIENCE))


def _holds_secrets(root: Folder) -> bool:
    folder = root.sub(sealed_file.FOLDER)
    if folder is None:
        return False
    with folder:
        return any(names.path_of(name) for name in folder.names())


def newest_epoch(visit: Visit) -> Epoch:
    """Return the epoch with the greatest height, after every epoch in the store was opened."""
    for attempt in count():
        last = is_last(attempt, visit.root.shown)
        failed = visit.keyring.load(visit.root)
        if last or not any(isinstance(error, CorruptSecretError) for error in failed.values()):
            break
        pause(attempt)
    for error in failed.values():
        raise error
    return visit.keyring.active


def prepare_to_seal(store: Store, visit: Visit) -> Epoch:
    """Return the epoch for new seals, known to be the newest and to survive a power cut.

    The caller holds the lock. An epoch that came with a checkout or from a process that died may not be on disk yet.
    """
    active = newest_epoch(visit)
    mark = visit.marks.of_store()
    problem = rollback.of_store(visit.store_id, active.height, active.master, mark)
    if problem is not None and mark is not None and active.height < mark.minimum:
        raise problem  # whatever the user tolerates for reading: this would seal for somebody who was removed
    store.report(problem)
    if active.id not in visit.session.durable:
        folder = visit.root.sub(epochs.FOLDER)
        if folder is not None:
            with folder:
                folder.sync(f"cannot make epoch {active.id} durable", active.id)
        visit.root.sync("cannot make the store durable")
        visit.session.durable.add(active.id)
    return active
