"""Adds everything up again, from the entries, and says which kept figure is off."""

from __future__ import annotations

from orqo_vault.ledger.database import Session
from orqo_vault.ledger.records import Discrepancy

# Each gives rows of (what, expected, found) that differ. One moment is read, so that work in progress is no difference.
_CHECKS = (
    "SELECT 'the entries of movement ' || movement.number AS what, 0 AS expected, COALESCE(SUM(amount), 1) AS found"
    " FROM movement LEFT JOIN entry ON entry.organization = movement.organization AND entry.number = movement.number"
    " WHERE movement.organization = :organization GROUP BY movement.number HAVING COALESCE(SUM(amount), 1) <> 0",
    "SELECT 'the balance' AS what, COALESCE(SUM(amount), 0) AS expected, MAX(balance) AS found"
    " FROM organization LEFT JOIN entry ON entry.organization = name AND account = 'available'"
    " WHERE name = :organization HAVING COALESCE(SUM(amount), 0) <> MAX(balance)",
    "SELECT 'the balance after movement ' || number AS what, expected, found FROM"
    " (SELECT movement.number, SUM(amount) OVER (ORDER BY movement.number) AS expected, balance AS found"
    " FROM movement JOIN entry ON entry.organization = movement.organization AND entry.number = movement.number"
    " AND account = 'available' WHERE movement.organization = :organization) AS running WHERE expected <> found",
    "SELECT 'the number of movements' AS what, MAX(movements) AS expected, COUNT(number) AS found"
    " FROM organization LEFT JOIN movement ON organization = name WHERE name = :organization"
    " HAVING MAX(movements) <> COUNT(number) OR MAX(movements) <> COALESCE(MAX(number), 0)",
    "SELECT 'what is held' AS what, COALESCE(SUM(amount), 0) AS expected, MAX(held) AS found"
    " FROM organization LEFT JOIN hold ON organization = name AND amount > 0"
    " WHERE name = :organization HAVING COALESCE(SUM(amount), 0) <> MAX(held)",
    "SELECT 'what is drawn on hold ' || id AS what, COALESCE(SUM(request.drawn), 0) AS expected,"
    " MAX(hold.drawn) AS found FROM hold LEFT JOIN request ON request.organization = hold.organization"
    " AND request.hold = hold.id AND request.state IN ('started', 'unsettled')"
    " WHERE hold.organization = :organization AND amount > 0"
    " GROUP BY id HAVING COALESCE(SUM(request.drawn), 0) <> MAX(hold.drawn)",
    "SELECT 'what is kept by hold ' || id || ', which has ended' AS what, drawn AS expected, amount AS found"
    " FROM hold WHERE organization = :organization AND amount > drawn AND state <> 'live'",
    "SELECT 'what was spent of the holds' AS what, expected, found FROM"
    " (SELECT COALESCE(SUM(charged), 0) AS expected FROM request WHERE organization = :organization) AS charges,"
    " (SELECT COALESCE(SUM(spent), 0) AS found FROM hold WHERE organization = :organization) AS spending"
    " WHERE expected <> found",
    "SELECT 'what is left of the grants' AS what, expected, found FROM"
    " (SELECT CASE WHEN balance > 0 THEN balance ELSE 0 END AS expected FROM organization WHERE name = :organization)"
    " AS kept, (SELECT COALESCE(SUM(remaining), 0) AS found FROM lot WHERE organization = :organization) AS pieces"
    " WHERE expected <> found",
    "SELECT 'the charge for request ' || request.reference AS what, charged AS expected,"
    " COALESCE(-amount, 0) AS found FROM request LEFT JOIN movement ON movement.organization = request.organization"
    " AND kind = 'usage' AND movement.reference = request.reference LEFT JOIN entry"
    " ON entry.organization = movement.organization AND entry.number = movement.number AND account = 'available'"
    " WHERE request.organization = :organization AND charged <> COALESCE(-amount, 0)",
    "SELECT 'usage without a request, movement ' || number AS what, 0 AS expected, number AS found"
    " FROM movement LEFT JOIN request ON request.organization = movement.organization"
    " AND request.reference = movement.reference"
    " WHERE movement.organization = :organization AND kind = 'usage' AND state IS NULL",
    "SELECT 'the overdraft' AS what, overdraft AS expected, held - balance AS found"
    " FROM organization WHERE name = :organization AND held - balance > overdraft",
)


def verify(session: Session, organization: str) -> list[Discrepancy]:
    """Return what does not add up; nothing, if all does. It reads everything that the organization has."""
    return [
        Discrepancy(organization=organization, what=row["what"], expected=int(row["expected"]), found=int(row["found"]))
        for check in _CHECKS
        for row in session.rows(check, organization=organization)
    ]
