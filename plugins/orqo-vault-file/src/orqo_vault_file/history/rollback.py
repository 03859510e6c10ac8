"""Is what stands in the store older than what this machine has seen? Pure: the caller raises, or warns."""

from __future__ import annotations

from orqo_vault.errors import ConflictError, OrqoVaultError, RolledBackError
from orqo_vault_file.format.header import short
from orqo_vault_file.format.sealed_file import Found
from orqo_vault_file.history.marks import Mark, StoreMark

_HINT = (
    "restore the newer store, or accept this state for everybody: orqo-vault store accept {what} "
    "(--allow-older uses it once)"
)


def of_path(path: str, found: Found | None, mark: Mark | None, minimum: int) -> OrqoVaultError | None:
    """Return what is wrong with the history of one path, None when nothing is."""
    hint = _HINT.format(what=path)
    if found is None:
        if mark is None or not mark.live:
            return None
        message = f"{path}: this machine has seen generation {mark.generation}, and now its file is missing"
        return RolledBackError(message, hint=hint, paths=(path,))
    generation = found.line.generation
    if mark is not None and generation < mark.generation:
        message = f"{path}: this machine has seen generation {mark.generation}, and the store holds {generation}"
        return RolledBackError(message, hint=hint, paths=(path,))
    if found.line.height < minimum:
        message = f"{path}: sealed at height {found.line.height}, and this machine requires {minimum} since a rotation"
        return RolledBackError(message, hint=hint, paths=(path,))
    if mark is not None and generation == mark.generation and found.digest != mark.digest:
        message = f"{path}: generation {generation} was written twice, and this machine has seen the other one"
        return ConflictError(message, hint=hint, paths=(path,))
    return None


def of_store(store_id: str, height: int, master: str, mark: StoreMark | None) -> OrqoVaultError | None:
    """Return what is wrong with the history of the epochs, None when nothing is."""
    hint = _HINT.format(what="--all")
    if mark is None:
        return None
    if height < mark.height:
        message = f"store {short(store_id)}: this machine has seen height {mark.height}, and the store ends at {height}"
        return RolledBackError(message, hint=hint)
    if height == mark.height and master != mark.master:
        message = f"store {short(store_id)} is sealed under another master key than this machine has seen"
        return RolledBackError(message, hint=hint)
    return None


def of_directory(directory: str, store_id: str | None, known: list[str]) -> OrqoVaultError:
    """Return the error for a directory in which this machine has seen another store than is there now."""
    was = ", ".join(short(one) for one in known)
    now = "it is gone" if store_id is None else f"now holds {short(store_id)}"
    return RolledBackError(
        f"{directory}: this machine has seen store {was} here, and {now}",
        hint="restore it from git or a backup; orqo-vault store init makes a new one"
        if store_id is None
        else _HINT.format(what="--all"),
    )
