"""KV version 2: versions, check-and-set, and deletes that can be undone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

from orqo_vault.backend import Deadline, Expected, Stored
from orqo_vault.errors import AccessDeniedError, BackendError, ConflictError
from orqo_vault.secret import Secret
from orqo_vault_hashicorp.call import Answer, Call
from orqo_vault_hashicorp.errors import CheckAndSetRequiredError
from orqo_vault_hashicorp.json_text import parse
from orqo_vault_hashicorp.kv import Place, as_stored, document, keys, not_vaults, paths_below, secret_of
from orqo_vault_hashicorp.parallel import side_by_side
from orqo_vault_hashicorp.session import Session


class KV2:
    """The engine behind one session."""

    def __init__(self, session: Session, connections: int) -> None:
        self._session = session
        self._connections = connections

    def read(self, place: Place, deadline: Deadline) -> Stored | None:
        """Return the newest version, or the pinned one; None where it was deleted, destroyed or never written."""
        raw, about = self._found(place, deadline)
        if raw is None:
            return None
        ends = _moment(about.get("deletion_time"))
        return Stored(secret_of(self._session.name, place, raw), str(about["version"]), expires_at=ends)

    def write(self, place: Place, secret: Secret, if_version: str | Expected, deadline: Deadline) -> str:
        """Write a new version with check-and-set; unconditionally only for ``Expected.ANY``."""
        if if_version is Expected.ABSENT:
            return self._create(place, secret, deadline)
        raw, version = self._raw(place, deadline)
        if if_version is not Expected.ANY and (raw is None or version != if_version):
            self._conflict(place)
        data = as_stored(secret, raw)
        if if_version is not Expected.ANY:
            return self._put(place, data, int(version or 0), deadline)
        try:
            return self._put(place, data, None, deadline)
        except CheckAndSetRequiredError:
            return self._put(place, data, int(version or 0), deadline)

    def delete(self, place: Place, permanently: bool, deadline: Deadline) -> bool:
        """Delete the newest version, which can be undone; or all versions and what is known of them, which cannot."""
        if permanently:
            if self._metadata(place, deadline) is None:
                return False
            self._engine(deadline).delete_metadata_and_all_versions(place.path, mount_point=place.mount)
            return True
        if self._raw(place, deadline)[0] is None:
            return False
        self._engine(deadline).delete_latest_version_of_secret(place.path, mount_point=place.mount)
        return True

    def list_paths(self, mount: str, prefix: str, deadline: Deadline) -> list[str]:
        """Return the paths whose newest version is there; a listing of the engine holds the deleted ones too."""
        engine = self._engine(deadline)

        def children(folder: str) -> list[str]:
            return keys(self._session.name, f"{mount}/{folder}", engine.list_secrets(folder, mount_point=mount))

        paths = paths_below(children, prefix, deadline, f"backend {self._session.name!r}: list {mount}/{prefix}")
        alive = side_by_side(lambda path: self._is_alive(Place(mount, path), deadline), paths, self._connections)
        return [path for path in paths if alive[path]]

    def absence(self, place: Place, deadline: Deadline) -> str:
        """Say why :meth:`read` found nothing."""
        _, about = self._found(place, deadline)
        if not about:
            return "was never written"
        if about.get("destroyed"):
            return f"version {about['version']} was destroyed: its data is gone"
        return f"version {about['version']} was deleted on {about.get('deletion_time')}; it can still be undeleted"

    def _raw(self, place: Place, deadline: Deadline) -> tuple[dict[str, Any] | None, str | None]:
        """Return the fields as they are stored and their version; (None, its version) where it was deleted."""
        raw, about = self._found(place, deadline)
        return raw, str(about["version"]) if about else None

    def _found(self, place: Place, deadline: Deadline) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Return the fields as they are stored, None where they are gone, and what the server knows of the version."""
        query = (("version", str(place.version)),) if place.version is not None else ()
        answer = self._session.call(Call("GET", f"{place.mount}/data/{place.path}", query=query), deadline)
        if answer.status == 404:
            return None, _about(answer)
        data = document(self._session.name, place, answer.body)
        fields, about = data.get("data"), data.get("metadata")
        if not isinstance(about, dict) or "version" not in about or not isinstance(fields, (dict, type(None))):
            raise self._other_version(place)
        return fields, about

    def _create(self, place: Place, secret: Secret, deadline: Deadline) -> str:
        data = as_stored(secret, None)
        try:
            return self._put(place, data, 0, deadline)
        except ConflictError:
            raw, version = self._raw(place, deadline)
            if raw is not None or version is None:
                self._conflict(place)
            # Version 0 is refused once there was one, even when it is deleted: absent is then "nothing newer than it".
            return self._put(place, data, int(version), deadline)

    def _put(self, place: Place, data: dict[str, Any], cas: int | None, deadline: Deadline) -> str:
        path = f"{place.mount}/data/{place.path}"
        body = {"data": data, "options": {} if cas is None else {"cas": cas}}
        answer = self._session.call(Call("POST", path, body=body, repeatable=False), deadline)
        if answer.status != 200:
            # KV version 1 takes any path and any fields: it has just stored ours under data/.
            self._session.call(Call("DELETE", path, repeatable=False), deadline)
            raise self._other_version(place)
        version = document(self._session.name, place, answer.body).get("version")
        if version is None:
            raise not_vaults(self._session.name, place)
        return str(version)

    def _is_alive(self, place: Place, deadline: Deadline) -> bool:
        try:
            about = self._metadata(place, deadline)
        except AccessDeniedError:
            return True  # listing is allowed and metadata is not: better one name too many
        if about is None:
            return False
        try:
            newest = about["versions"].get(str(about["current_version"]))
            return newest is not None and not newest["destroyed"] and not _is_past(newest["deletion_time"])
        except (KeyError, TypeError, AttributeError):
            raise not_vaults(self._session.name, place) from None

    def _metadata(self, place: Place, deadline: Deadline) -> dict[str, Any] | None:
        found = self._engine(deadline).read_secret_metadata(place.path, mount_point=place.mount)
        if found is not None and not isinstance(found.get("data"), dict):
            raise not_vaults(self._session.name, place)
        return found["data"] if found is not None else None

    def _engine(self, deadline: Deadline) -> Any:
        # Imported here: it costs 250 ms, and reads do not need it.
        from hvac.api.secrets_engines.kv_v2 import KvV2  # type: ignore[import-untyped]  # no types shipped

        from orqo_vault_hashicorp.hvac_adapter import SessionAdapter

        return KvV2(SessionAdapter(self._session, deadline))

    def _conflict(self, place: Place) -> NoReturn:
        raise ConflictError(
            f"backend {self._session.name!r}: {place}: is not what it was when it was read; nothing was written",
            paths=(place.path,),
        )

    def _other_version(self, place: Place) -> BackendError:
        return BackendError(
            f"backend {self._session.name!r}: {place.mount} is not a KV version 2 mount", hint="set kv_version: 1"
        )


def _moment(text: object) -> datetime | None:
    """Return a time of the server's, None where there is none: versions may be set to delete themselves."""
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _is_past(text: object) -> bool:
    moment = _moment(text)
    return bool(text) and (moment is None or moment <= datetime.now(UTC))


def _about(answer: Answer) -> dict[str, Any]:
    """Return the metadata that a 404 carries for a deleted or destroyed version; empty where there never was one."""
    try:
        about = parse(answer.body)["data"]["metadata"]
    except (ValueError, KeyError, TypeError):
        return {}
    return about if isinstance(about, dict) and "version" in about else {}
