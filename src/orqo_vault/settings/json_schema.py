"""The settings file as JSON Schema 2020-12: what an editor completes, and what a check without us can check.

It is made for this installation: the options of the backends and the fields of the credential types that are
installed are part of it.
"""

from __future__ import annotations

from typing import Any

from pydantic import PydanticUserError

from orqo_vault.errors import PluginError
from orqo_vault.plugins import BACKENDS, CREDENTIAL_TYPES, backend_class, installed
from orqo_vault.settings.backend_options import adapter
from orqo_vault.settings.credential_schema import per_credential_type
from orqo_vault.settings.schema import EXTENSION, ID, NAME, File

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCES = "#/$defs/"
# Anything in a backend's settings may be `${VAR}` instead.
VARIABLE = {"type": "string", "pattern": r"\$\{"}
NAMED = ("properties", "$defs")  # below these, keys are names
GRAMMARS = {"backends": NAME, "credentials": ID, "llm": NAME, "runs": NAME}


def json_schema(*, layer: bool = False) -> Schema:
    """Return the schema of a whole settings file; with ``layer``, of a file that only changes parts of another.

    What it accepts may still be wrong (a name that is not declared); what it refuses is refused when it is loaded.
    """
    schema = File.model_json_schema(ref_template=REFERENCES + "{model}")
    definitions: Schema = schema["$defs"]
    backends = _Backends(definitions)
    definitions["BackendEntry"] = backends.entry(definitions["BackendEntry"])
    credential = definitions["CredentialEntry"]
    credential["properties"]["at"]["properties"] = backends.references()
    credential["properties"]["type"] |= {"enum": sorted(installed(CREDENTIAL_TYPES))}
    credential["allOf"] = per_credential_type(sorted(installed(CREDENTIAL_TYPES)))
    for section, grammar in GRAMMARS.items():
        schema["properties"][section]["propertyNames"] = {"anyOf": [{"pattern": grammar}, {"pattern": f"^{EXTENSION}"}]}
    tidy: Schema = _tidy(schema, layer)
    return {"$schema": DIALECT, "title": "orqo-vault settings", **tidy}


class _Backends:
    """Describes the installed backends; their own definitions go to ``definitions`` under their type's name."""

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions

    def entry(self, common: Schema) -> Schema:
        """Return the schema of one entry: what all have, and for each type what its plugin takes."""
        types = sorted(installed(BACKENDS))
        common["properties"]["type"]["anyOf"] = [{"enum": types}, {}]  # completed, and not demanded
        common["allOf"] = [_when_type(name, self._options(name)) for name in types]
        return common

    def references(self) -> Schema:
        """Return what may stand in ``at``, as far as the installed backends know."""
        merged: Schema = {}
        for name in sorted(installed(BACKENDS)):
            for key, described in self._described(name, "Reference").get("properties", {}).items():
                known = merged.setdefault(key, described)
                if known != described:
                    merged[key] = {"anyOf": [known, described]}
        return merged

    def _options(self, name: str) -> Schema:
        described: Schema = _or_variable(self._described(name, "Settings"))
        if not described:
            return {}
        described["properties"] = {"type": {}, **described["properties"]}
        return described

    def _described(self, name: str, attribute: str) -> Schema:
        try:
            cls = getattr(backend_class(name), attribute)
            described: Schema = adapter(cls).json_schema(ref_template=f"{REFERENCES}{name}.{{model}}")
        except (PluginError, PydanticUserError):
            return {}  # the schema says nothing about a plugin that cannot be described; loading says why
        for model, definition in described.pop("$defs", {}).items():
            self._definitions[f"{name}.{model}"] = definition
        return described


def _when_type(name: str, then: Schema) -> Schema:
    return {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": then}


def _or_variable(schema: Any) -> Any:
    """Return a plugin's schema in which every option may also be a text with a variable in it."""
    if isinstance(schema, list):
        return [_or_variable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _or_variable(value) for key, value in schema.items()}
    for name, described in changed.get("properties", {}).items():
        about = {key: described.pop(key) for key in ("description", "default") if key in described}
        described.pop("title", None)
        takes_any_text = described == {"type": "string"}
        changed["properties"][name] = {**about, **(described if takes_any_text else {"anyOf": [described, VARIABLE]})}
    return changed


def _tidy(schema: Any, layer: bool) -> Any:
    """Return the schema without what pydantic adds for nobody, with ``x-…`` keys, and without demands in a layer."""
    if isinstance(schema, list):
        return [_tidy(each, layer) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {}
    for key, value in schema.items():
        is_noise = key == "title" or (key == "default" and value is None) or (key == "required" and layer)
        if key in NAMED:
            tidy[key] = {name: _tidy(each, layer) for name, each in value.items()}
        elif not is_noise:
            tidy[key] = value if key == "if" else _tidy(value, layer)
    if "additionalProperties" in tidy and "properties" in tidy:
        tidy["patternProperties"] = {f"^{EXTENSION}": {}}
    return tidy
