"""LLM configs: a model, the credential that pays for it, and what it costs."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from orqo_vault.errors import InvalidFieldError
from orqo_vault.providers import PRESETS
from orqo_vault.vault import Vault
from orqo_vault.web.pages.answers import answers_of
from orqo_vault.web.pages.frame import done, page
from orqo_vault.web.service.llm_configs import (
    change_config,
    choices,
    config_of,
    configs,
    create_config,
    delete_config,
)
from orqo_vault.web.service.pricing import price_of
from orqo_vault.web.site import Visit


async def show(visit: Visit) -> Response:
    """Show all of them."""

    def gather(vault: Vault) -> dict[str, Any]:
        found = configs(vault)
        return {"configs": found, "prices": {each.model: price_of(vault, each.model) for each in found}}

    return await page(visit, "llm.html", gather)


async def form(visit: Visit) -> Response:
    """Show the form of one, or of a new one."""
    name = visit.request.path_params.get("name")

    def gather(vault: Vault) -> dict[str, Any]:
        config = config_of(vault, name) if name else None
        model = config.model if config else ""
        chosen = config.credential if config else ""
        examples = [f"{provider}:{preset.model}" for provider, preset in PRESETS.items() if preset.model]
        return {"config": config, "examples": examples, **_picker(vault, model, chosen)}

    return await page(visit, "llm_form.html", gather)


async def picker(visit: Visit) -> Response:
    """Show the credentials that fit a model that is being typed, and its price."""
    query = visit.request.query_params
    model, chosen = query.get("model", ""), query.get("credential", "")
    return await page(visit, "llm_picker.html", lambda vault: _picker(vault, model, chosen))


async def save(visit: Visit) -> Response:
    """Declare or change a config."""
    name = visit.request.path_params.get("name")
    answers = await answers_of(visit)
    entry = {"model": answers.text("model"), "credential": answers.text("credential")}
    if not entry["credential"]:
        raise InvalidFieldError("no credential is chosen", hint="add one of the category LLM provider first")
    if name:
        await visit.work(change_config, name, answers.text("revision"), entry)
    else:
        name = answers.text("name")
        await visit.work(create_config, name, entry)
    return done(f"{name} is saved", "/llm")


async def remove(visit: Visit) -> Response:
    """Delete a config; its credential stays."""
    name = visit.request.path_params["name"]
    answers = await answers_of(visit)
    await visit.work(delete_config, name, answers.text("revision"))
    return done(f"{name} is deleted", "/llm")


def _picker(vault: Vault, model: str, chosen: str) -> dict[str, Any]:
    return {
        "choices": choices(vault, model),
        "chosen": chosen,
        "model": model,
        "price": price_of(vault, model) if ":" in model else None,
    }
