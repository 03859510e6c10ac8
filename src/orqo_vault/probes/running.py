"""Runs one probe: finds it, times it, and turns however it ends into a result."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from importlib import import_module

from orqo_vault.credential_types import CredentialType
from orqo_vault.errors import OrqoVaultError, PluginError
from orqo_vault.probes.contract import Answer, Outcome, Probe, StoppedError, Subject


def answer_of(subject: Subject, type: CredentialType, probe: Probe | None = None) -> tuple[Answer, int, datetime]:
    """Return what the probe found out, in how many milliseconds, and when; None: the probe of the type.

    Raises :class:`~orqo_vault.errors.PluginError` where the probe itself fails: its text might hold a value.
    """
    started, now = time.monotonic(), datetime.now(UTC).replace(microsecond=0)
    answer = _answer(subject, type, probe or probe_of(type))
    return answer, round((time.monotonic() - started) * 1000), now


def _answer(subject: Subject, type: CredentialType, probe: Probe | None) -> Answer:
    if probe is None:
        return Answer(Outcome.NOT_TESTABLE, f"credentials of type {type.name} cannot be tested")
    try:
        return probe(subject)
    except StoppedError as stopped:
        return stopped.answer
    except OrqoVaultError:
        raise
    except Exception as error:
        kind = error.__class__.__name__
    raise PluginError(f"credential {subject.credential.id!r}: {kind} in the test of type {type.name}")


def probe_of(type: CredentialType) -> Probe | None:
    """Return what tests credentials of a type, imported now; None when nothing does.

    Raises :class:`~orqo_vault.errors.PluginError` when the type names something that is not there.
    """
    if type.probe is None:
        return None
    module, _, name = type.probe.partition(":")
    try:
        found: Probe = getattr(import_module(module), name)
    except Exception as error:  # a plugin may do anything while it is imported
        raise PluginError(
            f"credential type {type.name}: its test {type.probe} cannot be loaded: {error.__class__.__name__}"
        ) from None
    return found
