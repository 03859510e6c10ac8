"""The place where secrets are kept failed, each way of failing told apart."""

from __future__ import annotations

from orqo_vault.errors.base import OrqoVaultError


class BackendError(OrqoVaultError):
    """The place where secrets are kept failed."""

    exit_code = 6
    code = "backend"


class BackendUnavailableError(BackendError):
    """The backend did not answer; trying again may help."""

    code = "unavailable"


class TimedOutError(BackendUnavailableError):
    """The deadline passed."""

    code = "timed_out"


class SealedError(BackendUnavailableError):
    """The server answers but is sealed."""

    code = "sealed"


class ThrottledError(BackendUnavailableError):
    """The server asks for fewer requests."""

    code = "throttled"


class LedgerUnavailableError(BackendUnavailableError):
    """The ledger cannot be reached: runs that need a platform key do not start, others do not notice."""

    code = "ledger_unavailable"


class AccessDeniedError(BackendError):
    """The backend refused. This says nothing about whether the secret exists."""

    exit_code = 5
    code = "access_denied"


class TokenExpiredError(AccessDeniedError):
    """Our own login to the backend is no longer valid."""

    code = "token_expired"


class StoreLockedError(AccessDeniedError):
    """None of the keys at hand opens the store."""

    code = "store_locked"


class ReadOnlyBackendError(AccessDeniedError):
    """The settings say that this backend is not to be written."""

    code = "read_only"


class ConflictError(BackendError):
    """The secret changed since it was read; nothing was written."""

    exit_code = 9
    code = "conflict"


class PendingDeletionError(BackendError):
    """The secret is scheduled for deletion and can still be restored."""

    exit_code = 3
    code = "pending_deletion"


class CorruptSecretError(BackendError):
    """What is stored cannot be what was written."""

    exit_code = 8
    code = "corrupt"


class TamperedError(CorruptSecretError):
    """What is stored was changed by somebody without the key."""

    code = "tampered"


class RolledBackError(CorruptSecretError):
    """What is stored is older than what this machine has seen."""

    code = "rolled_back"
