"""Any sequence of grants, holds, requests and time: what is refused changes nothing, what is repeated is done once."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from orqo_vault.credits import Cost, Tokens
from orqo_vault.errors import CreditsError, LedgerError
from orqo_vault.ledger import Ledger, Use, open_ledger
from orqo_vault.ledger.records import moment

OVERDRAFT = 3
ORGANIZATIONS = st.sampled_from(["acme", "acm/e"])
AMOUNTS = st.sampled_from([1, 2, 3, 7, 10, 25])


class AnySequence(RuleBasedStateMachine):
    """Two organizations with the same ids for everything. The model knows what was charged and what was given."""

    holds = Bundle("holds")
    started = Bundle("started")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.time = 1_800_000_000_000_000
        self.ledger: Ledger = open_ledger(f"sqlite://{self.folder.name}/l.db", create=True, clock=lambda: self.time)
        self.count = 0
        self.charged = {"acme": 0, "acm/e": 0}
        for organization in self.charged:
            self.ledger.grant(organization, 20, period="start")
            self.ledger.set_overdraft(organization, OVERDRAFT)

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    def number(self) -> str:
        self.count += 1
        return str(self.count)

    def twice(self, action: Any) -> Any:
        """Do something two times: the second changes nothing; nor does what is refused."""
        self.figures()  # whatever is overdue happens now, and not in between
        before = self.figures()
        try:
            first = action()
        except LedgerError:
            raise  # the database had to refuse what we should not have asked
        except CreditsError:
            assert self.figures() == before
            return None
        after = self.figures()
        action()
        assert self.figures() == after
        return first

    def figures(self) -> list[Any]:
        return [(self.ledger.balance(name), self.ledger.holds(name), self.ledger.lots(name)) for name in self.charged]

    @rule(organization=ORGANIZATIONS, amount=AMOUNTS, days=st.one_of(st.none(), st.integers(1, 4)))
    def grant(self, organization: str, amount: int, days: int | None) -> None:
        period = self.number()
        end = None if days is None else moment(self.time) + timedelta(days=days)
        self.twice(lambda: self.ledger.grant(organization, amount, period=period, expires_at=end))

    @rule(organization=ORGANIZATIONS, amount=AMOUNTS, sign=st.sampled_from([1, -1]))
    def adjust(self, organization: str, amount: int, sign: int) -> None:
        reference = self.number()
        self.twice(lambda: self.ledger.adjust(organization, sign * amount, reference=reference, reason="r"))

    @rule(
        target=holds,
        organization=ORGANIZATIONS,
        amount=AMOUNTS,
        budget=st.sampled_from([None, 10, 30]),
        days=st.integers(1, 4),
        at_expiry=st.sampled_from(["release", "settle"]),
    )
    def reserve(self, organization: str, amount: int, budget: int | None, days: int, at_expiry: Any) -> Any:
        hold = self.number()
        use = Use(organization=organization, run=hold, credential="c", provider="p")
        self.twice(
            lambda: self.ledger.reserve(
                use, amount, hold=hold, lasts=timedelta(days=days), budget=budget, at_expiry=at_expiry
            )
        )
        return organization, hold

    @rule(hold=holds, amount=AMOUNTS)
    def extend(self, hold: tuple[str, str], amount: int) -> None:
        self.twice(lambda: self.ledger.extend(*hold, amount=amount, lasts=timedelta(days=1)))

    @rule(hold=holds)
    def release(self, hold: tuple[str, str]) -> None:
        self.twice(lambda: self.ledger.release(*hold))

    @rule(target=started, hold=holds, estimate=AMOUNTS)
    def start(self, hold: tuple[str, str], estimate: int) -> Any:
        reference = self.number()
        self.twice(lambda: self.ledger.start(*hold, reference=reference, model="m", estimate=estimate, gateway="g"))
        return hold[0], reference

    @rule(request=started, cost=st.sampled_from([0, 1, 3, 10, 40]))
    def settle(self, request: tuple[str, str], cost: int) -> None:
        self._settle(*request, cost, None)

    @rule(hold=holds, cost=st.sampled_from([0, 1, 3, 10, 40]))
    def report(self, hold: tuple[str, str], cost: int) -> None:
        self._settle(hold[0], self.number(), cost, hold[1])

    def _settle(self, organization: str, reference: str, cost: int, hold: str | None) -> None:
        result = self.twice(
            lambda: self.ledger.settle(
                organization, reference, tokens=Tokens(), cost=Cost(amount=cost), metered="gateway", hold=hold
            )
        )
        if result is not None and not result.replayed:
            assert 0 <= result.request.charged + result.request.written_off <= cost
            self.charged[organization] += result.request.charged

    @rule(request=started)
    def cancel(self, request: tuple[str, str]) -> None:
        self.twice(lambda: self.ledger.cancel(*request))

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.time += days * 86_400_000_000

    @invariant()
    def everything_adds_up(self) -> None:
        assert self.ledger.verify() == []
        for organization, charged in self.charged.items():
            balance = self.ledger.balance(organization)
            assert balance.available >= -OVERDRAFT
            assert balance.held == sum(hold.amount for hold in self.ledger.holds(organization))
            moved = self.ledger.history(organization, limit=10_000)
            unreported = -sum(each.amount for each in moved if each.reference.startswith("hold-expired:"))
            assert -sum(each.amount for each in moved if each.kind == "usage") == charged + unreported
            assert balance.balance == sum(each.amount for each in moved)


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
