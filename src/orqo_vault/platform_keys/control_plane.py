"""Speaks to the control plane of a gateway: asks for a run token, keeps it alive, gives it back.

To this machine, or encrypted; no redirect is followed, no proxy used, and nothing is asked twice behind the caller's
back. The answer's own words are not passed on: they are a stranger's, and short codes say enough.
"""

from __future__ import annotations

import ipaddress
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

from orqo_vault.backend import Deadline
from orqo_vault.credits import credits_text
from orqo_vault.errors import (
    AccessDeniedError,
    BackendUnavailableError,
    HeldByRunsInFlightError,
    InsufficientCreditsError,
    LedgerUnavailableError,
    OrqoVaultError,
    PlatformKeyRefusedError,
    SettingsError,
    TimedOutError,
)
from orqo_vault.secret import SecretValue

PREFIX = "/orqo/v1"
MAX_BODY = 256 * 1024


class RunUnknownError(PlatformKeyRefusedError):
    """The gateway knows no such run (any more): its token is revoked or has expired."""


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """One gateway, as one enrolment may speak to it."""

    address: str
    enrolment: SecretValue = field(repr=False)

    def begin(self, asked: Mapping[str, Any], deadline: Deadline) -> dict[str, Any]:
        """Ask for a run token; raise what keeps the run from having one."""
        return self._ask("POST", "/runs", deadline, asked)

    def heartbeat(self, run: str, deadline: Deadline) -> dict[str, Any]:
        """Say that the run goes on. Raises :class:`RunUnknownError` when its token is void."""
        return self._ask("POST", f"/runs/{quote(run, safe='')}/heartbeat", deadline, {})

    def end(self, run: str, deadline: Deadline) -> None:
        """Void the run's token; one that is void already is fine."""
        try:
            self._ask("DELETE", f"/runs/{quote(run, safe='')}", deadline)
        except RunUnknownError:
            return

    def balance(self, deadline: Deadline) -> dict[str, Any]:
        """Return what the organization has, and what it used of late, as the gateway tells it."""
        return self._ask("GET", "/balance", deadline)

    def _ask(self, method: str, path: str, deadline: Deadline, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        status, headers, said = self._exchange(method, PREFIX + path, deadline, body)
        if status // 100 != 2:
            self._refuse(status, headers, said.get("error"))
        return said

    def _exchange(
        self, method: str, path: str, deadline: Deadline, body: Mapping[str, Any] | None
    ) -> tuple[int, Mapping[str, str], dict[str, Any]]:
        connection = _connection(self.address, deadline)
        sent = None if body is None else json.dumps(body).encode()
        headers = {
            "Authorization": f"Bearer {self.enrolment.reveal()}",
            "Accept": "application/json",
            **({"Content-Type": "application/json"} if body is not None else {}),
        }
        try:
            connection.request(method, path, body=sent, headers=headers)
            response = connection.getresponse()
            return response.status, dict(response.headers.items()), _object(response)
        except TimeoutError:
            failure: OrqoVaultError = TimedOutError(
                f"the gateway {self.address} did not answer within {deadline.seconds:g} s"
            )
        except ssl.SSLCertVerificationError as error:
            failure = BackendUnavailableError(f"the gateway {self.address} is not trusted: {error.verify_message}")
        except (OSError, HTTPException) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            failure = BackendUnavailableError(f"the gateway {self.address} cannot be reached: {reason}")
        finally:
            connection.close()
        raise failure

    def _refuse(self, status: int, headers: Mapping[str, str], said: Any) -> NoReturn:
        error = said if isinstance(said, dict) else {}
        if status == 401:
            raise AccessDeniedError(
                f"the gateway {self.address} does not know this user's enrolment",
                hint=f"orqo-vault llm enrol {self.address}",
            )
        if status in (402, 409):
            raise _credits_error(status, error, headers)
        if status == 403:
            raise PlatformKeyRefusedError(
                f"the gateway {self.address} does not lend a key for this provider and these models"
            )
        if status in (404, 410):
            raise RunUnknownError(f"the gateway {self.address} knows no such run")
        if status == 503:
            raise LedgerUnavailableError(
                f"the gateway {self.address} cannot reach its ledger: no platform key is lent meanwhile"
            )
        if status // 100 == 5 or status == 429:
            raise BackendUnavailableError(f"the gateway {self.address} failed ({status})")
        raise PlatformKeyRefusedError(f"the gateway {self.address} refused ({status})")


def _credits_error(status: int, error: Mapping[str, Any], headers: Mapping[str, str]) -> OrqoVaultError:
    available, required = _count(error.get("available")), _count(error.get("required"))
    if status == 402:
        short = InsufficientCreditsError(
            f"not enough credits: {credits_text(required)} are required and {credits_text(available)} are available",
            hint="the operator grants credits; or use an own key: orqo-vault edit ID --mode own",
        )
        short.available, short.required = available, required
        return short
    wait = next((text for name, text in headers.items() if name.lower() == "retry-after"), "1")
    seconds = max(1, int(wait)) if wait.isdecimal() and len(wait) < 7 else 1
    held = HeldByRunsInFlightError(
        "there are enough credits, and runs in flight hold them", hint=f"try again in {seconds} s"
    )
    held.available, held.required, held.retry_after = available, required, seconds
    return held


def _count(value: object) -> int:
    return value if type(value) is int else 0


def _object(response: HTTPResponse) -> dict[str, Any]:
    try:
        said = json.loads(response.read(MAX_BODY) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _connection(address: str, deadline: Deadline) -> HTTPConnection:
    url = urlsplit(address)
    deadline.check(f"asking the gateway {address}")
    host, seconds = url.hostname or "", deadline.remaining()
    if url.scheme == "https":
        context = ssl.create_default_context()
        # SSLKEYLOGFILE is for who debugs a connection, and this one has a secret in it.
        context.keylog_filename = None  # type: ignore[assignment]  # the stub knows no None
        return HTTPSConnection(host, url.port, timeout=seconds, context=context)
    if not is_safe(address):
        raise SettingsError(f"the gateway {address} is neither on this machine nor https")
    return HTTPConnection(host, url.port, timeout=seconds)


def is_safe(address: str) -> bool:
    """Tell whether what is sent to a URL cannot be read on its way: it is encrypted, or does not leave this machine."""
    url = urlsplit(address)
    if url.scheme != "http":
        return url.scheme == "https"
    try:
        return ipaddress.ip_address(url.hostname or "").is_loopback
    except ValueError:
        return url.hostname == "localhost"
