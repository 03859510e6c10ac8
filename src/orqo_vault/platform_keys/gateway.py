"""Supplies run tokens of a gateway: they work there, for this run, and the platform's key never comes here."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from orqo_vault.backend import Deadline
from orqo_vault.chore import NEVER, Chore, Outcome
from orqo_vault.errors import BackendUnavailableError, OrqoVaultError, PlatformKeyRefusedError, SettingsError
from orqo_vault.markers import hookimpl
from orqo_vault.platform_keys.contract import Lent, PlatformKeys, Wanted
from orqo_vault.platform_keys.control_plane import ControlPlane, RunUnknownError, is_safe
from orqo_vault.platform_keys.enrolments import read_enrolment
from orqo_vault.secret import SecretValue

SECONDS = 10.0
"""How long one heartbeat, or giving the token back, may take."""
MISSED = 3
"""How many heartbeats may fail before the token has to be taken for dead."""
_TOKEN = re.compile(r"ovr_[A-Za-z0-9_-]{20,200}")


class GatewayKeys(PlatformKeys):
    """The platform provider ``gateway``."""

    type_name = "gateway"
    sets_base_url = True
    metered = True

    def lend(self, wanted: Wanted, *, deadline: Deadline) -> Lent:
        address = self.context.address
        if address is None:
            raise SettingsError(
                f"platform provider {self.context.provider!r} has no address",
                hint="the operator's file names the gateway: address: https://…",
            )
        gateway = ControlPlane(address, read_enrolment(self.context.config_dir, address))
        asked = {
            "run": wanted.run,
            "name": wanted.run_name,
            "credential": wanted.credential,
            "provider": wanted.provider,
            "models": list(wanted.models),
            "budget": wanted.budget,
        }
        said = gateway.begin(asked, deadline)
        try:
            return LentToken(gateway, wanted.run, said)
        except PlatformKeyRefusedError:
            gateway.end(wanted.run, Deadline(SECONDS))
            raise


class LentToken(Lent):
    """A run token, and the gateway it works at."""

    def __init__(self, gateway: ControlPlane, run: str, said: dict[str, Any]) -> None:
        token, base_url, seconds = said.get("token"), said.get("base_url"), said.get("heartbeat_seconds")
        if not (isinstance(token, str) and _TOKEN.fullmatch(token)):
            raise PlatformKeyRefusedError(f"the gateway {gateway.address} answered without a run token")
        if not (isinstance(base_url, str) and base_url.isascii() and base_url.isprintable() and is_safe(base_url)):
            raise PlatformKeyRefusedError(f"the gateway {gateway.address} answered without an address that is safe")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 3600:
            raise PlatformKeyRefusedError(f"the gateway {gateway.address} does not say when it expects a heartbeat")
        self.key = SecretValue(token)
        self.base_url = base_url
        self._gateway = gateway
        self._run = run
        self._seconds = float(seconds)
        self._open = True

    def chore(self, at_end: Outcome, tell: Callable[[str], None]) -> Chore:
        return _Heartbeat(self._gateway, self._run, self._seconds, at_end, tell)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._gateway.end(self._run, Deadline(SECONDS))


class _Heartbeat:
    """Tells the gateway that the run goes on; without that its token expires."""

    def __init__(
        self, gateway: ControlPlane, run: str, seconds: float, at_end: Outcome, tell: Callable[[str], None]
    ) -> None:
        self._gateway = gateway
        self._run = run
        self._seconds = seconds
        self._at_end = at_end
        self._tell = tell
        self._due, self._lost_at = self._times(time.monotonic())

    def due(self) -> float:
        return self._due - time.monotonic()

    def do(self) -> Outcome:
        asked = time.monotonic()
        try:
            self._gateway.heartbeat(self._run, Deadline(min(SECONDS, self._seconds)))
        except BackendUnavailableError as error:
            if asked > self._lost_at:
                return self._ended(str(error))
            self._due = asked + self._seconds / MISSED
            return Outcome.GO_ON
        except RunUnknownError:
            return self._ended("the gateway has revoked it")
        except OrqoVaultError as error:
            return self._ended(str(error))
        self._due, self._lost_at = self._times(asked)
        return Outcome.GO_ON

    def _times(self, when: float) -> tuple[float, float]:
        return when + self._seconds, when + MISSED * self._seconds

    def _ended(self, reason: str) -> Outcome:
        self._due = NEVER
        self._tell(f"orqo-vault: this run's platform key is void: {reason}")
        return self._at_end


@hookimpl
def orqo_vault_platform_provider() -> type[PlatformKeys]:
    """The platform provider ``gateway``."""
    return GatewayKeys
