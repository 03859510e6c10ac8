"""The ledger: every method is one transaction, and asking for the same thing twice does it once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger import granting, holds, reading, requests
from orqo_vault.ledger.database import Database, Session
from orqo_vault.ledger.due import is_anything_due, settled_up
from orqo_vault.ledger.holds import AtExpiry
from orqo_vault.ledger.reading import Heading
from orqo_vault.ledger.records import (
    NEVER,
    Balance,
    Discrepancy,
    Hold,
    Lot,
    Metered,
    Movement,
    Request,
    Settlement,
    UsageLine,
    Use,
    microseconds,
)
from orqo_vault.ledger.request_rows import find_request, request_of
from orqo_vault.ledger.verifying import verify


class Ledger:
    """Credits of organizations: grants, holds, and what was used. Amounts are whole micro-credits.

    Safe for several threads and processes. A method that raises has changed nothing, but for
    :class:`~orqo_vault.errors.LedgerUnavailableError`, after which nobody knows: ask again with the same reference.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def grant(
        self, organization: str, amount: int, *, period: str, expires_at: datetime | None = None, reason: str = ""
    ) -> Movement:
        """Give credits, once for each ``period`` (``2026-11``, ``top-up 17`` …). What is unused expires."""
        expiry = None if expires_at is None else microseconds(expires_at)
        with self._database.writing() as session:
            return granting.grant(session, organization, amount, period=period, expires_at=expiry, reason=reason)

    def adjust(self, organization: str, amount: int, *, reference: str, reason: str) -> Movement:
        """Correct a balance, up or down, once for each ``reference``. Never further down than the overdraft."""
        with self._database.writing() as session:
            return granting.adjust(session, organization, amount, reference=reference, reason=reason)

    def set_overdraft(self, organization: str, amount: int) -> Balance:
        """Say how far below 0 ``available`` can fall at the very most."""
        with self._database.writing() as session:
            granting.set_overdraft(session, organization, amount)
            return reading.balance(session, organization)

    def reserve(
        self,
        use: Use,
        amount: int,
        *,
        hold: str,
        lasts: timedelta,
        budget: int | None = None,
        at_expiry: AtExpiry = "release",
    ) -> Hold:
        """Hold ``amount`` for a run, under the id ``hold``, which the caller makes and can ask for again.

        ``at_expiry`` says what becomes of a hold that nobody ended: ``release`` gives it back, ``settle`` charges it
        in full. Raises InsufficientCreditsError, or HeldByRunsInFlightError when waiting may help.
        """
        with self._database.writing() as session:
            return holds.reserve(session, use, amount, hold=hold, lasts=lasts, budget=budget, at_expiry=at_expiry)

    def extend(
        self, organization: str, hold: str, *, amount: int | None = None, lasts: timedelta | None = None
    ) -> Hold:
        """Let a live hold keep up to ``amount``, and live for ``lasts`` from now. Neither makes it less."""
        with self._database.writing() as session:
            return holds.extend(session, organization, hold, amount=amount, lasts=lasts)

    def release(self, organization: str, hold: str) -> Hold:
        """End a hold and give back what is left of it; requests in flight keep theirs. Twice is once."""
        with self._database.writing() as session:
            return holds.release(session, organization, hold)

    def start(
        self, organization: str, hold: str, *, reference: str, model: str, estimate: int, gateway: str
    ) -> Request:
        """Draw ``estimate`` on a hold for one request, extending the hold as far as its budget allows.

        When this returns, the row is on the disk: the first byte may go to the provider. ``gateway`` names who does
        it, see :meth:`mark_unsettled`.
        """
        with self._database.writing() as session:
            return requests.start(
                session, organization, hold, reference=reference, model=model, estimate=estimate, gateway=gateway
            )

    def settle(
        self,
        organization: str,
        reference: str,
        *,
        tokens: Tokens,
        cost: Cost,
        metered: Metered,
        hold: str | None = None,
        model: str | None = None,
    ) -> Settlement:
        """Charge what a request cost, once for each ``reference``, in full.

        A request that was started is settled against its hold; for one that is reported only now, say the ``hold``
        (and ``model``). A hold that has ended is no obstacle: the settlement is ``late``. Only what would pass the
        organization's overdraft is written off.
        """
        with self._database.writing() as session:
            return requests.settle(
                session, organization, reference, tokens=tokens, cost=cost, metered=metered, hold=hold, model=model
            )

    def cancel(self, organization: str, reference: str) -> Request:
        """End a request that cost nothing, because the provider refused it. One that was settled stays settled."""
        with self._database.writing() as session:
            return requests.cancel(session, organization, reference)

    def record_own(self, use: Use, reference: str, *, tokens: Tokens, metered: Metered = "reported") -> Request:
        """Record what was used with an organization's own key: 0 credits, once for each ``reference``."""
        with self._database.writing() as session:
            return requests.record_own(session, use, reference, tokens=tokens, metered=metered)

    def mark_unsettled(self, gateway: str) -> int:
        """Mark what a gateway of this name had started and not settled, and return how many.

        A gateway calls it when it starts, before it serves: whatever is there was left behind by its predecessor.
        Their credits stay held until somebody settles or cancels them.
        """
        with self._database.writing() as session:
            return requests.mark_unsettled(session, gateway)

    def balance(self, organization: str) -> Balance:
        """Return what an organization has now; one that was never granted anything has 0."""
        with self._up_to_date(organization) as session:
            return reading.balance(session, organization)

    def organizations(self) -> list[str]:
        """Return the names of all that have an account."""
        with self._database.reading() as session:
            return reading.organizations(session)

    def holds(self, organization: str) -> list[Hold]:
        """Return the holds that keep something, those that expire first at the beginning."""
        with self._up_to_date(organization) as session:
            return reading.holds(session, organization)

    def lots(self, organization: str) -> list[Lot]:
        """Return what is left of each grant, in the order in which it will be spent."""
        with self._up_to_date(organization) as session:
            return reading.lots(session, organization)

    def history(self, organization: str, *, before: int | None = None, limit: int = 50) -> list[Movement]:
        """Return movements, the newest first. For the next page say the last one's number as ``before``."""
        with self._up_to_date(organization) as session:
            return reading.history(session, organization, before, limit)

    def unsettled(self, organization: str, *, started_before: datetime | None = None) -> list[Request]:
        """Return the requests whose end is unknown: those marked, and those that started before a time."""
        before = 0 if started_before is None else microseconds(started_before)
        with self._database.reading() as session:
            return reading.unsettled(session, organization, before)

    def find_request(self, organization: str, reference: str) -> Request | None:
        """Return one request, None if there is none of this reference."""
        with self._database.reading() as session:
            row = find_request(session, organization, reference)
            return None if row is None else request_of(row)

    def requests(self, organization: str, *, run: str, limit: int = 1000) -> list[Request]:
        """Return what a run's requests came to, the newest first."""
        with self._up_to_date(organization) as session:
            return reading.requests(session, organization, run, limit)

    def usage(
        self,
        organization: str,
        *,
        by: Heading = "day",
        since: datetime | None = None,
        until: datetime | None = None,
        run: str | None = None,
    ) -> list[UsageLine]:
        """Return what was used from ``since`` to before ``until``, summed up ``by`` day, model, run or credential."""
        start = 0 if since is None else microseconds(since)
        end = NEVER if until is None else microseconds(until)
        with self._up_to_date(organization) as session:
            return reading.usage(session, organization, since=start, until=end, by=by, run=run)

    def verify(self, organization: str | None = None) -> list[Discrepancy]:
        """Add up all entries of one organization or of all, and return every kept figure that differs."""
        with self._database.reading() as session:
            names = reading.organizations(session) if organization is None else [organization]
            return [found for name in names for found in verify(session, name)]

    @contextmanager
    def _up_to_date(self, organization: str) -> Iterator[Session]:
        """Read one moment at which nothing was overdue. Only if something is, anything is written."""
        with self._database.reading() as session:
            due = is_anything_due(session, organization)
            if not due:
                yield session
        if due:
            with self._database.writing() as session:
                settled_up(session, organization)
                yield session

    def close(self) -> None:
        """Close what is open. A ledger that is used again connects again."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
