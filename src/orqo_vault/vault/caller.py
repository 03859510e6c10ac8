"""Who is asking, by what the system says: an organization's OS user, or the operator. Never by what a project says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.audit.actor import user_name

if TYPE_CHECKING:
    from orqo_vault.settings.operator_model import Operator


class Caller(NamedTuple):
    """The OS user of this process, as the operator's file sees it."""

    uid: int
    organization: str | None
    """Whose credits its runs spend; None for a user whom the file names nowhere."""
    is_operator: bool
    """May be asked for what is the operator's: root, the file's owner, and whoever is in no organization.

    It keeps people from mistakes. What keeps an attacker out is who may open the ledger.
    """


def caller_of(operator: Operator) -> Caller:
    """Return who this process is."""
    uid = os.geteuid()
    user = user_name(uid)
    found = (each.name for each in operator.organizations.values() if uid in each.uids or user in each.users)
    organization = next(found, None)
    return Caller(uid, organization, organization is None or uid == 0 or uid == _owner(operator))


def _owner(operator: Operator) -> int | None:
    """Return who could change the operator's file, and so what it says about the caller."""
    return os.stat(operator.file).st_uid if operator.file is not None else None
