"""Reads: without a lock and without write permission, patient while git or another writer is changing files."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING

from orqo_vault.backend.deadline import Deadline
from orqo_vault.errors import ConflictError, CorruptSecretError, OrqoVaultError, StoreLockedError
from orqo_vault_file.disk.patience import is_last, pause
from orqo_vault_file.format import epochs, names, sealed_file
from orqo_vault_file.format.sealed_file import Found
from orqo_vault_file.format.two_lines import unfinished
from orqo_vault_file.history import rollback
from orqo_vault_file.history.marks import Mark

if TYPE_CHECKING:
    from orqo_vault_file.disk.files import Folder
    from orqo_vault_file.store import Store, Visit

_PATIENCE = 1.0
"""Seconds a read waits for its turn to raise a mark."""


def read(store: Store, path: str, deadline: Deadline) -> Found | None:
    """Return the secret at ``path``, None when there is none or it was deleted."""
    found, failed = read_many(store, (path,), deadline)
    for error in failed.values():
        raise error
    return found.get(path)


def read_many(
    store: Store, paths: Iterable[str], deadline: Deadline
) -> tuple[dict[str, Found], dict[str, OrqoVaultError]]:
    """Return the secrets that are there and, for the paths that failed, why. Raises when the store does not open."""
    deadline.check("reading")
    reading = _Reading(store, deadline)
    pending = list(dict.fromkeys(paths))
    for attempt in count():
        last = is_last(attempt, store.directory)
        try:
            pending = reading.look(pending, last=last)
        except CorruptSecretError:
            if last:
                raise
        except StoreLockedError:
            if attempt:  # once more, because slots and epochs may just have been exchanged
                raise
        if not pending or last:
            break
        deadline.check("reading")
        pause(attempt)
        store.forget()
    return reading.found, reading.failed


class _Reading:
    """What several looks at the same paths have found so far."""

    def __init__(self, store: Store, deadline: Deadline) -> None:
        self.store = store
        self.deadline = deadline
        self.found: dict[str, Found] = {}
        self.failed: dict[str, OrqoVaultError] = {}
        self._judged: dict[str, bytes] = {}
        """The bytes that failed, of files that were whole: the same bytes will fail again."""

    def look(self, paths: list[str], *, last: bool) -> list[str]:
        """Read all ``paths`` once; return those for which another look may help."""
        again = []
        with ExitStack() as stack:
            visit = stack.enter_context(self.store.visit())
            if visit is None:
                return []
            folder = visit.root.sub(sealed_file.FOLDER)
            if folder is not None:
                stack.enter_context(folder)
            minimum = visit.minimum()
            for path in paths:
                self.deadline.check("reading")
                before = self._judged.pop(path, None)
                if not self._read(visit, folder, path, minimum, last) and (
                    path not in self._judged or self._judged[path] != before
                ):
                    again.append(path)
        return again

    def _read(self, visit: Visit, folder: Folder | None, path: str, minimum: int, last: bool) -> bool:
        """Read one path; False when it failed in a way that another look may change."""
        self.failed.pop(path, None)
        data = None
        try:
            # The mark first: a writer raises it after the rename, so the file we then read cannot honestly be older.
            mark = visit.marks.of_path(path)
            data = None if folder is None else folder.read(names.file_name(path), sealed_file.CAP)
            one = None if data is None else opened(visit, path, data)
            problem = rollback.of_path(path, one, mark, minimum)
            if problem is not None and one is None and not last:
                raise problem  # while git replaces a file, there is none for a moment: never take that for absence
            self.store.report(problem)
        except (CorruptSecretError, ConflictError) as error:
            self.failed[path] = error
            if data is not None and _is_whole(visit, path, data):
                self._judged[path] = data
            return False
        except OrqoVaultError as error:
            self.failed[path] = error
            return True
        if one is not None and problem is None and (mark is None or mark.generation < one.line.generation):
            visit.marks.raise_path(mark_of(one), Deadline(min(_PATIENCE, self.deadline.remaining())))
        if one is not None and one.line.live:
            self.found[path] = one
        return True


def _is_whole(visit: Visit, path: str, data: bytes) -> bool:
    """Tell whether it is all there: git writes one file after another, a secret perhaps before its epoch."""
    if unfinished(data):
        return False
    try:
        line, _ = sealed_file.read_line(data, visit.store_id, path, path)
        return not epochs.is_unfinished(visit.root, line.epoch)
    except OrqoVaultError:
        return True


def opened(visit: Visit, path: str, data: bytes) -> Found:
    """Return what the bytes of a credential's file hold; raises unless every bit is what was sealed for ``path``."""
    shown = visit.root.place(f"{sealed_file.FOLDER}/{names.file_name(path)}")
    line, sealed = sealed_file.read_line(data, visit.store_id, path, shown)
    epoch = visit.keyring.epoch(visit.root, line.epoch)
    if epoch is None:
        raise CorruptSecretError(
            f"{shown} is sealed under epoch {line.epoch}, which the store does not hold",
            hint="check the whole store out, with its folder 'epochs'",
        )
    return sealed_file.open_sealed(line, sealed, data, epoch, path, shown)


def mark_of(found: Found) -> Mark:
    """Return the mark that says: this machine has seen ``found``."""
    line = found.line
    return Mark(line.path, line.generation, line.height, found.digest, line.live)


def paths_with_a_file(visit: Visit) -> set[str]:
    """Return every path that has a file, a tombstone's too."""
    folder = visit.root.sub(sealed_file.FOLDER)
    if folder is None:
        return set()
    with folder:
        return {path for path in map(names.path_of, folder.names()) if path is not None}


def list_paths(store: Store, prefix: str, deadline: Deadline) -> list[str]:
    """Return the paths that start with ``prefix`` and are not marked as deleted. Opens no seal."""
    deadline.check("listing")
    with store.folder() as found:
        folder = None if found is None else found[0].sub(sealed_file.FOLDER)
        if folder is None:
            return []
        with folder:
            paths = []
            for name in folder.names():
                deadline.check("listing")
                path = names.path_of(name)
                if path is not None and path.startswith(prefix):
                    start = folder.start(name, 512)
                    if start is not None and not sealed_file.is_tombstone(start):
                        paths.append(path)
    return sorted(paths)
