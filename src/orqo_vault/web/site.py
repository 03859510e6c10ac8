"""The site: what all requests of one app have in common, and one visit to it."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from orqo_vault.errors import OrqoVaultError, without_frames
from orqo_vault.vault import Vault
from orqo_vault.web.auth import Auth, Identity, Role
from orqo_vault.web.bodies import read_body, validated
from orqo_vault.web.failures import Refusal, as_response, bug, refusal_of
from orqo_vault.web.limits import WRITES_A_MINUTE, Rate

P = ParamSpec("P")
R = TypeVar("R")
Model = TypeVar("Model", bound=BaseModel)


class Site:
    """What :func:`~orqo_vault.web.app.create_app` was given."""

    def __init__(
        self, open_vault: Callable[[], Vault], auth: Auth, origins: Sequence[str], read_only: str | None
    ) -> None:
        self.open_vault = open_vault
        self.auth = auth
        self.origins = tuple(origins)
        self.read_only = read_only
        """Why nothing can be changed here, None where it can."""
        self._writes: dict[str, Rate] = {}
        self._lock = threading.Lock()

    def count_write(self, identity: Identity) -> None:
        """Count a change that somebody asks for; refuse it when it is one too many this minute."""
        with self._lock:
            rate = self._writes.setdefault(identity.name, Rate(WRITES_A_MINUTE))
        wait = rate.count()
        if wait:
            raise Refusal(429, "too_many_changes", "too many changes in one minute", retry_after=wait)


class Visit:
    """One request of somebody who is known. API and pages are written against it."""

    def __init__(self, site: Site, request: Request, identity: Identity) -> None:
        self.site, self.request, self.identity = site, request, identity

    def part(self, name: str) -> str:
        """Return what stands in the path in the place of ``name``."""
        return str(self.request.path_params[name])

    async def body(self, model: type[Model]) -> Model:
        """Return the request's body; refuse anything else."""
        return await read_body(self.request, model)

    def query(self, model: type[Model]) -> Model:
        """Return the request's query; refuse an unknown name, and one that is there twice."""
        pairs = self.request.query_params.multi_items()
        if len({name for name, _ in pairs}) != len(pairs):
            raise Refusal(422, "invalid", "a name is in the query twice")
        return validated(model, dict(pairs))

    def must_be(self, role: Role) -> None:
        """Refuse whoever has not that role."""
        if self.identity.role < role:
            raise Refusal(403, "not_allowed", f"this needs the role {role.word}; you are {self.identity.role.word}")

    async def work(self, function: Callable[Concatenate[Vault, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return ``function(vault, …)``, done in a thread, with the settings as they are now.

        The vault acts for the visitor: that name stands in audit records. It is closed afterwards.
        """
        return await run_in_threadpool(self._work, function, *args, **kwargs)

    @without_frames
    def _work(self, function: Callable[Concatenate[Vault, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.site.open_vault().acting(actor=self.identity.name) as vault:
            return function(vault, *args, **kwargs)


Handler = Callable[[Visit], Awaitable[Response]]
Failing = Callable[[Refusal], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(site: Site, role: Role, handler: Handler, *, failing: Failing = as_response) -> Endpoint:
    """Return the handler behind what every request goes through: who is it, may they, and what if it fails.

    ``failing`` makes the answer of a refusal; the default is JSON.
    """

    async def answer(request: Request) -> Response:
        try:
            identity = await site.auth.identify(request)
            if identity is None:
                raise Refusal(401, "not_logged_in", "log in first", hint="orqo-vault web prints a login code")
            visit = Visit(site, request, identity)
            visit.must_be(role)
            if request.method not in ("GET", "HEAD") and role > Role.VIEWER:
                if site.read_only:
                    raise Refusal(403, "read_only", site.read_only)
                site.count_write(identity)
            return await handler(visit)
        except Refusal as refusal:
            return failing(refusal)
        except OrqoVaultError as error:
            return failing(refusal_of(error))
        except Exception as error:
            return failing(bug(error))

    return answer
