"""Tests credentials: reads each as a run would, asks the service it is for, and remembers what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from orqo_vault.backend import Deadline, Stored
from orqo_vault.credential import Credential, Mode
from orqo_vault.errors import ExpiredCredentialError, MissingSecretsError, OrqoVaultError, without_frames
from orqo_vault.injector import Selected, expired, field_value
from orqo_vault.planner.lookup import lookup
from orqo_vault.plugins import credential_type
from orqo_vault.probes import Answer, Outcome, ProbeResult, Subject
from orqo_vault.probes.contract import Probe
from orqo_vault.probes.running import answer_of
from orqo_vault.secret import SecretValue
from orqo_vault.vault.auditing import use
from orqo_vault.vault.leases import hold_leases
from orqo_vault.vault.reading import read_secrets
from orqo_vault.vault.status import results_of
from orqo_vault.vault.vault import Vault

SECONDS = 10.0
"""How long one test may take, from the name's look-up to the last byte."""
AT_ONCE = 8
PLACES = frozenset(("PATH", "HOME", "XDG_RUNTIME_DIR", "TMPDIR"))


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of one credential: a result, or the error that kept it from being tested."""

    credential: str
    result: ProbeResult | OrqoVaultError


def probe_all(vault: Vault, ids: Iterable[str] | None = None, *, seconds: float = SECONDS) -> list[Probed]:
    """Test the named credentials, or every one that is enabled, side by side; each ends in a result or an error."""
    from concurrent.futures import ThreadPoolExecutor  # one test needs no others

    if ids is None:
        chosen = [each.id for each in vault.credentials.values() if each.enabled]
    else:
        chosen = list(dict.fromkeys(ids))
    for credential_id in chosen:
        lookup(vault.credentials, credential_id, "credential")

    def probe(credential_id: str) -> Probed:
        try:
            return Probed(credential_id, probe_one(vault, credential_id, seconds=seconds))
        except OrqoVaultError as error:
            return Probed(credential_id, error)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="orqo-vault-test") as pool:
        return list(pool.map(probe, chosen))


def probe_llm(vault: Vault, name: str, *, seconds: float = SECONDS) -> ProbeResult:
    """Ask the provider of an LLM config whether it has the model, with the key that would pay for it.

    Raises what reading the secret raises; what the provider says, or that it does not answer, is a result.
    """
    from orqo_vault.probes.models import probe_model

    config = lookup(vault.settings.llm, name, "llm config")
    model = config.model.partition(":")[2] or config.model
    return probe_one(vault, config.credential, seconds=seconds, ask=lambda subject: probe_model(subject, model))


@without_frames
def probe_one(vault: Vault, credential_id: str, *, seconds: float = SECONDS, ask: Probe | None = None) -> ProbeResult:
    """Test one credential with the values a run would get, and remember the result.

    ``ask`` asks something else than whether the credential works, and is not remembered. Raises what reading the
    secret raises; what the service says, or that it does not answer, is a result.
    """
    credential = lookup(vault.credentials, credential_id, "credential")
    now = datetime.now(UTC).replace(microsecond=0)
    if credential.mode is Mode.PLATFORM:
        reason = "a platform key is the operator's: it is never tested with a user's rights"
        return ProbeResult(credential=credential_id, outcome=Outcome.NOT_TESTABLE, reason=reason, tested_at=now)
    if expired(credential, now):
        raise ExpiredCredentialError(
            f"credential {credential_id!r} has expired", hint=f"orqo-vault edit {credential_id} --expires-at TIME"
        )
    with ExitStack() as undo:
        found, values = _read(vault, credential, undo)
        subject = _subject(vault, credential, values, seconds)
        answer, milliseconds, tested_at = answer_of(subject, credential_type(credential.type), ask)
    version = found.version if found is not None else None
    if answer.rotated:
        version = _store_rotated(vault, subject, answer)
    result = ProbeResult(
        credential=credential_id,
        outcome=answer.outcome,
        reason=answer.reason,
        status=answer.status,
        latency_ms=None if answer.outcome is Outcome.NOT_TESTABLE else milliseconds,
        tested_at=tested_at,
        version=version,
    )
    if ask is None and result.outcome is not Outcome.NOT_TESTABLE:
        results_of(vault).keep(result, credential)
    return result


def _read(vault: Vault, credential: Credential, undo: ExitStack) -> tuple[Stored | None, dict[str, SecretValue]]:
    """Return what is stored and the values of the fields that have one; raise when a required one has none.

    What a backend only lends is given back by ``undo``.
    """
    contract = vault.settings.contracts[credential.id]
    with vault.asking("test", [credential]) as asked:
        stored = read_secrets(vault.backends, [credential], vault.settings.contracts, vault.surroundings.seconds)
        undo.callback(hold_leases(vault.backends, [credential], stored).close)
        found = stored.get(credential.id)
        selected = Selected(credential, contract, found.secret if found is not None else None)
        values = {bound.name: field_value(selected, bound) for bound in contract}
        missing = [f"{credential.id}.{each.name}" for each in contract if each.required and values[each.name] is None]
        if missing:
            raise MissingSecretsError(f"not stored: {', '.join(missing)}", hint=f"orqo-vault set {credential.id}")
        if found is not None:
            asked.granted([use(credential, found, found.secret)])
    return found, {name: value for name, value in values.items() if value is not None}


def _subject(vault: Vault, credential: Credential, values: dict[str, SecretValue], seconds: float) -> Subject:
    fields = credential_type(credential.type).fields_of(credential)
    backend = vault.backends.get(credential.backend) if credential.backend is not None else None
    return Subject(
        credential=credential,
        values=values,
        secret_fields=frozenset(field.name for field in fields if field.secret),
        deadline=Deadline(seconds),
        base_dir=vault.settings.base_dir,
        may_store=backend is not None and not backend.settings.read_only,
        environ={name: text for name, text in vault.surroundings.environ.items() if name in PLACES},
    )


def _store_rotated(vault: Vault, subject: Subject, answer: Answer) -> str:
    from orqo_vault.vault.rotating import store_rotated  # few services replace anything, and only where that is asked

    return store_rotated(vault, subject.credential, subject.values, answer.rotated)
