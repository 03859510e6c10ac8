"""What both versions of the KV engine share: where a secret is, and how its fields are read off and sent back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from orqo_vault.backend import Deadline, Expected, Stored
from orqo_vault.errors import BackendError, CorruptSecretError
from orqo_vault.secret import Secret
from orqo_vault_hashicorp.json_text import parse, text_of


@dataclass(frozen=True, slots=True)
class Place:
    """A mount, a path in it, and a version where one is pinned."""

    mount: str
    path: str
    version: int | None = None

    def __str__(self) -> str:
        return f"{self.mount}/{self.path}"


class KV(Protocol):
    """One version of the engine."""

    def read(self, place: Place, deadline: Deadline) -> Stored | None: ...
    def write(self, place: Place, secret: Secret, if_version: str | Expected, deadline: Deadline) -> str: ...
    def delete(self, place: Place, permanently: bool, deadline: Deadline) -> bool: ...
    def list_paths(self, mount: str, prefix: str, deadline: Deadline) -> list[str]: ...
    def absence(self, place: Place, deadline: Deadline) -> str: ...


def document(name: str, place: object, body: bytes) -> dict[str, Any]:
    """Return the ``data`` of an answer, or raise where it has none."""
    try:
        data = parse(body)["data"]
        if isinstance(data, dict):
            return data
    except (ValueError, KeyError, TypeError):
        pass  # raised below: this one's context would hold the body
    raise not_vaults(name, place)


def keys(name: str, place: object, listed: Any) -> list[str]:
    """Return the names of one folder's listing, as hvac returns it; none where there is no such folder."""
    if listed is None:
        return []
    found = listed["data"].get("keys") if isinstance(listed.get("data"), dict) else None
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise not_vaults(name, place)
    return found


def not_vaults(name: str, place: object) -> BackendError:
    """Return the error for an answer that is not of the shape this API has."""
    return BackendError(
        f"backend {name!r}: {place}: the answer is not one of Vault's", hint="does address lead to the server?"
    )


def secret_of(name: str, place: object, raw: dict[str, Any]) -> Secret:
    """Return the fields as text; a null is no value, and the field is then absent."""
    try:
        return Secret({field: text for field, value in raw.items() if (text := text_of(value)) is not None})
    except (TypeError, ValueError):
        pass
    raise CorruptSecretError(f"backend {name!r}: {place}: a field cannot be turned into text", paths=(str(place),))


def as_stored(secret: Secret, raw: dict[str, Any] | None) -> dict[str, Any]:
    """Return what to store: fields that did not change keep their JSON type, and nulls stay where they are.

    Other programs read them too: a port that is a number must not become text because we changed the password.
    """
    before = raw or {}
    kept = {field: None for field, value in before.items() if value is None and field not in secret}
    changed = {
        field: before[field] if field in before and text_of(before[field]) == text else text
        for field, text in secret.reveal().items()
    }
    return {**kept, **changed}


def paths_below(children: Callable[[str], list[str]], prefix: str, deadline: Deadline, what: str) -> list[str]:
    """Return every path that begins with ``prefix``; ``children`` lists one folder, folders with a ``/`` at the end."""
    start = prefix.rpartition("/")[0]
    folders, found = [f"{start}/" if start else ""], []
    seen = set(folders)
    while folders:
        deadline.check(what)
        folder = folders.pop()
        for child in children(folder):
            path = folder + child
            if not path.endswith("/"):
                found.append(path)
            elif child.strip("/") and path not in seen and (path.startswith(prefix) or prefix.startswith(path)):
                seen.add(path)
                folders.append(path)
    return sorted(path for path in found if path.startswith(prefix))
