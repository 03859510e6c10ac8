"""Why a login was refused, recognised by what servers say, in our words: theirs may quote what was sent."""

from __future__ import annotations

from orqo_vault.errors import AccessDeniedError
from orqo_vault_hashicorp.auth.method import AuthMethod
from orqo_vault_hashicorp.call import Answer
from orqo_vault_hashicorp.errors import complaints

REASONS = (
    ("role or secret id", "the role_id is unknown, or the secret_id is wrong, used up or expired"),
    ("invalid role_id", "the role_id is unknown"),
    ("invalid role id", "the role_id is unknown"),
    ("secret id", "the secret_id is wrong, used up or expired"),
    ("username or password", "the username or the password is wrong"),
    ("not before", "the JWT is not valid yet: check this machine's clock"),
    ("not yet valid", "the JWT is not valid yet: check this machine's clock"),
    ("issued in the future", "the JWT is not valid yet: check this machine's clock"),
    ("token is expired", "the JWT has expired: check this machine's clock, or ask the platform for a new one"),
    ("audience", "the JWT's audience is not one of the role's bound_audiences"),
    ("claim", "a claim of the JWT does not match what the role asks for"),
    ("signature", "the JWT's signature does not fit the keys of this auth mount"),
    ("verifying token", "the JWT's signature does not fit the keys of this auth mount"),
    ("namespace not authorized", "the role is not bound to this pod's Kubernetes namespace"),
    ("service account name not authorized", "the role is not bound to this pod's service account"),
    ("service account", "the cluster does not accept this service account's token"),
    ("lookup failed", "the cluster does not accept this service account's token"),
    ("certificate", "no role of this auth mount trusts the client certificate"),
    ("chain or identity", "no role of this auth mount trusts the client certificate"),
    ("role", "the role does not exist at this auth mount"),
    ("no handler for route", "nothing is mounted there: check auth.mount and namespace"),
    ("unsupported path", "another kind of login is mounted there: check auth.method and auth.mount"),
)


def refused(name: str, method: AuthMethod, answer: Answer) -> AccessDeniedError | None:
    """Return the error for a login that the server refused; None where it did not, or failed for other reasons."""
    if answer.status not in (400, 401, 403, 404, 405):
        return None
    said = complaints(answer)
    why = next((reason for text, reason in REASONS if text in said), None)
    if why is None and answer.status in (403, 404):
        why = "check auth.mount, the namespace and the role; a mount that does not exist is refused the same way"
    return AccessDeniedError(
        f"backend {name!r}: login by {method.method} at {method.login_path} refused ({answer.status})",
        hint=why,
        paths=(method.login_path,),
    )
