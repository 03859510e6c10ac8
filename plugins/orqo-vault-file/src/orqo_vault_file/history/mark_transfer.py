"""Marks as text, so that a CI runner or a new machine need not trust what it sees first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orqo_vault.errors import BackendError
from orqo_vault_file.history.marks import MARK_SHAPE, Mark, StoreMark, parsed

if TYPE_CHECKING:
    from orqo_vault.backend import Deadline
    from orqo_vault_file.store import Store

_FORMAT = "orqo-vault-marks/1"
_SHAPE: dict[str, type] = {"format": str, "store": str, "master": str, "height": int, "minimum": int, "paths": list}


def export_marks(store: Store) -> str:
    """Return what this machine has seen of the store: names and numbers, no secret."""
    import json

    with store.visit() as visit:
        mark = visit.marks.of_store() if visit else None
        if visit is None or mark is None:
            raise BackendError(f"this machine has no marks of a store in {store.directory}")
        values = {
            "format": _FORMAT,
            "store": visit.store_id,
            "master": mark.master,
            "height": mark.height,
            "minimum": mark.minimum,
            "paths": [one._asdict() for one in sorted(visit.marks.all_paths(), key=lambda one: one.path)],
        }
    return json.dumps(values, indent=1) + "\n"


def import_marks(store: Store, text: str, deadline: Deadline) -> int:
    """Raise this machine's marks to those another machine exported; return how many paths they cover."""
    values = parsed(text.encode("utf-8"), _SHAPE, "the imported text")
    paths = [_mark(one) for one in values["paths"]]
    with store.folder() as found:
        if values["format"] != _FORMAT or found is None or found[1] != values["store"]:
            raise BackendError(f"these are not marks of the store in {store.directory}")
        marks = store.marks_of(found[1])
        marks.raise_store(StoreMark(store.place(), values["master"], values["height"], values["minimum"]), deadline)
        for one in paths:
            deadline.check("importing marks")
            marks.raise_path(one, deadline)
        if marks.problem is not None:
            raise BackendError(f"the marks could not be kept: {marks.problem}")
    store.forget()
    return len(paths)


def _mark(values: Any) -> Mark:
    if not isinstance(values, dict) or {name: type(value) for name, value in values.items()} != MARK_SHAPE:
        raise BackendError("the imported text is not a list of marks")
    return Mark(**values)
