"""Backends, and the plan of a run."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import Response

from orqo_vault.web.api.answers import answer
from orqo_vault.web.api.messages import Nothing, WantedPlan
from orqo_vault.web.service import places, plans
from orqo_vault.web.site import Visit


async def list_all(visit: Visit) -> Response:
    """Return every declared backend."""
    return answer({"backends": [asdict(each) for each in await visit.work(places.places)]})


async def check(visit: Visit) -> Response:
    """Ask one whether it can be reached and read."""
    await visit.body(Nothing)
    return answer(await visit.work(places.check_place, visit.part("name")))


async def plan(visit: Visit) -> Response:
    """Say what a run would do."""
    wanted = await visit.body(WantedPlan)
    only = tuple(wanted.only) if wanted.only is not None else None
    return answer(await visit.work(plans.planned, only=only, run=wanted.run))
