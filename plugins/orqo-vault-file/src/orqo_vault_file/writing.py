"""Writes: one writer at a time, the whole file at once, on disk before anybody is told that it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orqo_vault.backend.deadline import Deadline
from orqo_vault.backend.stored import Expected
from orqo_vault.errors import BackendError, ConflictError, CorruptSecretError, RolledBackError
from orqo_vault_file.format import names, sealed_file
from orqo_vault_file.format.sealed_file import Found
from orqo_vault_file.history import rollback
from orqo_vault_file.reading import mark_of, opened
from orqo_vault_file.store import prepare_to_seal

if TYPE_CHECKING:
    from orqo_vault.secret import Secret
    from orqo_vault_file.format.epochs import Epoch
    from orqo_vault_file.history.marks import Mark
    from orqo_vault_file.store import Store, Visit

_GRACE = 2.0


def write(store: Store, path: str, secret: Secret, if_version: str | Expected, deadline: Deadline) -> str:
    """Replace the secret at ``path`` and return its version. Makes the store if there is none."""
    deadline.check(f"writing {path}")
    if not_yet(store):
        from orqo_vault_file.creation import create_if_absent  # most processes never make a store

        if if_version not in (Expected.ANY, Expected.ABSENT):
            raise _moved(path)
        create_if_absent(store, deadline)
    with only_writer(store, deadline) as visit:
        epoch = prepare_to_seal(store, visit)
        mark = visit.marks.of_path(path)
        found = _expected(store, visit, path, if_version, mark)
        return put(visit, path, secret, next_generation(found, mark), epoch, deadline).version


def delete(store: Store, path: str, deadline: Deadline) -> bool:
    """Put a tombstone in the place of the secret at ``path``. False when there was none."""
    deadline.check(f"deleting {path}")
    if not_yet(store):
        return False
    with only_writer(store, deadline) as visit:
        mark = visit.marks.of_path(path)
        try:
            found = present(visit, path)
        except CorruptSecretError:
            found, there = None, True  # the user wants it gone, and it is not ours to say that it never was
        else:
            there = mark is not None and mark.live if found is None else found.line.live
        if not there:
            return False
        epoch = prepare_to_seal(store, visit)
        put(visit, path, None, next_generation(found, mark), epoch, deadline)
    return True


def not_yet(store: Store) -> bool:
    """Tell whether there is no store and this machine has never seen one there."""
    with store.folder() as found:
        return found is None


@contextmanager
def only_writer(store: Store, deadline: Deadline) -> Iterator[Visit]:
    """Hold the store's lock."""
    with store.visit(lock=deadline) as visit:
        if visit is None:
            raise BackendError(f"{store.directory} holds no store", hint="orqo-vault store init makes one")
        yield visit


def present(visit: Visit, path: str) -> Found | None:
    """Return what stands at ``path`` now, opened; None when there is no file."""
    folder = visit.root.sub(sealed_file.FOLDER)
    if folder is None:
        return None
    with folder:
        data = folder.read(names.file_name(path), sealed_file.CAP)
    return None if data is None else opened(visit, path, data)


def next_generation(found: Found | None, mark: Mark | None) -> int:
    """Return one more than anything this machine has seen, in the store or before."""
    return max(found.line.generation if found else 0, mark.generation if mark else 0) + 1


def put(visit: Visit, path: str, secret: Secret | None, generation: int, epoch: Epoch, deadline: Deadline) -> Found:
    """Write one file, durably, and raise its mark. The caller holds the lock and has prepared the epoch."""
    deadline.check(f"writing {path}")
    data = sealed_file.compose(visit.store_id, path, generation, epoch, secret)
    written = opened(visit, path, data)  # what cannot be read again never replaces what can
    with visit.root.make_sub(sealed_file.FOLDER) as folder:
        folder.replace(names.file_name(path), data)
    # What is written is written: the mark follows even when the time for the write has just run out.
    visit.marks.raise_path(mark_of(written), Deadline(max(_GRACE, deadline.remaining())), durable=True)
    return written


def _expected(store: Store, visit: Visit, path: str, if_version: str | Expected, mark: Mark | None) -> Found | None:
    """Return what is there if it is what the writer expects; raise :class:`ConflictError` otherwise."""
    try:
        found = present(visit, path)
    except CorruptSecretError:
        if if_version is Expected.ANY:
            return None  # the writer brings the whole secret and asks for nothing of the old one
        raise
    live = found is not None and found.line.live
    if if_version is Expected.ABSENT:
        problem = rollback.of_path(path, found, mark, visit.minimum())
        if isinstance(problem, RolledBackError):
            store.report(problem)
        if live:
            raise ConflictError(f"{path}: there is a secret already", paths=(path,))
    elif if_version is not Expected.ANY and (not live or found is None or found.version != if_version):
        raise _moved(path)
    return found


def _moved(path: str) -> ConflictError:
    return ConflictError(
        f"{path}: it changed since it was read; nothing was written", hint="read it again", paths=(path,)
    )
