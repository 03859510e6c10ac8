"""Lends a run token: what was asked for, checked against what the operator allows, reserved, and stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orqo_vault.credits import LARGEST
from orqo_vault.errors import OrqoVaultError
from orqo_vault.gateway.enrolments import Enrolment
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.refusals import RefusedError
from orqo_vault.gateway.run_tokens import Lending, RunToken, RunTokens
from orqo_vault.gateway.tokens import RUN, digest, new_token
from orqo_vault.ledger import Ledger, Use
from orqo_vault.secret import SecretValue
from orqo_vault.settings.operator_model import PlatformProvider

RUN_ID = r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}"
_CREDENTIAL = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,191}", re.ASCII)
_NAME = re.compile(r"[^\x00-\x1f\x7f]{0,128}")
_KEYS = {"run", "name", "credential", "provider", "models", "budget"}
_MOST_MODELS = 100
_LONGER = timedelta(seconds=60)
"""A hold outlives its run's token by this, so that a request that just got in finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRun:
    """What a host asks for on behalf of one run."""

    run: str
    name: str
    credential: str
    provider: str
    models: tuple[str, ...]
    budget: int | None


def wanted_run(body: Mapping[str, Any]) -> WantedRun:
    """Return the body of a request for a token, checked as far as it can be by itself."""
    if not body.keys() <= _KEYS:
        raise _invalid(f"there are no other keys than {', '.join(sorted(_KEYS))}")
    models = body.get("models") or []
    if not isinstance(models, list) or len(models) > _MOST_MODELS:
        raise _invalid(f"models must be a list of at most {_MOST_MODELS}")
    provider = _text(body, "provider", _CREDENTIAL)
    budget = body.get("budget")
    if budget is not None and (type(budget) is not int or not 0 < budget <= LARGEST):
        raise _invalid("budget must be a whole number of micro-credits, or null")
    return WantedRun(
        run=_text(body, "run", re.compile(RUN_ID, re.ASCII)),
        name=_text({"name": "", **body}, "name", _NAME),
        credential=_text(body, "credential", _CREDENTIAL),
        provider=provider,
        models=tuple(_text({"model": each}, "model", _MODEL).removeprefix(f"{provider}:") for each in models),
        budget=budget,
    )


class Lender:
    """Lends, keeps alive and takes back. Its methods wait for the ledger: call them in a thread."""

    def __init__(
        self, ledger: Ledger, run_tokens: RunTokens, providers: Mapping[str, PlatformProvider], limits: Limits
    ) -> None:
        self._ledger = ledger
        self._run_tokens = run_tokens
        self._providers = providers
        self._limits = limits

    def lend(self, enrolment: Enrolment, wanted: WantedRun) -> tuple[RunToken, SecretValue]:
        """Reserve, then store a token. Asked again for the same run and credential, it gives another token."""
        limits = self._limits
        models = _allowed(self._providers.get(wanted.provider), wanted)
        budget = wanted.budget or limits.default_budget
        lending = Lending(
            enrolment=enrolment.token_hash,
            organization=enrolment.organization,
            run=wanted.run,
            run_name=wanted.name,
            credential=wanted.credential,
            provider=wanted.provider,
            models=models,
            hold=f"{wanted.credential}/{wanted.run}",  # neither can hold a slash
            budget=budget,
            concurrency=limits.concurrency,
        )
        use = Use(
            organization=lending.organization, run=lending.run, credential=lending.credential, provider=lending.provider
        )
        first = wanted.budget or min(limits.first_hold, budget)
        hold = self._ledger.reserve(use, first, hold=lending.hold, lasts=limits.lease + _LONGER, budget=budget)
        if hold.state != "live":
            raise RefusedError(403, "run_ended", "this run has had this credential, and given it back")
        token = new_token(RUN)
        try:
            made = self._run_tokens.make(
                digest(token.reveal()), lending, lease=limits.lease, longest=limits.longest_run
            )
        except OrqoVaultError:
            self._ledger.release(lending.organization, lending.hold)
            raise
        return made, token

    def keep_alive(self, organization: str, run: str) -> RunToken:
        """Let a run's tokens and holds live on; return the token that ends first."""
        tokens = self._run_tokens.keep_alive(organization, run, self._limits.lease)
        if not tokens:
            raise RefusedError(404, "no_such_run", "this organization has no live run of this id")
        for token in tokens:
            self._ledger.extend(organization, token.lending.hold, lasts=self._limits.lease + _LONGER)
        return min(tokens, key=lambda token: token.expires_at)

    def take_back(self, organization: str, run: str) -> None:
        """Revoke a run's tokens, and release what it holds and has no request on its way for. Twice is once."""
        for hold in self._run_tokens.revoke(organization, run):
            self._ledger.release(organization, hold)


def _allowed(provider: PlatformProvider | None, wanted: WantedRun) -> tuple[str, ...]:
    """Return the models of the token, or refuse what the operator does not lend."""
    if provider is None:
        raise RefusedError(403, "provider_not_allowed", "this gateway does not lend this provider")
    if provider.runs and wanted.name not in provider.runs:
        raise RefusedError(403, "run_not_allowed", "the operator does not lend this provider to this run")
    if provider.models and not set(wanted.models) <= set(provider.models):
        raise RefusedError(403, "model_not_allowed", "the operator does not lend one of these models")
    return wanted.models or provider.models


def _text(body: Mapping[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _invalid(f"{key} must match {pattern.pattern}")
    return value


def _invalid(why: str) -> RefusedError:
    return RefusedError(400, "invalid_body", why)
