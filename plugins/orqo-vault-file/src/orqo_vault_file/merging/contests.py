"""Credentials that two branches changed: what each side did, field names only, and sealing the one that stays."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.errors import BackendError, ConflictError, CorruptSecretError, OrqoVaultError
from orqo_vault_file.format import epochs, header, names, sealed_file
from orqo_vault_file.keys import slots
from orqo_vault_file.merging import merge as merging
from orqo_vault_file.merging.git_index import BASE, OURS, THEIRS, GitIndex, Unmerged

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.format.sealed_file import Found
    from orqo_vault_file.store import Store

SIDES = {"ours": OURS, "theirs": THEIRS}
"""In git's own words: ours is what the file in the working tree holds now."""

_WHOLE = (
    "take one branch's store whole: git rm -rqf DIRECTORY, then git checkout HEAD (or MERGE_HEAD) -- DIRECTORY; "
    "then do again what the other branch did"
)


class Contest(NamedTuple):
    """One credential in conflict. Every side that is there was opened and belongs to this store and path."""

    path: str
    file: str
    data: dict[str, bytes]
    """The side's name → its file."""
    sides: dict[str, Found]
    base: Found | None
    """What both sides started from, where that still opens."""
    seen: int
    """The generation this machine has seen."""

    @property
    def newest(self) -> str:
        """The side whose holder of the key gave it the later time; by a clock that was theirs."""
        return max(self.sides, key=lambda side: (self.sides[side].line.time, self.sides[side].line.generation))

    @property
    def older_than_seen(self) -> bool:
        """Whether this machine has seen something newer than every side."""
        return all(found.line.generation < self.seen for found in self.sides.values())


def contests(store: Store, index: GitIndex, paths: Collection[str], deadline: Deadline) -> list[Contest]:
    """Return the credentials that git left in conflict, only those at ``paths`` if there are any.

    Raises when a side does not open, when a path has no conflict, and when what is in conflict is no credential.
    """
    unmerged = index.unmerged()
    _refuse_what_cannot_be_chosen(unmerged)
    by_path = {path: entry for entry in unmerged if (path := _path(entry.name)) is not None}
    absent = [path for path in paths if path not in by_path]
    if absent:
        raise BackendError(f"git has no conflict at {', '.join(absent)}", paths=absent)
    wanted = list(dict.fromkeys(paths)) or sorted(by_path)
    return [_contest(store, index, path, by_path[path], deadline) for path in wanted]


def settle(store: Store, index: GitIndex, contest: Contest, side: str, deadline: Deadline) -> Found:
    """Seal one side above all others and above this machine's mark, and tell git that the conflict is resolved."""
    if side not in contest.sides:
        raise ConflictError(
            f"{contest.path}: on that side the file is missing, and a missing file is no deleted secret",
            hint="choose the other side; orqo-vault delete deletes it afterwards",
            paths=(contest.path,),
        )
    order = list(contest.data)
    sealed = merging.merge(store, contest.path, list(contest.data.values()), order.index(side), deadline)
    index.add(contest.file)
    return sealed


def changes(before: Found | None, after: Found) -> str:
    """Return what became of the fields, in names; no value is in it."""
    if after.secret is None:
        return "deleted"
    old, new = before.secret if before else None, after.secret
    if old is None:
        return f"fields: {', '.join(sorted(new))}"
    said = {
        "changed": [name for name in new if name in old and new[name] != old[name]],
        "added": [name for name in new if name not in old],
        "removed": [name for name in old if name not in new],
    }
    parts = [f"{what}: {', '.join(sorted(fields))}" for what, fields in said.items() if fields]
    return "; ".join(parts) or "sealed again, the same values"


def _refuse_what_cannot_be_chosen(unmerged: list[Unmerged]) -> None:
    foreign = [entry.name for entry in unmerged if _path(entry.name) is None]
    if header.NAME in foreign:
        raise ConflictError("two stores were made, one on each branch: no file of one opens in the other", hint=_WHOLE)
    if any(name.startswith((f"{epochs.FOLDER}/", f"{slots.FOLDER}/")) for name in foreign):
        raise ConflictError("a slot was removed on both branches: each sealed everything again", hint=_WHOLE)
    if foreign:
        raise ConflictError(f"{', '.join(foreign)}: in conflict, and no secret", hint="resolve it with git first")


def _path(name: str) -> str | None:
    folder, _, file = name.rpartition("/")
    return names.path_of(file) if folder == sealed_file.FOLDER else None


def _contest(store: Store, index: GitIndex, path: str, entry: Unmerged, deadline: Deadline) -> Contest:
    data = {
        side: index.content(entry.stages[stage], sealed_file.CAP)
        for side, stage in SIDES.items()
        if stage in entry.stages
    }
    if not data:
        raise ConflictError(f"{path}: both branches removed its file", hint=f"git rm {entry.name}", paths=(path,))
    return Contest(
        path,
        entry.name,
        data,
        {side: _opened(store, path, entry, side, data, deadline) for side in data},
        _base(store, index, path, entry, deadline),
        merging.seen(store, path),
    )


def _opened(store: Store, path: str, entry: Unmerged, side: str, data: dict[str, bytes], deadline: Deadline) -> Found:
    try:
        return merging.inspect(store, path, [data[side]], deadline)[0]
    except CorruptSecretError as error:
        file = f"{store.directory}/{entry.name}"
        other = "ours" if side == "theirs" else "theirs"
        raise type(error)(
            f"{path}: what is {side} does not open: {error.message}",
            hint=f"to do without it: git checkout --{other} {file} && git add {file}; then store the secret again",
            paths=(path,),
        ) from None


def _base(store: Store, index: GitIndex, path: str, entry: Unmerged, deadline: Deadline) -> Found | None:
    """Return the common ancestor for showing what changed; nothing is decided by it, so it need not open."""
    if BASE not in entry.stages:
        return None
    data = index.content(entry.stages[BASE], sealed_file.CAP)
    try:
        return merging.inspect(store, path, [data], deadline)[0]
    except OrqoVaultError:
        return None
