"""Tests a credential at the destination that is saved, never at one that is only typed."""

from __future__ import annotations

from dataclasses import dataclass

from orqo_vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a test; ``reason`` is scrubbed of everything secret."""

    id: str
    outcome: str
    """ok, failing, refused, unreachable, not_testable."""
    reason: str
    status: int | None
    latency_ms: int | None
    tested_at: str


def tested(vault: Vault, credential_id: str) -> Tested:
    """Test a credential with what is stored. Raises what keeps it from being tested."""
    result = vault.test(credential_id)
    return Tested(
        id=credential_id,
        outcome=result.outcome.value,
        reason=result.reason,
        status=result.status,
        latency_ms=result.latency_ms,
        tested_at=result.tested_at.isoformat(),
    )
