"""Balance and usage for a user who may not open the ledger: the gateway at which it is enrolled tells them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orqo_vault.backend import Deadline
from orqo_vault.credits import Tokens
from orqo_vault.errors import AccessDeniedError, BackendUnavailableError
from orqo_vault.ledger import Balance, UsageLine
from orqo_vault.platform_keys.control_plane import ControlPlane
from orqo_vault.platform_keys.enrolments import enrolment_path, read_enrolment
from orqo_vault.state import config_root
from orqo_vault.vault.caller import caller_of

if TYPE_CHECKING:
    from orqo_vault.settings.operator_model import Operator
    from orqo_vault.vault.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayFigures:
    """What a gateway says about the organization of this user's enrolment."""

    balance: Balance
    since: str
    usage: Mapping[str, list[UsageLine]]
    """Since that time, by ``day`` and by ``model``."""


def gateway_figures(operator: Operator, around: Surroundings, organization: str | None = None) -> GatewayFigures | None:
    """Ask the gateway; None for an operator, who has the ledger, and for a user who is enrolled nowhere.

    Raises AccessDeniedError where ``organization`` is another than the enrolment's.
    """
    gateway = _gateway(operator, around)
    if gateway is None:
        return None
    said = gateway.balance(Deadline(around.seconds))
    try:
        figures = _figures(said)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BackendUnavailableError(
            f"the gateway {gateway.address} does not answer as this release expects"
        ) from None
    if organization not in (None, figures.balance.organization):
        raise AccessDeniedError(
            f"organization '{organization}' is not this user's: it is enrolled for"
            f" '{figures.balance.organization}' at {gateway.address}"
        )
    return figures


def _gateway(operator: Operator, around: Surroundings) -> ControlPlane | None:
    """Return the first gateway of the operator's file at which this user is enrolled."""
    if operator.ledger is not None and caller_of(operator).is_operator:
        return None
    config = Path(config_root(around.environ))
    addresses = (each.address for each in operator.platform_providers.values() if each.address is not None)
    found = next((each for each in addresses if os.path.lexists(enrolment_path(config, each))), None)
    return None if found is None else ControlPlane(found, read_enrolment(config, found))


def _figures(said: Mapping[str, Any]) -> GatewayFigures:
    organization, usage = said["organization"], said["usage"]
    if not isinstance(organization, str):
        raise TypeError
    return GatewayFigures(
        balance=Balance(
            organization=organization,
            balance=int(said["balance"]),
            held=int(said["held"]),
            overdraft=int(said["overdraft"]),
        ),
        since=str(usage["since"]),
        usage={"day": [_line(each) for each in usage["days"]], "model": [_line(each) for each in usage["models"]]},
    )


def _line(said: Mapping[str, Any]) -> UsageLine:
    return UsageLine(
        heading=str(said["heading"]),
        requests=int(said["requests"]),
        own=int(said["own"]),
        tokens=Tokens(input=int(said["input_tokens"]), output=int(said["output_tokens"])),
        charged=int(said["charged"]),
    )
