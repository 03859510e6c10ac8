"""Engines that make a secret when they are read: database, aws, pki, ssh, and any other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orqo_vault.backend import Deadline, Lease, Stored
from orqo_vault.errors import BackendError
from orqo_vault_hashicorp.call import Call
from orqo_vault_hashicorp.json_text import parse
from orqo_vault_hashicorp.kv import document, secret_of
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.session import Session


def issue(session: Session, reference: HashicorpReference, deadline: Deadline) -> Stored | None:
    """Return a new secret and its lease; None when the engine has no such role."""
    answer = session.call(issuing_call(reference), deadline)
    if answer.status == 404:
        return None
    data = document(session.name, reference, answer.body)
    lease = _lease(session.name, reference, answer.body)
    expires_at = datetime.now(UTC) + timedelta(seconds=lease.duration) if lease is not None else None
    return Stored(secret_of(session.name, reference, data), None, lease, expires_at)


def issuing_call(reference: HashicorpReference) -> Call:
    """Return the call that makes the secret. It is never repeated blindly: each one may make another account."""
    path = f"{reference.engine}/{reference.path}"
    if not reference.parameters:
        return Call("GET", path, repeatable=False)
    body = {name: value for name, _, value in (each.partition("=") for each in reference.parameters)}
    return Call("POST", path, body=body, repeatable=False)


def _lease(name: str, reference: HashicorpReference, body: bytes) -> Lease | None:
    answer = parse(body)  # parsed before: document() has refused what is not JSON
    lease_id = answer.get("lease_id")
    if not lease_id:
        return None
    try:
        return Lease(str(lease_id), int(answer["lease_duration"]), bool(answer.get("renewable")))
    except (KeyError, ValueError, TypeError):
        raise BackendError(f"backend {name!r}: {reference}: the lease has no duration") from None
