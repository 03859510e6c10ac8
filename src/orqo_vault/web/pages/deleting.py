"""The dialog that deletes a credential: it says what is lost, and what is used it replaces or keeps."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from orqo_vault.errors import InvalidFieldError
from orqo_vault.vault import Vault
from orqo_vault.vault.declaring import Fate
from orqo_vault.web.pages.answers import answers_of
from orqo_vault.web.pages.frame import done, page
from orqo_vault.web.service.changes import delete
from orqo_vault.web.service.details import detail_of, uses_of
from orqo_vault.web.service.llm_configs import choices
from orqo_vault.web.site import Visit

TYPED = frozenset(("llm_provider", "ssh_key"))
"""Categories whose loss is dear: their name is typed before they go."""


async def ask(visit: Visit) -> Response:
    """Show the dialog."""
    credential_id = visit.request.path_params["id"]

    def gather(vault: Vault) -> dict[str, Any]:
        detail = detail_of(vault, credential_id)
        return {
            "row": detail.row,
            "detail": detail,
            "uses": uses_of(vault, credential_id),
            "others": _others(vault, credential_id) if detail.row.used_by else [],
            "typed": detail.row.category in TYPED,
        }

    return await page(visit, "delete.html", gather)


async def do(visit: Visit) -> Response:
    """Delete it."""
    credential_id = visit.request.path_params["id"]
    answers = await answers_of(visit)

    def deleted(vault: Vault) -> str:
        row = detail_of(vault, credential_id).row
        if row.category in TYPED and answers.text("typed") != row.name:
            raise InvalidFieldError("the name that was typed is another one", hint=f"type {row.name}")
        fate: Fate = "keep" if answers.text("keep") else "delete" if answers.text("with_secret") else "owned"
        other = answers.text("replace_with") or None
        gone = delete(vault, credential_id, answers.text("revision"), fate, replace_with=other)
        return f"{row.name} is deleted{', and its secret with it' if gone else ''}"

    return done(await visit.work(deleted), "/credentials")


def _others(vault: Vault, credential_id: str) -> list[tuple[str, str]]:
    """Return the credentials that could take its place: id and name."""
    configs = [each for each in vault.settings.llm.values() if each.credential == credential_id]
    fitting = [{each.id for each in choices(vault, config.model) if each.fits} for config in configs]
    found = [
        (other.id, other.name)
        for other in vault.credentials.values()
        if other.id != credential_id and all(other.id in ids for ids in fitting)
    ]
    return sorted(found, key=lambda each: each[1].casefold())
