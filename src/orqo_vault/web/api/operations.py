"""Every operation of the API: its path, the role it needs, what it takes and what it gives. Routes and document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from orqo_vault.web.api import backends, credentials, llm, session
from orqo_vault.web.api.messages import (
    ChangedConfig,
    ChangedCredential,
    ChoicesQuery,
    DeleteQuery,
    Draft,
    ListQuery,
    NewConfig,
    NewCredential,
    Nothing,
    WantedPlan,
)
from orqo_vault.web.api.results import Backends, Choices, Deleted, Llm, Who
from orqo_vault.web.auth import Role
from orqo_vault.web.service.details import Detail, StoredFields, Uses
from orqo_vault.web.service.forms import Forms
from orqo_vault.web.service.llm_configs import Config
from orqo_vault.web.service.places import Checked, Setup
from orqo_vault.web.service.plans import Planned
from orqo_vault.web.service.preview import Preview
from orqo_vault.web.service.rows import Page
from orqo_vault.web.service.testing import Tested
from orqo_vault.web.site import Handler

VIEWER, EDITOR, ADMIN = Role.VIEWER, Role.EDITOR, Role.ADMIN


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. ``matched``: it wants If-Match."""

    method: str
    path: str
    role: Role
    handler: Handler
    result: Any
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    matched: bool = False


OPERATIONS = (
    Operation("GET", "/session", VIEWER, session.show, Who),
    Operation("GET", "/credentials", VIEWER, credentials.list_all, Page, query=ListQuery),
    Operation("POST", "/credentials", EDITOR, credentials.create, Detail, NewCredential, status=201),
    Operation("GET", "/credentials/{id}", VIEWER, credentials.show, Detail),
    Operation("PATCH", "/credentials/{id}", EDITOR, credentials.change, Detail, ChangedCredential, matched=True),
    Operation("DELETE", "/credentials/{id}", ADMIN, credentials.delete, Deleted, query=DeleteQuery, matched=True),
    Operation("GET", "/credentials/{id}/stored", VIEWER, credentials.show_stored, StoredFields),
    Operation("GET", "/credentials/{id}/uses", VIEWER, credentials.show_uses, Uses),
    Operation("POST", "/credentials/{id}/test", EDITOR, credentials.test, Tested, Nothing),
    Operation("POST", "/credentials/{id}/enable", EDITOR, credentials.enable, Detail, Nothing, matched=True),
    Operation("POST", "/credentials/{id}/disable", EDITOR, credentials.disable, Detail, Nothing, matched=True),
    Operation("POST", "/previews/new", VIEWER, credentials.preview_new, Preview, Draft),
    Operation("POST", "/previews/change", VIEWER, credentials.preview_change, Preview, Draft),
    Operation("GET", "/forms", VIEWER, credentials.show_forms, Forms),
    Operation("GET", "/setup", VIEWER, credentials.show_setup, Setup),
    Operation("GET", "/llm", VIEWER, llm.list_all, Llm),
    Operation("POST", "/llm", EDITOR, llm.create, Config, NewConfig, status=201),
    Operation("GET", "/llm/{name}", VIEWER, llm.show, Config),
    Operation("PATCH", "/llm/{name}", EDITOR, llm.change, Config, ChangedConfig, matched=True),
    Operation("DELETE", "/llm/{name}", ADMIN, llm.delete, None, status=204, matched=True),
    Operation("GET", "/llm-credentials", VIEWER, llm.show_choices, Choices, query=ChoicesQuery),
    Operation("GET", "/backends", VIEWER, backends.list_all, Backends),
    Operation("POST", "/backends/{name}/check", VIEWER, backends.check, Checked, Nothing),
    Operation("POST", "/plan", VIEWER, backends.plan, Planned, WantedPlan),
)
