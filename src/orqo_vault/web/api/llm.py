"""LLM configs."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import Response

from orqo_vault.web.api.answers import answer, expected_revision, nothing
from orqo_vault.web.api.messages import ChangedConfig, ChoicesQuery, NewConfig
from orqo_vault.web.service import llm_configs
from orqo_vault.web.site import Visit


async def list_all(visit: Visit) -> Response:
    """Return every LLM config."""
    return answer({"llm": [asdict(each) for each in await visit.work(llm_configs.configs)]})


async def show(visit: Visit) -> Response:
    """Return one, with its revision."""
    config = await visit.work(llm_configs.config_of, visit.part("name"))
    return answer(config, revision=config.revision)


async def show_choices(visit: Visit) -> Response:
    """Return the credentials that one of this model may use."""
    query = visit.query(ChoicesQuery)
    return answer({"credentials": [asdict(each) for each in await visit.work(llm_configs.choices, query.model)]})


async def create(visit: Visit) -> Response:
    """Declare one."""
    new = await visit.body(NewConfig)
    entry = {"model": new.model, "credential": new.credential}
    config = await visit.work(llm_configs.create_config, new.name, entry)
    return answer(config, status=201, revision=config.revision)


async def change(visit: Visit) -> Response:
    """Change one."""
    changed = (await visit.body(ChangedConfig)).model_dump(exclude_none=True)
    config = await visit.work(llm_configs.change_config, visit.part("name"), expected_revision(visit), changed)
    return answer(config, revision=config.revision)


async def delete(visit: Visit) -> Response:
    """Delete one; its credential stays."""
    await visit.work(llm_configs.delete_config, visit.part("name"), expected_revision(visit))
    return nothing()
