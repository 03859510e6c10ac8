"""Takes what a request cost from its hold and its organization's balance, once, and never below the stated bound."""

from __future__ import annotations

from typing import NamedTuple

from orqo_vault.ledger.accounts import Account, free, post
from orqo_vault.ledger.database import Session
from orqo_vault.ledger.dialect import Row
from orqo_vault.ledger.lots import consume


class Charge(NamedTuple):
    """What became of a cost."""

    charged: int
    written_off: int
    over: bool


def charge(session: Session, account: Account, hold: Row, reference: str, cost: int, drawn: int) -> Charge:
    """Charge ``cost`` to a hold of which ``drawn`` was kept for it.

    What the hold's expiry has taken already is not taken again. A live hold keeps what the request did not need,
    one that has ended gives it back. What would pass the overdraft is written off.
    """
    covered = min(cost, hold["unreported"])
    due = cost - covered
    at_hand = hold["amount"] - (hold["drawn"] - drawn)  # all but what is kept for other requests
    used = min(due, at_hand)
    freed = used if hold["state"] == "live" else at_hand
    charged = min(due, freed + account.available + account.overdraft)
    session.run(
        "UPDATE hold SET amount = amount - :freed, drawn = drawn - :drawn, spent = spent + :charged,"
        " unreported = unreported - :covered WHERE organization = :organization AND id = :hold",
        organization=hold["organization"],
        hold=hold["id"],
        freed=freed,
        drawn=drawn,
        charged=charged,
        covered=covered,
    )
    if charged:
        consume(session, hold["organization"], charged)
        post(session, hold["organization"], "usage", reference, -charged, freed=freed)
    else:
        free(session, hold["organization"], freed)
    return Charge(charged, due - charged, due > at_hand)
