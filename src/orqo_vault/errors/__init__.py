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

from orqo_vault.errors.backends import (
    AccessDeniedError,
    BackendError,
    BackendUnavailableError,
    ConflictError,
    CorruptSecretError,
    LedgerUnavailableError,
    PendingDeletionError,
    ReadOnlyBackendError,
    RolledBackError,
    SealedError,
    StoreLockedError,
    TamperedError,
    ThrottledError,
    TimedOutError,
    TokenExpiredError,
)
from orqo_vault.errors.base import (
    AuditError,
    AuditTamperedError,
    DeliveryError,
    Location,
    OrqoVaultError,
    PluginError,
    SettingsError,
    SourceError,
    without_frames,
)
from orqo_vault.errors.credentials import (
    CredentialError,
    EnvironmentConflictError,
    ExpiredCredentialError,
    InUseError,
    InvalidFieldError,
    MissingSecretsError,
    NoPlatformProviderError,
    PlatformKeyRefusedError,
    UnknownCredentialError,
    UnsafeNameError,
)
from orqo_vault.errors.credits import (
    BudgetExceededError,
    CreditsError,
    HeldByRunsInFlightError,
    HoldEndedError,
    InsufficientCreditsError,
    LedgerDiffersError,
    LedgerError,
    ReferenceReusedError,
    UnknownPriceError,
)

__all__ = [
    "AccessDeniedError",
    "AuditError",
    "AuditTamperedError",
    "BackendError",
    "BackendUnavailableError",
    "BudgetExceededError",
    "ConflictError",
    "CorruptSecretError",
    "CredentialError",
    "CreditsError",
    "DeliveryError",
    "EnvironmentConflictError",
    "ExpiredCredentialError",
    "HeldByRunsInFlightError",
    "HoldEndedError",
    "InUseError",
    "InsufficientCreditsError",
    "InvalidFieldError",
    "LedgerDiffersError",
    "LedgerError",
    "LedgerUnavailableError",
    "Location",
    "MissingSecretsError",
    "NoPlatformProviderError",
    "OrqoVaultError",
    "PendingDeletionError",
    "PlatformKeyRefusedError",
    "PluginError",
    "ReadOnlyBackendError",
    "ReferenceReusedError",
    "RolledBackError",
    "SealedError",
    "SettingsError",
    "SourceError",
    "StoreLockedError",
    "TamperedError",
    "ThrottledError",
    "TimedOutError",
    "TokenExpiredError",
    "UnknownCredentialError",
    "UnknownPriceError",
    "UnsafeNameError",
    "without_frames",
]
