"""One credential: what is declared, what is stored by name, and the form that changes both."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from orqo_vault.vault import Vault
from orqo_vault.web.auth import Role
from orqo_vault.web.pages.answers import Answers, answers_of
from orqo_vault.web.pages.frame import done, page
from orqo_vault.web.service.changes import Changes, change
from orqo_vault.web.service.details import Detail, detail_of, stored_fields, uses_of
from orqo_vault.web.service.forms import forms
from orqo_vault.web.service.history import history
from orqo_vault.web.service.preview import injected, preview_change
from orqo_vault.web.service.pricing import example_price, supplied
from orqo_vault.web.service.revisions import ChangedMeanwhileError
from orqo_vault.web.service.testing import tested
from orqo_vault.web.site import Visit

TEXTS = ("name", "description", "key", "provider", "expires_at")


async def show(visit: Visit) -> Response:
    """Show a credential."""
    credential_id = visit.request.path_params["id"]

    def gather(vault: Vault) -> dict[str, Any]:
        detail = detail_of(vault, credential_id)
        known = forms(vault)
        return {
            "detail": detail,
            "row": detail.row,
            "known": known,
            "testable": any(each.name == detail.row.type and each.testable for each in known.types),
            "injected": injected(vault.settings, credential_id),
            "price": example_price(vault, detail.row.provider),
            "supplied": supplied(vault),
        }

    return await page(visit, "credential.html", gather)


async def stored(visit: Visit) -> Response:
    """Show which fields are stored; asks the backend."""
    credential_id = visit.request.path_params["id"]

    def gather(vault: Vault) -> dict[str, Any]:
        kept = [field for field in detail_of(vault, credential_id).fields if field.kept_in == "backend"]
        shown = [field.name for field in kept if not field.derived]
        return {"stored": stored_fields(vault, credential_id), "fields": shown}

    return await page(visit, "stored.html", gather)


async def uses(visit: Visit) -> Response:
    """Show who needs it."""
    credential_id = visit.request.path_params["id"]

    def gather(vault: Vault) -> dict[str, Any]:
        return {"row": detail_of(vault, credential_id).row, "uses": uses_of(vault, credential_id)}

    return await page(visit, "uses.html", gather)


async def recorded(visit: Visit) -> Response:
    """Show what the audit log says of it."""
    credential_id = visit.request.path_params["id"]
    return await page(visit, "events.html", lambda vault: {"history": history(vault, credential_id, limit=20)})


async def test(visit: Visit) -> Response:
    """Test what is saved, at the place that is saved."""
    credential_id = visit.request.path_params["id"]
    return await page(visit, "tested.html", lambda vault: {"tested": tested(vault, credential_id)})


async def preview(visit: Visit) -> Response:
    """Show what a run would find, before a change is saved. No secret is among what is sent for it."""
    credential_id = visit.request.path_params["id"]
    answers = await answers_of(visit)

    def gather(vault: Vault) -> dict[str, Any]:
        declaration = changes_of(answers, detail_of(vault, credential_id)).declaration
        return {"preview": preview_change(vault, credential_id, declaration)}

    return await page(visit, "preview.html", gather)


async def switch(visit: Visit) -> Response:
    """Enable or disable it."""
    credential_id = visit.request.path_params["id"]
    answers = await answers_of(visit)
    enabled = answers.text("enabled") == "true"
    changes = Changes(declaration={"enabled": None if enabled else False})
    detail = await visit.work(change, credential_id, answers.text("revision"), changes)
    return done(f"{detail.row.name} is {'enabled' if enabled else 'disabled'}", f"/credentials/{credential_id}")


async def save(visit: Visit) -> Response:
    """Change what the form changes; a declaration that somebody else changed is shown beside it, and kept."""
    credential_id = visit.request.path_params["id"]
    answers = await answers_of(visit)

    def saved(vault: Vault) -> Detail:
        before = detail_of(vault, credential_id)
        changes = changes_of(answers, before)
        if changes.own_key == "destroy":
            visit.must_be(Role.ADMIN)
        return change(vault, credential_id, answers.text("revision"), changes)

    try:
        detail = await visit.work(saved)
    except ChangedMeanwhileError:
        return await _conflict(visit, credential_id, answers)
    return done(f"{detail.row.name} is saved", f"/credentials/{credential_id}")


def changes_of(answers: Answers, before: Detail) -> Changes:
    """Return what a form changes: a secret field that nobody replaced or cleared is not in it."""
    row = before.row
    said = {name: answers.text(name) for name in TEXTS if name in answers.root}
    declaration: dict[str, Any] = {
        name: text or None for name, text in said.items() if text != (getattr(row, name) or "")
    }
    shown = {field.name: field.value or "" for field in before.fields}
    values = {name: text or None for name, text in answers.values.items() if text != shown.get(name, "")}
    if values:
        declaration["values"] = values
    mode = answers.text("mode") or row.mode
    if mode != row.mode:
        declaration["mode"] = mode
    if "shown" in answers.root and bool(answers.text("optional")) != row.optional:
        declaration["optional"] = True if answers.text("optional") else None
    to_platform = (row.mode, mode) == ("own", "platform")
    return Changes(
        declaration=declaration,
        set={} if to_platform else answers.secrets,
        clear=() if to_platform else answers.all("clear"),
        own_key=("keep" if answers.text("own_key") == "keep" else "destroy") if to_platform else None,
        stored_version=answers.text("stored_version") or None,
    )


async def _conflict(visit: Visit, credential_id: str, answers: Answers) -> Response:
    def gather(vault: Vault) -> dict[str, Any]:
        now = detail_of(vault, credential_id)
        changes = changes_of(answers, now)
        ours = {**changes.declaration, **changes.declaration.get("values", {})}
        ours.pop("values", None)
        values = {field.name: field.value for field in now.fields}
        theirs = {name: values.get(name, getattr(now.row, name, None)) for name in ours}
        return {"now": now, "ours": ours, "theirs": theirs, "fields": changes.fields}

    answer = await page(visit, "conflict.html", gather)
    answer.status_code = 409
    return answer
