"""When a credential may no longer be used."""

from __future__ import annotations

from datetime import datetime

from orqo_vault.credential import Credential


def expired(credential: Credential, now: datetime) -> bool:
    """Tell whether the credential's own ``expires_at`` has come; ``now`` is aware, as that is."""
    return credential.expires_at is not None and credential.expires_at <= now
