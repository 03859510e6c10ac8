"""What an answer that is not a success means."""

from __future__ import annotations

from orqo_vault.errors import (
    AccessDeniedError,
    BackendError,
    BackendUnavailableError,
    ConflictError,
    OrqoVaultError,
    SealedError,
    ThrottledError,
)
from orqo_vault_hashicorp.call import Answer, Call
from orqo_vault_hashicorp.json_text import parse


class CheckAndSetRequiredError(BackendError):
    """The mount or the secret takes no unconditional write."""


RETRIED = frozenset({412, 429, 472, 473, 474, 500, 502, 503, 504})
"""Worth another try while there is time: replication lag, quota, a standby, a node or proxy in trouble."""

UNTOUCHED = frozenset({412, 429, 472, 473, 474})
"""Refused before anything was done, so that even what must not be done twice may be tried again."""

UPGRADING = "upgrading from non-versioned"
"""What a KV version 2 mount says, with a 400, in its first moments and after it was version 1."""

SEEN_TEXT = 64 * 1024
"""More than any error the server writes; a longer body is somebody else's page."""


def complaints(answer: Answer) -> str:
    """Return the server's error texts, in lower case, to recognise them by. They are never shown to anybody."""
    try:
        parsed = parse(answer.body[:SEEN_TEXT])
    except ValueError:
        return ""
    listed = parsed.get("errors") if isinstance(parsed, dict) else None
    found = [*(listed if isinstance(listed, list) else ()), *_warnings(parsed)]
    return "\n".join(str(each) for each in found).lower()


def will_pass(answer: Answer, *, repeatable: bool) -> bool:
    """Tell whether the same call may be answered differently in a moment, and may be made again."""
    if answer.status == 400:
        return UPGRADING in complaints(answer)
    return answer.status in (RETRIED if repeatable else UNTOUCHED)


def _warnings(parsed: object) -> list[object]:
    warnings = parsed.get("warnings") if isinstance(parsed, dict) else None
    return warnings if isinstance(warnings, list) else []


def failure(name: str, call: Call, answer: Answer) -> OrqoVaultError | None:
    """Return the error for an answer; None for a success and for a plain "not found", which is not a failure."""
    status = answer.status
    if 200 <= status < 300:
        return None
    said = complaints(answer)
    where = f"backend {name!r}: {call}"
    if status == 404:
        return _not_found(where, answer, said)
    if 300 <= status < 400:
        return _redirected(where, answer)
    if status in (401, 403):
        return _denied(where, call)
    if status == 400 and "check-and-set parameter did not match" in said:
        return ConflictError(f"{where}: somebody else wrote first; nothing was written", paths=(call.path,))
    if status == 400 and "check-and-set parameter required" in said:
        return CheckAndSetRequiredError(f"{where}: the server takes only writes that name a version")
    if status == 400 and UPGRADING in said:
        return BackendUnavailableError(f"{where}: the mount is just being made or upgraded")
    if status == 503 and "sealed" in said:
        return SealedError(f"{where}: the server is sealed", hint="an operator must unseal it")
    if status in RETRIED:
        return _in_trouble(where, status)
    if status == 501:
        return BackendError(f"{where}: the server is not initialized (501)")
    if status == 405:
        return _no_engine(where)
    return BackendError(f"{where}: the server refused the request ({status})")


def _denied(where: str, call: Call) -> OrqoVaultError:
    capabilities = ", ".join(f'"{each}"' for each in call.capability.split(" and "))
    return AccessDeniedError(
        f"{where}: denied",
        hint=f'the login\'s policy needs: path "{call.path}" {{ capabilities = [{capabilities}] }}',
        paths=(call.path,),
    )


def _not_found(where: str, answer: Answer, said: str) -> OrqoVaultError | None:
    """Only the server's own 404 without a complaint means absent.

    With one, the mount or the namespace is wrong; and a proxy's "404 page not found" says nothing about a secret.
    """
    if "versioned k/v secrets engine" in said:
        return BackendError(f"{where}: the mount is KV version 2, not 1", hint="set kv_version: 2")
    try:
        parsed = parse(answer.body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict) or not ("errors" in parsed or "data" in parsed):
        return BackendError(f"{where}: the answer (404) is not one of Vault's", hint="does address lead to the server?")
    return _no_engine(where) if parsed.get("errors") else None


def _no_engine(where: str) -> OrqoVaultError:
    return BackendError(f"{where}: no engine there answers this", hint="check mount, engine, kv_version and namespace")


def _redirected(where: str, answer: Answer) -> OrqoVaultError:
    from urllib.parse import urlsplit

    target = urlsplit(answer.headers.get("location", ""))
    host = target.hostname or "nowhere"
    return BackendError(
        f"{where}: redirected ({answer.status}) to {host}: not followed, the token stays here",
        hint="set address to the active node, or to the load balancer in front of the cluster",
    )


def _in_trouble(where: str, status: int) -> OrqoVaultError:
    if status == 429:
        return ThrottledError(f"{where}: too many requests (429)", hint="a quota of the server; try again later")
    if status == 412:
        return BackendUnavailableError(f"{where}: this node has not caught up with the last write (412)")
    if status in (472, 473, 474):
        return BackendUnavailableError(
            f"{where}: a standby node that cannot answer ({status})", hint="set address to the active node"
        )
    return BackendUnavailableError(f"{where}: the server is in trouble ({status})")
