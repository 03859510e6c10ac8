"""Credentials: looked at, created, changed, tested, deleted."""

from __future__ import annotations

from starlette.responses import Response

from orqo_vault.web.api.answers import answer, expected_revision
from orqo_vault.web.api.messages import (
    ChangedCredential,
    ClearField,
    DeleteQuery,
    Draft,
    ListQuery,
    NewCredential,
    Nothing,
    SetField,
)
from orqo_vault.web.auth import Role
from orqo_vault.web.service import changes, details, forms, places, preview, rows, testing
from orqo_vault.web.site import Visit


async def list_all(visit: Visit) -> Response:
    """Return the rows that the query asks for."""
    query = visit.query(ListQuery)
    return answer(await visit.work(rows.find_rows, rows.Wanted(**query.model_dump())))


async def show(visit: Visit) -> Response:
    """Return one credential, with its revision."""
    detail = await visit.work(details.detail_of, visit.part("id"))
    return answer(detail, revision=detail.revision)


async def show_stored(visit: Visit) -> Response:
    """Return which of its fields are stored."""
    return answer(await visit.work(details.stored_fields, visit.part("id")))


async def show_uses(visit: Visit) -> Response:
    """Return who needs it."""
    return answer(await visit.work(details.uses_of, visit.part("id")))


async def show_forms(visit: Visit) -> Response:
    """Return what a form for a new one is made of."""
    return answer(await visit.work(forms.forms))


async def show_setup(visit: Visit) -> Response:
    """Return which ones have nothing stored."""
    return answer(await visit.work(places.setup))


async def create(visit: Visit) -> Response:
    """Declare one and store its values."""
    new = await visit.body(NewCredential)
    detail = await visit.work(changes.create, new.id, new.declaration, new.fields)
    return answer(detail, status=201, revision=detail.revision)


async def change(visit: Visit) -> Response:
    """Change what is named, keep the rest."""
    said = await visit.body(ChangedCredential)
    if said.own_key == "destroy":
        visit.must_be(Role.ADMIN)
    wanted = changes.Changes(
        declaration=said.declaration,
        set={name: each.value for name, each in said.fields.items() if isinstance(each, SetField)},
        clear=tuple(name for name, each in said.fields.items() if isinstance(each, ClearField)),
        own_key=said.own_key,
        stored_version=said.stored_version,
    )
    detail = await visit.work(changes.change, visit.part("id"), expected_revision(visit), wanted)
    return answer(detail, revision=detail.revision)


async def enable(visit: Visit) -> Response:
    """Let runs use it."""
    return await _switched(visit, on=True)


async def disable(visit: Visit) -> Response:
    """Keep runs from using it; they stop with an error that names it."""
    return await _switched(visit, on=False)


async def test(visit: Visit) -> Response:
    """Ask its service whether it takes it."""
    await visit.body(Nothing)
    return answer(await visit.work(testing.tested, visit.part("id")))


async def delete(visit: Visit) -> Response:
    """Delete it, unless something needs it and nothing takes its place."""
    query = visit.query(DeleteQuery)
    revision = expected_revision(visit)
    deleted = await visit.work(
        changes.delete, visit.part("id"), revision, query.secret, replace_with=query.replace_with
    )
    return answer({"id": visit.part("id"), "secret_deleted": deleted})


async def preview_new(visit: Visit) -> Response:
    """Say what a new declaration would become."""
    draft = await visit.body(Draft)
    return answer(await visit.work(preview.preview_new, draft.id, draft.declaration))


async def preview_change(visit: Visit) -> Response:
    """Say what a declared one would become."""
    draft = await visit.body(Draft)
    return answer(await visit.work(preview.preview_change, draft.id, draft.declaration))


async def _switched(visit: Visit, *, on: bool) -> Response:
    await visit.body(Nothing)
    wanted = changes.Changes(declaration={"enabled": None if on else False})
    detail = await visit.work(changes.change, visit.part("id"), expected_revision(visit), wanted)
    return answer(detail, revision=detail.revision)
