"""What can go wrong, as a tree: every class has an exit code and a stable code for machines.

    OrqoVaultError                        1   failed
    ├── SettingsError                     4   the settings file is wrong: says where, never a value
    ├── PluginError                       4   unknown type, two claims on one, broken import
    ├── CredentialError                   3   what was asked for cannot be had from what is declared
    │   ├── UnknownCredentialError
    │   ├── InvalidFieldError                 a field that the type does not have, or a value it refuses
    │   ├── MissingSecretsError               names every missing one
    │   ├── EnvironmentConflictError
    │   ├── UnsafeNameError
    │   ├── ExpiredCredentialError
    │   ├── NoPlatformProviderError
    │   ├── PlatformKeyRefusedError           there is one, and this run does not get its key
    │   └── InUseError
    ├── CreditsError                      7   credits, or the ledger that keeps them, do not allow it
    │   ├── InsufficientCreditsError          more is needed than the organization has
    │   ├── HeldByRunsInFlightError           there is enough, and other runs hold it for now
    │   ├── BudgetExceededError               the run's own budget
    │   ├── HoldEndedError                    settled, released, expired, or never made
    │   ├── ReferenceReusedError              one reference for two different movements
    │   ├── UnknownPriceError                 what has no price is refused, never free
    │   └── LedgerError                       not a ledger, damaged, or newer than this release
    │       └── LedgerDiffersError        8       its figures do not add up
    ├── DeliveryError                     1   a value that cannot be handed to a child
    ├── SourceError                       1   a file that is imported is not what it was said to be
    ├── AuditError                        1   what cannot be recorded does not happen
    │   └── AuditTamperedError            8   the audit log is not what was written
    └── BackendError                      6   the place where secrets are kept
        ├── BackendUnavailableError       6   only these may be retried
        │   ├── TimedOutError
        │   ├── SealedError
        │   ├── ThrottledError
        │   └── LedgerUnavailableError
        ├── AccessDeniedError             5   denied is never absent
        │   ├── TokenExpiredError
        │   ├── StoreLockedError
        │   └── ReadOnlyBackendError
        ├── ConflictError                 9   somebody else wrote first
        ├── PendingDeletionError          3
        └── CorruptSecretError            8
            ├── TamperedError
            └── RolledBackError

Messages are lower case without a full stop and name the credential, the backend or the path, never a value.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import ClassVar, NamedTuple, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Location(NamedTuple):
    """A place in a settings file; line and column count from 1, None when the file has no such place."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None)


class OrqoVaultError(Exception):
    """The root: catch this to catch everything orqo-vault raises on purpose."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failed"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        paths: Iterable[str] = (),
        location: Location | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.paths = tuple(paths)
        self.location = location

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword arguments do not survive Exception's own reduce, and engines do send errors between processes.
        return _rebuild, (type(self), self.message, self.hint, self.paths, self.location), vars(self)


def _rebuild(
    kind: type[OrqoVaultError],
    message: str,
    hint: str | None,
    paths: tuple[str, ...],
    location: Location | None,
) -> OrqoVaultError:
    return kind(message, hint=hint, paths=paths, location=location)


def without_frames(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let errors of ours leave ``function`` without the frames below it.

    Their locals hold plain values, and crash reporters send locals. For functions whose own arguments do not.
    """

    @functools.wraps(function)
    def called(*arguments: _P.args, **more: _P.kwargs) -> _R:
        try:
            return function(*arguments, **more)
        except OrqoVaultError as error:
            caught = error
        caught.__context__ = None
        try:
            raise caught.with_traceback(None) from caught.__cause__
        finally:
            del caught  # an error and the frame that holds it keep each other alive

    return called


class SettingsError(OrqoVaultError):
    """The settings are wrong."""

    exit_code = 4
    code = "settings"


class PluginError(OrqoVaultError):
    """A plugin is missing, claimed twice or cannot be imported."""

    exit_code = 4
    code = "plugin"


class CredentialError(OrqoVaultError):
    """What was asked for cannot be had from what is declared and stored."""

    exit_code = 3
    code = "credential"


class UnknownCredentialError(CredentialError):
    """No credential, run or LLM config of that name is declared."""

    code = "unknown_credential"


class InvalidFieldError(CredentialError):
    """A field the type does not have, or a value it refuses; the message names the field only."""

    code = "invalid_field"


class MissingSecretsError(CredentialError):
    """Required secrets are not stored; the message names every one of them."""

    code = "missing_secrets"


class EnvironmentConflictError(CredentialError):
    """Two selected credentials would set one variable."""

    code = "environment_conflict"


class UnsafeNameError(CredentialError):
    """A variable name that would change how programs load, start or trust."""

    code = "unsafe_name"


class ExpiredCredentialError(CredentialError):
    """The credential's own expiry date has passed."""

    code = "expired"


class NoPlatformProviderError(CredentialError):
    """A run needs a platform key and no platform provider is configured."""

    code = "no_platform_provider"


class PlatformKeyRefusedError(CredentialError):
    """Whoever supplies platform keys does not lend this one to this run."""

    code = "platform_key_refused"


class InUseError(CredentialError):
    """A run, an LLM config or another credential still needs it."""

    code = "in_use"


class CreditsError(OrqoVaultError):
    """Credits, or the ledger that keeps them, do not allow it. Amounts are micro-credits."""

    exit_code = 7
    code = "credits"


class InsufficientCreditsError(CreditsError):
    """The organization does not have what is required, even if nothing were held: only a grant helps."""

    code = "insufficient_credits"
    available: int = 0
    required: int = 0


class HeldByRunsInFlightError(CreditsError):
    """There are enough credits, and runs in flight hold them: trying again after ``retry_after`` seconds may help."""

    code = "held_by_runs_in_flight"
    available: int = 0
    required: int = 0
    retry_after: int = 1


class BudgetExceededError(CreditsError):
    """The run would spend more than its own budget."""

    code = "budget_exceeded"
    budget: int = 0
    required: int = 0


class HoldEndedError(CreditsError):
    """The hold was settled, released or has expired, or there never was one of that name."""

    code = "hold_ended"


class ReferenceReusedError(CreditsError):
    """The reference stands for another movement; nothing was charged."""

    code = "reference_reused"


class UnknownPriceError(CreditsError):
    """The model has no price, or one that cannot be: it is refused, never free."""

    code = "unknown_price"


class LedgerError(CreditsError):
    """The database is not a ledger, is damaged, or was written by a newer release."""

    code = "ledger"


class LedgerDiffersError(LedgerError):
    """Figures that the ledger keeps are not what its entries add up to."""

    exit_code = 8
    code = "ledger_differs"


class DeliveryError(OrqoVaultError):
    """A value cannot be handed to the child process."""

    code = "delivery"


class AuditError(OrqoVaultError):
    """An audit record cannot be written; where the operator wants it so, nothing was handed over then."""

    code = "audit"


class AuditTamperedError(AuditError):
    """The audit log is not what was written: changed, or cut."""

    exit_code = 8
    code = "audit_tampered"


class SourceError(OrqoVaultError):
    """A file that is to be imported cannot be read as what it was said to be."""

    code = "source"


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
