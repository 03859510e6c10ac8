"""Supplies the operator's own key to runs of which every program is trusted: what they can read, they can keep.

Nobody meters such a run. Its budget is held, usage that is reported settles against it, and a hold of which nothing
was reported is charged in full when it expires.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from orqo_vault.backend import Deadline
from orqo_vault.chore import NEVER, Chore, Outcome
from orqo_vault.errors import CreditsError, LedgerUnavailableError, PlatformKeyRefusedError
from orqo_vault.markers import hookimpl
from orqo_vault.platform_keys.contract import Lent, PlatformKeys, Wanted, hold_id
from orqo_vault.secret import SecretValue

if TYPE_CHECKING:
    from orqo_vault.ledger import Ledger

LASTS = timedelta(hours=1)
"""How long a hold outlives the last sign of its run."""
EXTEND_AFTER = LASTS.total_seconds() / 3


class DirectKeys(PlatformKeys):
    """The platform provider ``direct``."""

    type_name = "direct"

    def lend(self, wanted: Wanted, *, deadline: Deadline) -> Lent:
        organization, budget = self._organization(), self._budget(wanted)
        from orqo_vault.ledger import Use

        use = Use(organization=organization, run=wanted.run, credential=wanted.credential, provider=wanted.provider)
        hold = hold_id(wanted.run, wanted.credential)
        ledger = self.context.ledger()
        try:
            ledger.reserve(use, budget, hold=hold, lasts=LASTS, budget=budget, at_expiry="settle")
            try:
                key = self.context.key()
            except BaseException:
                ledger.release(organization, hold)
                raise
        except BaseException:
            ledger.close()
            raise
        self.context.notify(
            f"orqo-vault: development only: every program of run {wanted.run_name} can read the platform's key"
            f" for {wanted.provider}"
        )
        return LentKey(key, ledger, organization, hold)

    def _organization(self) -> str:
        what = f"the platform's key for {self.context.provider}"
        if self.context.production:
            raise PlatformKeyRefusedError(
                f"{what} is lent directly, which is for development only, and the operator says production: true",
                hint="the operator can set up a gateway: type: gateway",
            )
        if self.context.organization is None:
            raise PlatformKeyRefusedError(
                f"{what}: the operator's file counts this OS user to no organization",
                hint="the operator lists it under organizations: NAME: {users: […]}",
            )
        return self.context.organization

    def _budget(self, wanted: Wanted) -> int:
        what = f"the platform's key for {self.context.provider} is lent"
        if not wanted.run_name or wanted.run_name not in self.context.runs:
            named = ", ".join(self.context.runs) or "none"
            raise PlatformKeyRefusedError(
                f"{what} to runs that the operator names, which this is not", hint=f"named: {named}; use --run NAME"
            )
        if wanted.budget is None:
            raise PlatformKeyRefusedError(
                f"{what} against a budget, and run {wanted.run_name} has none",
                hint=f"runs: {{{wanted.run_name}: {{budget: 2.5}}}}",
            )
        return wanted.budget


class LentKey(Lent):
    """The operator's key, and the hold that pays for what is done with it."""

    masked = True

    def __init__(self, key: SecretValue, ledger: Ledger, organization: str, hold: str) -> None:
        self.key = key
        self._hold = hold
        self._ledger = ledger
        self._organization = organization
        self._open = True

    def chore(self, at_end: Outcome, tell: Callable[[str], None]) -> Chore:
        # Once its hold is settled nothing pays for the key, whatever the run would rather have.
        return _KeptHold(self._ledger, self._organization, self._hold, tell)

    def close(self) -> None:
        self._end(release=self.reported)

    def cancel(self) -> None:
        self._end(release=True)

    def _end(self, *, release: bool) -> None:
        if not self._open:
            return
        self._open = False
        try:
            if release:
                self._ledger.release(self._organization, self._hold)
        finally:
            self._ledger.close()


class _KeptHold:
    """Keeps a hold from expiring while its run goes on."""

    def __init__(self, ledger: Ledger, organization: str, hold: str, tell: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._organization = organization
        self._hold = hold
        self._tell = tell
        self._due = time.monotonic() + EXTEND_AFTER
        self._ends = time.monotonic() + LASTS.total_seconds()

    def due(self) -> float:
        return self._due - time.monotonic()

    def do(self) -> Outcome:
        asked = time.monotonic()
        try:
            self._ledger.extend(self._organization, self._hold, lasts=LASTS)
        except LedgerUnavailableError as error:
            if asked > self._ends:
                return self._ended(str(error))
            self._due = asked + EXTEND_AFTER / 10
            return Outcome.GO_ON
        except CreditsError as error:
            return self._ended(str(error))
        self._due, self._ends = asked + EXTEND_AFTER, asked + LASTS.total_seconds()
        return Outcome.GO_ON

    def _ended(self, reason: str) -> Outcome:
        self._due = NEVER
        self._tell(f"orqo-vault: no credits are held for this run any more, so it ends: {reason}")
        return Outcome.TERMINATE


@hookimpl
def orqo_vault_platform_provider() -> type[PlatformKeys]:
    """The platform provider ``direct``."""
    return DirectKeys
