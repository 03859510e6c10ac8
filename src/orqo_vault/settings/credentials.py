"""Reads ``credentials:``: every declaration, and the variables its fields become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from orqo_vault.credential import BoundField, Category, Credential, Mode
from orqo_vault.credential_types import CredentialType
from orqo_vault.credential_types.naming import ends_in_own_suffix
from orqo_vault.plugins import CREDENTIAL_TYPES, credential_type, installed
from orqo_vault.settings.backends import DeclaredBackend
from orqo_vault.settings.credential_fields import (
    check_fields,
    for_the_primary,
    literal_values,
    refuse_a_value_beside_the_keys,
    variables_of,
)
from orqo_vault.settings.credential_test import check_test
from orqo_vault.settings.credential_variables import contract_of
from orqo_vault.settings.deliveries import check_deliveries, files_of, ways_of
from orqo_vault.settings.document import KeyPath
from orqo_vault.settings.draft import Draft, split_extensions
from orqo_vault.settings.nearest import did_you_mean
from orqo_vault.settings.schema import ID, ID_IN_WORDS, CredentialEntry
from orqo_vault.settings.validate import complaints, explained


@dataclass(frozen=True)
class CredentialReader:
    """Reads one credential after the other; holds what they have in common."""

    draft: Draft
    backends: Mapping[str, DeclaredBackend]
    default_backend: str | None
    allowed_variables: frozenset[str]
    """What any run lists in ``allow_variables``; whether the right run does is seen when it is planned."""

    def read(self) -> tuple[dict[str, Credential], dict[str, tuple[BoundField, ...]]]:
        """Return every credential, and its fields with their variables, by id."""
        credentials: dict[str, Credential] = {}
        contracts: dict[str, tuple[BoundField, ...]] = {}
        for id, entry in self.draft.section("credentials", ID, ID_IN_WORDS):
            credential, type = self._credential(id, entry)
            credentials[id] = credential
            contracts[id] = contract_of(credential, type, self.draft, self.allowed_variables)
            warning = ends_in_own_suffix(credential, type)
            if warning:
                self.draft.warn(("credentials", id, "key"), warning)
        return credentials, contracts

    def _credential(self, id: str, raw: dict[str, Any]) -> tuple[Credential, CredentialType]:
        path = ("credentials", id)
        plain, extensions = split_extensions(raw)
        entry = self._validated(plain, path)
        type = self._type(entry.type, (*path, "type"))
        mode = Mode(entry.mode or Mode.OWN)
        kept = bool(entry.keeps_secret)
        if kept and mode is Mode.OWN:
            self.draft.refuse((*path, "keeps_secret"), "goes with mode: platform: an own key's secret is always kept")
        backend, at = self._place(entry, path) if mode is Mode.OWN else (None, {})
        kept_in, kept_at = self._place(entry, path) if kept else (None, {})
        listed = not type.fields  # a type without fields of its own: the credential lists them
        credential = Credential(
            id=id,
            name=entry.name,
            key=entry.key,
            category=Category(entry.category),
            type=entry.type,
            mode=mode,
            provider=entry.provider,
            description=entry.description,
            optional=bool(entry.optional),
            enabled=entry.enabled is not False,
            expires_at=self._expiry(entry.expires_at, (*path, "expires_at")),
            backend=backend,
            at=at,
            referenced=(mode is Mode.OWN or kept) and not (entry.path is None and entry.at is None),
            kept_in=kept_in,
            kept_at=kept_at,
            fields=dict(entry.fields) if isinstance(entry.fields, dict) else {},
            custom_fields=tuple(entry.fields or ()) if listed else (),
            values=literal_values(entry, self.draft, path),
            env=variables_of(entry),
            deliver=ways_of(entry),
            files=files_of(entry),
            encoding=entry.encoding if isinstance(entry.encoding, dict) else {},
            test=entry.test.model_dump(exclude_none=True) if entry.test is not None else {},
            extensions=extensions,
        )
        check_fields(credential, type, entry, self.draft)
        check_test(credential, type, self.draft)
        if isinstance(entry.deliver, str):
            deliver = for_the_primary("deliver", entry.deliver, credential, type, self.draft)
            credential = replace(credential, deliver=deliver)
        check_deliveries(credential, type, self.draft)
        if isinstance(entry.encoding, str):
            encoding = for_the_primary("encoding", entry.encoding, credential, type, self.draft)
            credential = replace(credential, encoding=encoding)
        return credential, type

    def _validated(self, entry: dict[str, Any], path: KeyPath) -> CredentialEntry:
        try:
            return CredentialEntry.model_validate(entry)
        except ValidationError as error:
            refuse_a_value_beside_the_keys(entry, self.draft, path)
            raise explained(complaints(error, entry), self.draft, path, known=CredentialEntry.model_fields) from None

    def _type(self, name: str, path: KeyPath) -> CredentialType:
        known = installed(CREDENTIAL_TYPES)
        if name not in known:
            self.draft.refuse(path, "no such credential type is installed", hint=did_you_mean(name, known, "types"))
        return credential_type(name)

    def _expiry(self, text: str | None, path: KeyPath) -> datetime | None:
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:  # its message quotes the text
            moment = None
        if moment is None or moment.tzinfo is None:
            self.draft.refuse(path, "is not a time with an offset", hint="write it like 2027-01-31T00:00:00Z")
        return moment

    def _place(self, entry: CredentialEntry, path: KeyPath) -> tuple[str, dict[str, Any]]:
        """Return the backend's name and where in it the secret is."""
        name = entry.backend or self.default_backend
        if name is None:
            missing = (
                "no backend is named, and there is no default_backend" if self.backends else "no backend is declared"
            )
            self.draft.refuse(
                path, f"{missing}, so its secret has no place", hint="declare one: backends: {NAME: {type: …}}"
            )
        backend = self.backends.get(name)
        if backend is None:
            hint = did_you_mean(name, self.backends, "declared")
            self.draft.refuse((*path, "backend"), "no such backend is declared", hint=hint)
        if entry.path is not None and entry.at is not None:
            self.draft.refuse((*path, "path"), "path is short for at: {path: …}; only one of the two may stand here")
        at, where = (entry.at, (*path, "at")) if entry.at is not None else ({"path": entry.path or path[-1]}, path)
        for part, value in at.items():
            if isinstance(value, str) and "${" in value:
                self.draft.refuse((*where, part), "${…} is expanded in the settings of a backend only")
        backend.check_reference(at, self.draft, where)
        return name, at
