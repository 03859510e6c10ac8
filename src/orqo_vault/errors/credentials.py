"""What was asked for cannot be had from what is declared and stored."""

from __future__ import annotations

from orqo_vault.errors.base import OrqoVaultError


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
