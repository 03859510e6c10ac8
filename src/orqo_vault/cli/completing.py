"""Completes names from the settings file; whatever is wrong with the file, the shell gets no noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from orqo_vault.cli.invocation import Invocation
from orqo_vault.errors import OrqoVaultError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from orqo_vault.settings.model import Settings


def credential_ids(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the ids; after a comma the next one."""
    settings = _settings(ctx)
    return _offer({each.id: each.name for each in settings.credentials.values()}, incomplete) if settings else []


def fields(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the ids; after a dot the fields of that one."""
    settings = _settings(ctx)
    if settings is None:
        return []
    credential_id, dot, begun = incomplete.partition(".")
    if not dot:
        return credential_ids(ctx, _, incomplete)
    contract = settings.contracts.get(credential_id, ())
    return _offer({f"{credential_id}.{bound.name}": "" for bound in contract}, f"{credential_id}.{begun}")


def run_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the runs."""
    settings = _settings(ctx)
    return _offer(dict.fromkeys(settings.runs, ""), incomplete) if settings else []


def backend_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the backends."""
    settings = _settings(ctx)
    return _offer({each.name: each.type for each in settings.backends.values()}, incomplete) if settings else []


def llm_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the LLM configs."""
    settings = _settings(ctx)
    return _offer({each.name: each.model for each in settings.llm.values()}, incomplete) if settings else []


def type_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the installed credential types."""
    from orqo_vault.plugins import CREDENTIAL_TYPES, installed

    return _offer(dict.fromkeys(installed(CREDENTIAL_TYPES), ""), incomplete)


def _settings(ctx: click.Context) -> Settings | None:
    given = ctx.find_root().params  # the root command does not run while completing
    invocation = ctx.ensure_object(Invocation)
    invocation.config, invocation.profile = given.get("config"), given.get("profile")
    try:
        return invocation.settings()
    except OrqoVaultError:
        return None


def _offer(names: Mapping[str, str], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    before, comma, begun = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{name}", help=text or None)
        for name, text in names.items()
        if name.startswith(begun)
    ]
