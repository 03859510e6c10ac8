"""KV version 1: one version, no check-and-set, and deletes that are final."""

from __future__ import annotations

from typing import Any

from orqo_vault.backend import Deadline, Expected, Stored
from orqo_vault.errors import BackendError, ConflictError
from orqo_vault.secret import Secret
from orqo_vault_hashicorp.call import Call
from orqo_vault_hashicorp.kv import Place, as_stored, document, keys, paths_below, secret_of
from orqo_vault_hashicorp.session import Session

UNVERSIONED = "unversioned"


class KV1:
    """The engine behind one session."""

    def __init__(self, session: Session, unchecked_writes: bool) -> None:
        self._session = session
        self._unchecked_writes = unchecked_writes

    def read(self, place: Place, deadline: Deadline) -> Stored | None:
        """Return what is stored; its version says only that there is one."""
        raw = self._raw(place, deadline)
        return None if raw is None else Stored(secret_of(self._session.name, place, raw), UNVERSIONED)

    def write(self, place: Place, secret: Secret, if_version: str | Expected, deadline: Deadline) -> str:
        """Replace the secret, where the settings allow it: this engine takes ``cas`` and silently ignores it."""
        if not self._unchecked_writes:
            raise BackendError(
                f"backend {self._session.name!r}: {place}: KV version 1 cannot tell whether somebody else wrote",
                hint="move the mount to version 2 (kv enable-versioning), or set allow_unchecked_writes: true",
                paths=(place.path,),
            )
        raw = self._raw(place, deadline)
        holds = {Expected.ANY: True, Expected.ABSENT: raw is None, UNVERSIONED: raw is not None}
        if not holds.get(if_version, False):
            raise ConflictError(
                f"backend {self._session.name!r}: {place}: is not what it was when it was read; nothing was written",
                paths=(place.path,),
            )
        body = as_stored(secret, raw)
        self._session.call(Call("PUT", f"{place.mount}/{place.path}", body=body, repeatable=False), deadline)
        return UNVERSIONED

    def delete(self, place: Place, permanently: bool, deadline: Deadline) -> bool:
        """Delete; here that is always for good."""
        if self._raw(place, deadline) is None:
            return False
        self._engine(deadline).delete_secret(place.path, mount_point=place.mount)
        return True

    def list_paths(self, mount: str, prefix: str, deadline: Deadline) -> list[str]:
        """Return the paths that begin with ``prefix``."""
        engine = self._engine(deadline)

        def children(folder: str) -> list[str]:
            return keys(self._session.name, f"{mount}/{folder}", engine.list_secrets(folder, mount_point=mount))

        return paths_below(children, prefix, deadline, f"backend {self._session.name!r}: list {mount}/{prefix}")

    def absence(self, place: Place, deadline: Deadline) -> str:
        """Say why :meth:`read` found nothing: this engine remembers nothing."""
        return "is not there"

    def _raw(self, place: Place, deadline: Deadline) -> dict[str, Any] | None:
        answer = self._session.call(Call("GET", f"{place.mount}/{place.path}"), deadline)
        return None if answer.status == 404 else document(self._session.name, place, answer.body)

    def _engine(self, deadline: Deadline) -> Any:
        # Imported here: it costs 250 ms, and reads do not need it.
        from hvac.api.secrets_engines.kv_v1 import KvV1  # type: ignore[import-untyped]  # no types shipped

        from orqo_vault_hashicorp.hvac_adapter import SessionAdapter

        return KvV1(SessionAdapter(self._session, deadline))
