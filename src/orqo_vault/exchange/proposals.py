"""From variables in plain text to the credentials that would set exactly these variables again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from orqo_vault.credential import Category, Credential
from orqo_vault.credential_types import CredentialType
from orqo_vault.credential_types.checking import prepare
from orqo_vault.errors import InvalidFieldError
from orqo_vault.exchange.families import PROVIDERS, Kin, kin_among
from orqo_vault.exchange.secret_looks import looks_secret
from orqo_vault.exchange.sources import LeftOut, Place, Reading
from orqo_vault.plugins import credential_type
from orqo_vault.secret import Secret, SecretValue
from orqo_vault.variables import refusal

LONGEST_ID = 64
_KIND = re.compile(r"_(?:(?:API|ACCESS|AUTH|BOT|SECRET|PRIVATE)_)?(?:KEY|TOKEN|SECRET|PASSWORD|PASS|PAT)$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A credential that would be declared, with what would be stored for it."""

    id: str
    entry: Mapping[str, Any]
    """As the settings file will have it."""
    secret: Secret
    """Checked and normalised by the type, so that what is stored can be compared with it."""
    places: Mapping[Place, str]
    """Each variable, in the source → the field that takes its value."""

    @property
    def names(self) -> dict[str, str]:
        """Variable → field."""
        return {place.name: field for place, field in self.places.items()}


@dataclass(frozen=True, slots=True)
class Proposed:
    """What an import would do, before it is known what is declared already."""

    proposals: tuple[Proposal, ...]
    left_out: tuple[LeftOut, ...]


def propose(
    reading: Reading, category: Category, *, only: Collection[str] = (), skip: Collection[str] = ()
) -> Proposed:
    """Return a credential for every family of variables and for every other one that looks like a secret.

    ``only`` names the variables that are wanted, whatever they look like; ``skip`` those that are not.
    """
    wanted: dict[Place, SecretValue] = {}
    left_out = list(reading.left_out)
    for place, value in reading.found.items():
        reason = _reason_to_leave(place.name, value, only, skip)
        if reason is None:
            wanted[place] = value
        else:
            left_out.append(LeftOut(str(place), reason))
    found: list[Proposal] = []
    for group in dict.fromkeys(place.group for place in wanted):
        values = {place.name: value for place, value in wanted.items() if place.group == group}
        taken = [each for kin in kin_among(values) if (each := _of_kin(kin, group, values, category)) is not None]
        names = {name for each in taken for name in each.names}
        singles = {name: value for name, value in values.items() if name not in names}
        found += taken
        for name, value in singles.items():
            if name in only or looks_secret(name, value.reveal()):
                found.append(_single(name, group, value, category))
            else:
                left_out.append(LeftOut(str(Place(group, name)), "does not look like a secret; --only takes it"))
    return Proposed(tuple(_with_ids_of_their_own(_merged(found))), tuple(left_out))


def _reason_to_leave(name: str, value: SecretValue, only: Collection[str], skip: Collection[str]) -> str | None:
    if name in skip or (only and name not in only):
        return "is not wanted"
    dangerous = refusal(name)
    if dangerous is not None:
        return dangerous
    if not value and name not in only:
        return "is empty"
    return "has a NUL character" if "\0" in value.reveal() else None


def _of_kin(kin: Kin, group: str, values: Mapping[str, SecretValue], category: Category) -> Proposal | None:
    """Return the credential of a family; None where its type refuses a value, or two names of a field differ."""
    family = kin.family
    if any(values[names[0]] != values[name] for names in kin.variables.values() for name in names):
        return None
    fields = {field: values[names[0]] for field, names in kin.variables.items()}
    entry = _entry(kin.prefix, family.type, family.category or category)
    if family.lists_fields:
        entry["fields"] = list(fields)
    try:
        return _proposal(_slug(kin.prefix), entry, fields, kin.variables, group)
    except InvalidFieldError:
        return None


def _single(name: str, group: str, value: SecretValue, category: Category) -> Proposal:
    names = {"token": (name,)}
    entry = _entry(name, "api_token", category)
    provider = PROVIDERS.get(name)
    if provider is not None:
        entry |= {"category": Category.LLM_PROVIDER.value, "provider": provider}
    elif "SSH" in name and value.reveal().lstrip().startswith("-----BEGIN "):
        try:
            ssh = _entry(name, "ssh_key", Category.SSH_KEY)
            return _proposal(_slug(name), ssh, {"private_key": value}, {"private_key": (name,)}, group)
        except InvalidFieldError:
            pass  # a key with a passphrase, or of another kind: kept as it is
    return _proposal(_slug(_KIND.sub("", name)), entry, {"token": value}, names, group)


def _proposal(
    credential_id: str,
    entry: dict[str, Any],
    fields: Mapping[str, SecretValue],
    names: Mapping[str, tuple[str, ...]],
    group: str,
) -> Proposal:
    type = credential_type(entry["type"])
    credential = Credential(
        id=credential_id,
        name=entry["name"],
        key=entry["key"],
        category=Category(entry["category"]),
        type=type.name,
        custom_fields=tuple(entry.get("fields", ())),
    )
    env = _env(credential, type, names)
    places = {Place(group, name): field for field, carriers in names.items() for name in carriers}
    return Proposal(credential_id, entry | ({"env": env} if env else {}), prepare(credential, type, fields), places)


def _entry(key: str, type: str, category: Category) -> dict[str, Any]:
    return {"name": key, "key": key, "category": category.value, "type": type}


def _env(credential: Credential, type: CredentialType, names: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the ``env`` under which the credential sets these variables and no other."""
    env: dict[str, Any] = {}
    primary = type.primary_of(credential)
    for field in type.fields_of(credential):
        own = tuple(f"{credential.key}{suffix}" for suffix in field.suffixes)
        wanted = names.get(field.name, ())
        if wanted and wanted != own:
            env[field.name] = list(wanted) if len(wanted) > 1 else wanted[0]
        elif not wanted and (field.default is not None or field.derived):
            env[field.name] = None
        if field.name == primary and "" not in field.suffixes:
            env["primary"] = None
    return env


def _merged(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Return them with those of several groups made one where they are the same in everything."""
    merged: list[Proposal] = []
    for each in proposals:
        same = next(
            (n for n, other in enumerate(merged) if (other.entry, other.secret) == (each.entry, each.secret)), None
        )
        if same is None:
            merged.append(each)
        else:
            merged[same] = replace(merged[same], places={**merged[same].places, **each.places})
    return merged


def _with_ids_of_their_own(proposals: list[Proposal]) -> list[Proposal]:
    """Return them with longer ids where short ones are contested: the whole key, then the group before it."""
    for longer in (_key_id, _group_id):
        count = Counter(each.id for each in proposals)
        proposals = [replace(each, id=longer(each)) if count[each.id] > 1 else each for each in proposals]
    return proposals


def _key_id(proposal: Proposal) -> str:
    return _slug(str(proposal.entry["key"]))


def _group_id(proposal: Proposal) -> str:
    group = next(iter(proposal.places)).group
    return _slug(f"{group}-{proposal.entry['key']}")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST_ID].strip("-") or "imported"
