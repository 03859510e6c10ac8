"""The SDK's errors as ours. Their messages are not passed on: they quote names, keys and sometimes values.

The one exception is *looking* at a message where the service has no code of its own for what happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from json import JSONDecodeError

from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError

from orqo_vault.errors import (
    AccessDeniedError,
    BackendError,
    BackendUnavailableError,
    OrqoVaultError,
    PendingDeletionError,
    ThrottledError,
    TimedOutError,
    TokenExpiredError,
)

Kind = tuple[type[BackendError], str, str | None]
"""The class, what happened, and what to do."""

NO_KMS: Kind = (AccessDeniedError, "its KMS key was refused", "allow kms:Decrypt on the key that encrypts the secret")
EXPIRED: Kind = (TokenExpiredError, "the aws login has expired", "log in again: aws sso login, or new keys")
WRONG_KEYS: Kind = (AccessDeniedError, "the aws keys are not valid", "aws sts get-caller-identity shows who you are")
CLOCK: Kind = (AccessDeniedError, "the request's time was refused", "set this machine's clock: it is minutes off")
DENIED: Kind = (AccessDeniedError, "denied by IAM", "orqo-vault backend check --policy prints what must be allowed")
NO_ROLE: Kind = (AccessDeniedError, "the role may not be assumed", "see its trust policy: who, external id, audience")
THROTTLED: Kind = (ThrottledError, "the service asks for fewer requests", "try again in a while")
BUSY: Kind = (BackendUnavailableError, "the service failed", "try again")
GARBLED: Kind = (BackendUnavailableError, "the answer was not understood", "is there a proxy in between?")
NOT_REACHED: Kind = (BackendUnavailableError, "not reached", "are region, endpoint and proxy right?")

BY_CODE: dict[str, Kind] = {
    **dict.fromkeys(("AccessDeniedException", "AccessDenied", "UnauthorizedOperation"), DENIED),
    **dict.fromkeys(("ExpiredTokenException", "ExpiredToken", "RequestExpired", "TokenRefreshRequired"), EXPIRED),
    **dict.fromkeys(
        (
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
        ),
        WRONG_KEYS,
    ),
    **dict.fromkeys(
        (
            "ThrottlingException",
            "Throttling",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
        ),
        THROTTLED,
    ),
    **dict.fromkeys(("InternalServiceError", "InternalServiceErrorException", "InternalFailure"), BUSY),
    "DecryptionFailure": NO_KMS,
    "EncryptionFailure": (AccessDeniedError, "its KMS key was refused", "allow kms:GenerateDataKey on kms_key_id"),
    "RequestTimeTooSkewed": CLOCK,
    "InvalidIdentityToken": (AccessDeniedError, "the web identity token was refused", "is token_file up to date?"),
    "LimitExceededException": (BackendError, "a quota of the aws account is used up", "see Service Quotas"),
}

BY_CLASS: tuple[tuple[tuple[type[Exception], ...], Kind], ...] = (
    (
        (sdk.NoCredentialsError, sdk.PartialCredentialsError),
        (AccessDeniedError, "no aws login found", "set AWS_PROFILE, or both parts of an access key"),
    ),
    (
        (sdk.ProfileNotFound,),
        (AccessDeniedError, "the aws profile does not exist", "aws configure list-profiles shows what there is"),
    ),
    (
        (sdk.SSOError, sdk.LoginError, sdk.TokenRetrievalError),
        (TokenExpiredError, "the aws login of the profile is over or missing", "aws sso login, or aws login"),
    ),
    (
        (sdk.SSLError,),
        (BackendError, "the server's certificate is not trusted", "AWS_CA_BUNDLE names a file with your own CA"),
    ),
    ((sdk.ProxyConnectionError,), (BackendUnavailableError, "the proxy was not reached", "see HTTPS_PROXY, NO_PROXY")),
    ((sdk.ReadTimeoutError,), (TimedOutError, "no answer in time", "try again")),
    ((ResponseParserError,), GARBLED),
    ((sdk.HTTPClientError, sdk.ConnectionError), NOT_REACHED),
    (
        (sdk.CredentialRetrievalError, sdk.MetadataRetrievalError, sdk.InvalidConfigError, OSError, JSONDecodeError),
        (AccessDeniedError, "the aws login could not be had", "aws sts get-caller-identity shows the reason"),
    ),
)


def code_of(error: Exception) -> str:
    """Return the service's code for what went wrong; empty when it was not the service that said so."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, sdk.ClientError) else ""


def translated(error: Exception, doing: str, paths: Sequence[str]) -> OrqoVaultError:
    """Return our error for one of the SDK's. ``doing`` names the backend and what was tried."""
    if isinstance(error, OrqoVaultError):
        return error
    if isinstance(error, sdk.ClientError):
        message = str(error.response.get("Error", {}).get("Message", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if error.operation_name.startswith("AssumeRole") and BY_CODE.get(code_of(error)) == DENIED:
            return _made(NO_ROLE, doing, paths)
        return refused(code_of(error), message, status, doing, paths)
    for classes, kind in BY_CLASS:
        if isinstance(error, classes):
            return _made(kind, doing, paths)
    return BackendError(f"{doing}: {type(error).__name__}", paths=paths)


def garbled(doing: str, paths: Sequence[str]) -> OrqoVaultError:
    """Return the error for an answer that is none."""
    return _made(GARBLED, doing, paths)


def refused(code: str, message: str, status: int, doing: str, paths: Sequence[str]) -> OrqoVaultError:
    """Return our error for a code of the service, from a whole answer or from one item of a batch."""
    kind = _by_message(code, message) or BY_CODE.get(code) or _by_status(status)
    return _made(kind or (BackendError, f"refused with {_plain(code)}", None), doing, paths)


def _by_message(code: str, message: str) -> Kind | None:
    told = message.lower()
    if "signature" in told and ("expired" in told or "not yet current" in told):
        return CLOCK
    if code in ("AccessDeniedException", "AccessDenied") and "kms" in told:
        return NO_KMS
    if code == "InvalidRequestException" and "delet" in told:
        return (
            PendingDeletionError,
            "the secret is scheduled for deletion",
            "orqo-vault restore PATH brings it back until then",
        )
    return None


def _by_status(status: int) -> Kind | None:
    if status == 429:  # a proxy or gateway says this without a code of the service
        return THROTTLED
    if status >= 500:
        return BUSY
    if 300 <= status < 400:
        return (BackendError, "the server sent us elsewhere, and we do not follow", "is endpoint_url right?")
    return None


def _plain(code: str) -> str:
    return code if code.isalnum() and len(code) < 80 else "an unknown code"


def _made(kind: Kind, doing: str, paths: Sequence[str]) -> OrqoVaultError:
    cls, what, hint = kind
    if hint is not None and paths:
        hint = hint.replace("PATH", paths[0])
    return cls(f"{doing}: {what}", hint=hint, paths=paths)
