"""A new credential: a category, a type, then the form that the type declares, with what it becomes beside it."""

from __future__ import annotations

from itertools import count
from typing import Any

from starlette.responses import Response

from orqo_vault.credential_types.custom import Custom
from orqo_vault.errors import UnknownCredentialError
from orqo_vault.vault import Vault
from orqo_vault.web.pages.answers import Answers, answers_of, checked_id, entry_of, listed_names, new_id
from orqo_vault.web.pages.frame import done, page
from orqo_vault.web.service.changes import create
from orqo_vault.web.service.forms import CategoryForm, Forms, TypeForm, forms
from orqo_vault.web.service.preview import preview_new
from orqo_vault.web.service.pricing import example_price, supplied
from orqo_vault.web.service.rows import Row
from orqo_vault.web.site import Visit


async def choose(visit: Visit) -> Response:
    """Show the categories, or the types for the one that was chosen."""
    chosen = visit.request.path_params.get("category")

    def gather(vault: Vault) -> dict[str, Any]:
        known = forms(vault)
        category = _named(known.categories, chosen) if chosen else None
        types = {each.name: each for each in known.types}
        return {"categories": known.categories, "category": category, "types": types}

    return await page(visit, "new.html", gather)


async def fill_in(visit: Visit) -> Response:
    """Show the form of a type."""
    params, query = visit.request.path_params, visit.request.query_params

    def gather(vault: Vault) -> dict[str, Any]:
        known = forms(vault)
        provider = query.get("provider", "")
        preset = next((each.key for each in known.providers if each.name == provider), "")
        return {
            "known": known,
            "category": _named(known.categories, params["category"]),
            "type": _named(known.types, params["type"]),
            "provider": provider,
            "key": preset,
            "supplied": supplied(vault),
        }

    return await page(visit, "new_form.html", gather)


async def custom_fields(visit: Visit) -> Response:
    """Show an input for each field that a custom credential is to have."""
    names = listed_names(visit.request.query_params.get("fields", ""))
    return await page(visit, "custom_fields.html", lambda vault: {"names": list(dict.fromkeys(names))})


async def preview(visit: Visit) -> Response:
    """Show what a run would find, before anything is saved. No secret is among what is sent for it."""
    answers = await answers_of(visit)

    def gather(vault: Vault) -> dict[str, Any]:
        if not answers.text("key") or (answers.text("type") == Custom.name and not answers.text("fields")):
            return {"preview": None}
        entry = entry_of(answers, _defaults(forms(vault), answers.text("type")))
        platform = entry.get("mode") == "platform"
        return {
            "preview": preview_new(vault, _free_id(vault, answers), entry),
            "platform": platform,
            "price": example_price(vault, entry.get("provider")) if platform else None,
            "supplied": supplied(vault),
            "provider": entry.get("provider"),
        }

    return await page(visit, "preview.html", gather)


async def save(visit: Visit) -> Response:
    """Store what was typed, declare the credential, and show it."""
    answers = await answers_of(visit)

    def saved(vault: Vault) -> Row:
        entry = entry_of(answers, _defaults(forms(vault), answers.text("type")))
        return create(vault, checked_id(_free_id(vault, answers)), entry, answers.secrets).row

    row = await visit.work(saved)
    return done(f"{row.name} is declared", f"/credentials/{row.id}")


def _free_id(vault: Vault, answers: Answers) -> str:
    """Return the id that was typed; one that is made of the name gives way to those that are there."""
    made = new_id(answers) or "credential"
    if answers.text("id") or made not in vault.credentials:
        return made
    return next(each for n in count(2) if (each := f"{made[:60]}-{n}") not in vault.credentials)


def _defaults(known: Forms, type_name: str) -> dict[str, str | None]:
    found = next((each for each in known.types if each.name == type_name), None)
    return {field.name: field.default for field in found.fields} if found else {}


def _named(all: tuple[Any, ...], name: str) -> CategoryForm | TypeForm | Any:
    found = next((each for each in all if each.name == name), None)
    if found is None:
        raise UnknownCredentialError("there is no such kind of credential", hint="go back and choose one")
    return found
