"""What ``check`` finds out: can the server be reached, is it unsealed, are we let in, may we read these."""

from __future__ import annotations

from collections.abc import Sequence

from orqo_vault.backend import Concern, Deadline, Health
from orqo_vault.errors import (
    AccessDeniedError,
    BackendError,
    BackendUnavailableError,
    OrqoVaultError,
    SealedError,
    TokenExpiredError,
)
from orqo_vault_hashicorp.call import Call
from orqo_vault_hashicorp.client import Client
from orqo_vault_hashicorp.concerns import about_certificate, about_clock, about_token
from orqo_vault_hashicorp.engines import issuing_call
from orqo_vault_hashicorp.json_text import parse
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.retrying import send

STATES = {
    429: "this node is a standby: it hands requests on to the active one",
    472: "this node is a disaster-recovery secondary: it answers no reads",
    473: "this node is a performance standby",
    474: "this node is a standby that cannot reach the active one",
    501: "the server is not initialized",
    503: "the server is sealed: an operator must unseal it",
    530: "this node was removed from its cluster",
}
USABLE = frozenset({200, 429, 473})
SEALED = 503


def examine(client: Client, references: Sequence[HashicorpReference], deadline: Deadline) -> Health:
    """Return all that is wrong, not only the first: but nothing is asked of a server that cannot answer."""
    problem, notes, concerns = _server(client, deadline)
    if problem is not None:
        return Health.failed([problem], notes=notes, concerns=concerns)
    try:
        looked_up = client.session.call(Call("GET", "auth/token/lookup-self"), deadline)
    except OrqoVaultError as error:
        # A policy may deny looking at oneself; whether the login holds, the reads below tell.
        denied = isinstance(error, AccessDeniedError) and not isinstance(error, TokenExpiredError)
        if not references or not denied:
            return Health.failed([error], notes=notes, concerns=concerns)
    else:
        concerns = (*concerns, *about_token(client.session.token, looked_up))
    absent: list[str] = []
    more: list[OrqoVaultError] = []
    for mount, version in _mounts(client, references).items():
        more += _mount(client, mount, version, deadline)
    for reference in dict.fromkeys(references):
        try:
            why = _absence(client, reference, deadline)
        except OrqoVaultError as error:
            more.append(error)
        else:
            if why is not None:
                absent.append(str(reference))
                notes = (*notes, f"{reference} {why}")
    return Health.failed(more, notes=notes, absent=tuple(absent), concerns=concerns)


def _server(client: Client, deadline: Deadline) -> tuple[OrqoVaultError | None, tuple[str, ...], tuple[Concern, ...]]:
    session = client.session
    name = client.context.name
    call = Call("GET", "sys/health")
    try:
        # Once: a standby and a sealed server answer with statuses that a read would try again.
        answer = send(name, session.transport, call, {"X-Vault-Request": "true"}, deadline, once=True)
    except OrqoVaultError as error:
        return error, (), ()
    concerns = (*about_clock(answer), *about_certificate(session.transport.certificate_life()))
    state = STATES.get(answer.status)
    if state is not None and answer.status not in USABLE:
        kind = SealedError if answer.status == SEALED else BackendUnavailableError
        return kind(f"backend {name!r}: {session.transport.address}: {state}"), (), concerns
    return None, ((state,) if state is not None else ()), concerns


def _mounts(client: Client, references: Sequence[HashicorpReference]) -> dict[str, int]:
    stored = [reference for reference in references if reference.engine is None]
    return {
        reference.mount or client.settings.mount: reference.kv_version or client.settings.kv_version
        for reference in stored
    }


def _mount(client: Client, mount: str, declared: int, deadline: Deadline) -> list[OrqoVaultError]:
    """Compare the declared KV version with the mount's. Only check asks: a run must not need this permission."""
    try:
        answer = client.session.call(Call("GET", f"sys/internal/ui/mounts/{mount}"), deadline)
        data = parse(answer.body)["data"]
        kind, actual = str(data["type"]), int((data.get("options") or {}).get("version") or 1)
    except (BackendError, KeyError, TypeError, ValueError):
        return []
    if kind not in ("kv", "generic"):
        message = f"backend {client.context.name!r}: {mount} is a {kind} engine, not KV"
        return [BackendError(message, hint=f"use at: {{engine: {mount}, …}}")]
    if actual != declared:
        message = f"backend {client.context.name!r}: {mount} is KV version {actual}, not {declared}"
        return [BackendError(message, hint=f"set kv_version: {actual}")]
    return []


def _absence(client: Client, reference: HashicorpReference, deadline: Deadline) -> str | None:
    """Return why nothing is there, None when something is. A dynamic secret is not made only to be looked at."""
    if reference.engine is not None:
        _require_capability(client, reference, deadline)
        return None
    if client.read(reference, deadline) is not None:
        return None
    return client.kv(reference).absence(client.place(reference), deadline)


def _require_capability(client: Client, reference: HashicorpReference, deadline: Deadline) -> None:
    call = issuing_call(reference)
    asked = Call("POST", "sys/capabilities-self", body={"paths": [call.path]})
    try:
        granted = set(parse(client.session.call(asked, deadline).body)["data"][call.path])
    except (KeyError, TypeError, ValueError):
        return
    if not granted & {"root", *call.capability.split(" and ")}:
        raise BackendError(f"backend {client.context.name!r}: {call}: denied")
