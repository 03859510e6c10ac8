"""Declaration: what the core reads off the class before it makes an instance, and that making one does no I/O."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from orqo_vault.backend import Backend, BackendReference, BackendSettings
from orqo_vault.testing.contract.fixtures import ContractFixtures
from orqo_vault.testing.contract.place import Place
from orqo_vault.testing.contract.watch import io_of_this_thread

CANARY = "canary-Zq7-never-shown"


class Declaration(ContractFixtures):
    """``type_name``, ``Settings``, ``Reference``, ``bootstrap_variables`` and the constructor."""

    def test_the_type_has_a_name_that_fits_a_settings_file(self, backend: Backend) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", backend.type_name)

    def test_settings_and_reference_are_frozen_dataclasses(self, place: Place) -> None:
        for thing, base in ((place.backend.settings, BackendSettings), (place.reference("mail"), BackendReference)):
            assert isinstance(thing, base)
            assert is_dataclass(thing)
            assert "__dataclass_fields__" in vars(type(thing)), "decorate the subclass too"
            name = fields(thing)[0].name
            with pytest.raises(FrozenInstanceError):
                setattr(thing, name, getattr(thing, name))

    def test_settings_and_reference_are_of_the_declared_classes(self, place: Place) -> None:
        assert isinstance(place.backend.settings, place.backend.Settings)
        assert isinstance(place.reference("mail"), place.backend.Reference)

    def test_settings_and_reference_survive_validation(self, place: Place) -> None:
        for thing in (place.backend.settings, place.reference("mail")):
            adapter = TypeAdapter(type(thing))
            assert adapter.validate_json(adapter.dump_json(thing)) == thing

    def test_settings_and_reference_have_a_strict_json_schema(self, backend: Backend) -> None:
        for declared in (backend.Settings, backend.Reference):
            schema = TypeAdapter(declared).json_schema()
            assert schema["type"] == "object"
            assert schema["additionalProperties"] is False, "unknown keys must be refused"

    def test_every_setting_explains_itself(self, backend: Backend) -> None:
        for declared, base in ((backend.Settings, BackendSettings), (backend.Reference, BackendReference)):
            properties: dict[str, Any] = TypeAdapter(declared).json_schema().get("properties", {})
            inherited = {field.name for field in fields(base)}
            silent = [name for name, about in properties.items() if not _help(about) and name not in inherited]
            assert silent == [], "put a docstring under the field: it becomes the help"

    def test_a_refused_setting_is_not_quoted(self, backend: Backend) -> None:
        for declared in (backend.Settings, backend.Reference):
            for name in ("no_such_key", *(field.name for field in fields(declared))):
                assert CANARY not in _refusal(declared, {name: CANARY})

    def test_equal_references_are_one_place(self, place: Place) -> None:
        assert place.reference("team/mail") == place.reference("team/mail")
        assert len({place.reference("team/mail"), place.reference("team/mail")}) == 1
        assert place.reference("team/mail") != place.reference("team/crm")
        assert place.reference("team/mail").path in str(place.reference("team/mail"))

    def test_bootstrap_variables_are_a_frozenset_of_names(self, backend: Backend) -> None:
        assert isinstance(backend.bootstrap_variables, frozenset)
        odd = [name for name in backend.bootstrap_variables if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*\*?", name)]
        assert odd == []

    def test_what_an_option_names_is_a_login_variable_too(self, backend: Backend) -> None:
        options = {"auth": {"token_env": "CORP_LOGIN"}}
        assert backend.login_variables(options) >= {"CORP_LOGIN", *backend.bootstrap_variables}

    def test_creating_one_does_no_io(self, backend: Backend) -> None:
        """Made once before, so that modules imported on first use are not taken for I/O."""
        kind = type(backend)
        kind(backend.settings, backend.context).close()

        with io_of_this_thread() as seen:
            kind(backend.settings, backend.context)

        assert seen == []


def _help(about: dict[str, Any]) -> bool:
    return bool(about.get("description") or "$ref" in about)


def _refusal(declared: Any, entry: dict[str, str]) -> str:
    """Return what would be told about the entry: the reasons, without the input that pydantic adds to them."""
    try:
        TypeAdapter(declared).validate_python(entry)
    except ValidationError as error:
        return repr(error.errors(include_input=False, include_context=False))
    return ""
