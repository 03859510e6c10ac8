"""What JSON Schema says about a credential's fields, for each installed credential type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orqo_vault.credential_types import CredentialType
from orqo_vault.credential_types.lookup import PRIMARY
from orqo_vault.plugins import credential_type

Schema = dict[str, Any]


def per_credential_type(names: Iterable[str]) -> list[Schema]:
    """Return one condition a type: which fields there are, and which of them may stand in the file."""
    return [
        {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": _fields(credential_type(name))}
        for name in names
    ]


def _fields(type: CredentialType) -> Schema:
    if not type.fields:  # the credential lists them; all are secret
        return {"required": ["fields"], "properties": {"values": {"maxProperties": 0}, "test": _test(type)}}
    every = [field.name for field in type.fields]
    plain = [field for field in type.fields if not field.secret]
    return {
        "properties": {
            "fields": {"type": ["object", "null"], "propertyNames": {"enum": every}},
            "values": {
                "propertyNames": {"enum": [field.name for field in plain]},
                "properties": {field.name: _value(field.label, field.choices) for field in plain},
            },
            "env": {"propertyNames": {"enum": [PRIMARY, *every]}},
            "deliver": {"propertyNames": {"enum": every}},
            "encoding": {"propertyNames": {"enum": every}},
            "test": _test(type),
        }
    }


def _test(type: CredentialType) -> Schema:
    return {"propertyNames": {"enum": list(type.test_keys)}} if type.test_keys else {"maxProperties": 0}


def _value(label: str, choices: tuple[str, ...]) -> Schema:
    return {"description": label, **({"enum": list(choices)} if choices else {})}
