"""Reads ``llm:`` and ``runs:``, and finds every name in them among what is declared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orqo_vault.credential import Category, Credential
from orqo_vault.llm import LLMConfig
from orqo_vault.providers import same_provider
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.draft import Draft, split_extensions
from orqo_vault.settings.model import Run
from orqo_vault.settings.nearest import did_you_mean
from orqo_vault.settings.schema import CREDITS, NAME, NAME_IN_WORDS, LLMEntry, RunEntry
from orqo_vault.settings.validate import validated
from orqo_vault.variables import refusal

_CREDITS = re.compile(CREDITS)


def read_runs(draft: Draft) -> dict[str, Run]:
    """Return the runs by name. What they name is checked by :func:`check_runs`, when all of it is known."""
    runs: dict[str, Run] = {}
    for name, raw in draft.section("runs", NAME, NAME_IN_WORDS):
        path = ("runs", name)
        entry = validated(RunEntry, split_extensions(raw)[0], draft, path)
        said = {key: value for key, value in entry if value is not None}
        lists = {key: tuple(value) for key, value in said.items() if isinstance(value, list)}
        budget = {"budget": _budget(said["budget"], draft, (*path, "budget"))} if "budget" in said else {}
        runs[name] = Run(name=name, **{**said, **lists, **budget})
        _check_allowed(runs[name].allow_variables, draft, path)
    return runs


def check_runs(
    runs: Mapping[str, Run], credentials: Mapping[str, Credential], llm: Mapping[str, LLMConfig], draft: Draft
) -> None:
    """Raise for a run that names what is not declared."""
    for name, run in runs.items():
        _check_names(run.credentials, credentials, draft, ("runs", name, "credentials"), "credential")
        _check_names(run.llm, llm, draft, ("runs", name, "llm"), "LLM config")


def read_llm(draft: Draft, credentials: Mapping[str, Credential]) -> dict[str, LLMConfig]:
    """Return the LLM configs by name."""
    found: dict[str, LLMConfig] = {}
    for name, raw in draft.section("llm", NAME, NAME_IN_WORDS):
        path = ("llm", name)
        entry = validated(LLMEntry, split_extensions(raw)[0], draft, path)
        where = (*path, "credential")
        credential = credentials.get(entry.credential)
        if credential is None:
            hint = did_you_mean(entry.credential, credentials, "declared")
            draft.refuse(where, "no such credential is declared", hint=hint)
        if credential.category is not Category.LLM_PROVIDER:
            draft.refuse(where, f"{credential.id} is not of category {Category.LLM_PROVIDER}")
        found[name] = LLMConfig(name=name, model=entry.model, credential=entry.credential)
        _check_provider(found[name], credential, draft)
    return found


def _check_provider(config: LLMConfig, credential: Credential, draft: Draft) -> None:
    """Refuse a key of one provider for a model of another. What names none may be of any."""
    wanted = config.provider
    if wanted is None or credential.provider is None or same_provider(wanted, credential.provider):
        return
    draft.refuse(
        ("llm", config.name, "credential"),
        f"the model is of another provider than {credential.id}",
        hint="name a credential of that provider, or correct its provider:",
    )


def _budget(written: str | int | float, draft: Draft, path: KeyPath) -> str:
    text = draft.text(path, written)
    if not _CREDITS.fullmatch(text):
        draft.refuse(path, "must be credits: a decimal number with at most six places, like 2.5")
    return text


def _check_allowed(names: Sequence[str], draft: Draft, path: KeyPath) -> None:
    for index, name in enumerate(names):
        reason = refusal(name, allowed=(name,))
        if reason is not None:
            draft.refuse((*path, "allow_variables", index), f"{name} {reason}")


def _check_names(names: Sequence[str], known: Mapping[str, object], draft: Draft, path: KeyPath, what: str) -> None:
    for index, name in enumerate(names):
        if name not in known:
            hint = did_you_mean(name, known, "declared")
            draft.refuse((*path, index), f"no such {what} is declared", hint=hint)
