"""Turns the operator's file into an :class:`Operator`, with what no single key can tell: who is in two places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from orqo_vault.credits import HIGHEST_PRICE, LOWEST_PRICE
from orqo_vault.plugins import AUDIT, audit_sink, installed
from orqo_vault.settings.backend_options import validated_by_plugin
from orqo_vault.settings.backends import DeclaredBackend, read_backends
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.draft import Draft
from orqo_vault.settings.nearest import did_you_mean
from orqo_vault.settings.operator_model import (
    Audit,
    AuditSink,
    Ledger,
    Operator,
    Organization,
    PlatformProvider,
    Price,
    Prices,
)
from orqo_vault.settings.operator_web import web_of
from orqo_vault.settings.trusted_schema import OperatorFile, ProviderEntry, SinkEntry, parsed
from orqo_vault.settings.validate import complaints, explained

_HOLDS_A_SECRET = re.compile(
    r"(.*_)?(password|passphrase|secret|secret_id|token|api_key|access_key|private_key|secret_key)", re.IGNORECASE
)


def operator_of(content: bytes, path: Path) -> Operator:
    """Return what the file says, or raise :class:`~orqo_vault.errors.SettingsError` with the place that is wrong."""
    file, draft = parsed(OperatorFile, content, path)
    backends = _backends(draft)
    providers = file.platform_providers or {}
    return Operator(
        file=path,
        production=bool(file.production),
        organizations=_organizations(file, draft),
        platform_providers={name: _provider(name, entry, backends, draft) for name, entry in providers.items()},
        new_projects=file.new_projects or "own",
        backends={name: backend.declaration() for name, backend in backends.items()},
        ledger=Ledger(address=file.ledger.address, password_file=file.ledger.password_file) if file.ledger else None,
        prices=_prices(file, draft),
        audit=_audit(file, draft),
        web=web_of(file.web, draft) if file.web else None,
        allowed_hosts=frozenset(file.allowed_hosts or ()),
    )


def _organizations(file: OperatorFile, draft: Draft) -> dict[str, Organization]:
    owners: dict[object, str] = {}
    found: dict[str, Organization] = {}
    for name, entry in (file.organizations or {}).items():
        organization = Organization(name=name, users=tuple(entry.users or ()), uids=tuple(entry.uids or ()))
        for key in ("users", "uids"):
            for position, caller in enumerate(getattr(organization, key)):
                if owners.setdefault(caller, name) != name:
                    draft.refuse(
                        ("organizations", name, key, position),
                        "is a caller of another organization too",
                        hint="one OS user spends the credits of one organization",
                    )
        found[name] = organization
    return found


def _backends(draft: Draft) -> dict[str, DeclaredBackend]:
    backends = read_backends(draft)
    for name, backend in backends.items():
        _refuse_literals(backend.options, ("backends", name), draft)
    return backends


def _provider(
    name: str, entry: ProviderEntry, backends: Mapping[str, DeclaredBackend], draft: Draft
) -> PlatformProvider:
    place = ("platform_providers", name)
    if entry.backend is not None and entry.backend not in backends:
        draft.refuse(
            (*place, "backend"), "no such backend in this file", hint=did_you_mean(entry.backend, backends, "backends")
        )
    if entry.path is not None and entry.at is not None:
        draft.refuse((*place, "path"), "stands beside at", hint="path is short for at: {path: …}; keep one of them")
    at = {"path": entry.path} if entry.path is not None else entry.at or {}
    if at and entry.backend is None:
        draft.refuse((*place, "path" if entry.path else "at"), "needs a backend beside it")
    _refuse_literals(at, (*place, "at"), draft)
    if entry.backend is not None:
        backends[entry.backend].check_reference(at, draft, place if entry.path else (*place, "at"))
    return PlatformProvider(
        name=name,
        type=entry.type,
        backend=entry.backend,
        at=at,
        address=entry.address,
        upstream=entry.upstream,
        models=tuple(entry.models or ()),
        runs=tuple(entry.runs or ()),
        base_url_variable=entry.base_url_variable,
    )


def _prices(file: OperatorFile, draft: Draft) -> Prices:
    entry = file.prices
    if entry is None:
        return Prices()
    models: dict[str, Price] = {}
    for name, each in (entry.models or {}).items():
        written = {kind: _price(("prices", "models", name, kind), draft) for kind in each.model_dump(exclude_none=True)}
        models[name] = Price(**written)
    credit = _decimal(("prices", "usd_per_credit"), draft, default="1")
    if not Decimal(credit):
        draft.refuse(("prices", "usd_per_credit"), "must be more than 0")
    return Prices(
        usd_per_credit=credit, markup_percent=_decimal(("prices", "markup_percent"), draft, default="0"), models=models
    )


def _audit(file: OperatorFile, draft: Draft) -> Audit | None:
    if file.audit is None:
        return None
    sinks = file.audit.sinks
    return Audit(
        sinks=tuple(_sink(each, number, draft) for number, each in enumerate(sinks)) if sinks is not None else None,
        fail_mode=file.audit.fail_mode or "closed",
    )


def _sink(entry: SinkEntry, number: int, draft: Draft) -> AuditSink:
    place = ("audit", "sinks", number)
    options = entry.model_dump(exclude={"type"}, exclude_none=True)
    _refuse_literals(options, place, draft)
    if entry.type in installed(AUDIT):  # what is not installed yet is an error for the first that is to be recorded
        cls = audit_sink(entry.type)
        try:
            validated_by_plugin(cls.Settings, options)
        except ValidationError as error:
            known = ("type", *(field.name for field in fields(cls.Settings)))
            raise explained(complaints(error, options), draft, place, known=known) from None
    return AuditSink(type=entry.type, options=options)


def _price(path: KeyPath, draft: Draft) -> str:
    text = _decimal(path, draft)
    if Decimal(text) > HIGHEST_PRICE or 0 < Decimal(text) < LOWEST_PRICE:
        draft.refuse(path, "is no price in USD for a million tokens")
    return text


def _decimal(path: KeyPath, draft: Draft, *, default: str = "") -> str:
    """Return a number that is not negative, as it is written: a float would already have rounded it."""
    text = draft.layers.source(path) or default
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        draft.refuse(path, "must be a decimal number that is not negative")
    return text


def _refuse_literals(options: Any, place: KeyPath, draft: Draft) -> None:
    """Refuse a secret that stands in the file itself: the file names places."""
    below = options.items() if isinstance(options, dict) else enumerate(options) if isinstance(options, list) else ()
    for part, value in below:
        if isinstance(part, str) and _HOLDS_A_SECRET.fullmatch(part) and not (value is None or isinstance(value, dict)):
            draft.refuse((*place, part), "no secret may stand in this file", hint="name a file that holds it")
        _refuse_literals(value, (*place, part), draft)
