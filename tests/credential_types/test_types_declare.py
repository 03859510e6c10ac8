"""The eight built-in types: found by name through the hook, with the fields and variables the contract promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

from orqo_vault.credential import Category
from orqo_vault.plugins import CREDENTIAL_TYPES, credential_type, installed

# name: field[*=secret][!=required] → suffixes; the primary one is marked with ^
TABLE = {
    "api_token": {"token*!^": ("",)},
    "api_key_pair": {"key*!": ("_KEY",), "secret*!^": ("_SECRET",)},
    "username_password": {"username!": ("_USERNAME",), "password*!^": ("_PASSWORD",)},
    "email_smtp": {
        "host!": ("_HOST",),
        "port": ("_PORT",),
        "username": ("_USERNAME",),
        "password*^": ("_PASSWORD",),
        "security": ("_SECURITY",),
    },
    "oauth2": {
        "client_id!": ("_CLIENT_ID",),
        "client_secret*": ("_CLIENT_SECRET",),
        "access_token*^": ("_ACCESS_TOKEN",),
        "refresh_token*": ("_REFRESH_TOKEN",),
        "token_url": ("_TOKEN_URL",),
        "expires_at": ("_EXPIRES_AT",),
        "scope": ("_SCOPE",),
    },
    "aws_ses": {
        "access_key_id!": ("_ACCESS_KEY_ID",),
        "secret_access_key*!^": ("_SECRET_ACCESS_KEY",),
        "region!": ("_REGION", "_DEFAULT_REGION"),
    },
    "ssh_key": {
        "private_key*!^": ("",),
        "passphrase*": ("_PASSPHRASE",),
        "public_key": ("_PUBLIC",),
        "known_hosts": ("_KNOWN_HOSTS",),
    },
    "custom": {},
}


def test_all_eight_are_registered_by_their_names() -> None:
    assert set(TABLE) <= set(installed(CREDENTIAL_TYPES))


@pytest.mark.parametrize("name", TABLE)
def test_a_type_declares_its_row_of_the_table(name: str) -> None:
    type = credential_type(name)
    declared = {
        field.name + "*" * field.secret + "!" * field.required + "^" * (field.name == type.primary): field.suffixes
        for field in type.fields
    }
    assert type.name == name
    assert declared == TABLE[name]


def test_the_only_default_is_the_submission_port_and_the_only_choice_is_the_encryption() -> None:
    fields = [(name, field) for name in TABLE for field in credential_type(name).fields]
    assert [(name, field.name, field.default) for name, field in fields if field.default] == [
        ("email_smtp", "port", "587")
    ]
    assert [(name, field.name, field.choices) for name, field in fields if field.choices] == [
        ("email_smtp", "security", ("starttls", "tls", "none"))
    ]


def test_the_only_derived_field_is_the_public_key_and_the_only_long_one_the_private_key() -> None:
    fields = [field for name in TABLE for field in credential_type(name).fields]
    assert [field.name for field in fields if field.derived] == ["public_key"]
    assert [field.name for field in fields if field.multiline] == ["private_key"]


@pytest.mark.parametrize("name", TABLE)
def test_a_type_has_labels_for_people_and_a_category_to_be_found_under(name: str) -> None:
    type = credential_type(name)
    assert type.label
    assert all(field.label for field in type.fields)
    assert type.categories


@pytest.mark.parametrize("category", Category)
def test_every_category_offers_a_type(category: Category) -> None:
    assert any(category in credential_type(name).categories for name in TABLE)


def imported_by(code: str) -> set[str]:
    code = f"{code}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_naming_and_injecting_import_nothing_heavy() -> None:
    found = imported_by("import orqo_vault.credential_types.naming, orqo_vault.injector, orqo_vault.variables")
    heavy = {"pluggy", "pydantic", "yaml", "cryptography", "importlib.metadata", "difflib", "logging", "asyncio"}
    assert not found & heavy
    assert not [name for name in found if name.startswith("orqo_vault.credential_types.checks")]


def test_declaring_every_type_imports_no_cryptography() -> None:
    names = ", ".join(f"orqo_vault.credential_types.{name}" for name in TABLE)
    assert not [name for name in imported_by(f"import {names}") if name.partition(".")[0] == "cryptography"]
