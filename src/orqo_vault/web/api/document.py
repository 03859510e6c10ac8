"""The OpenAPI 3.1 document, made from the table of operations and the models themselves."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from orqo_vault.version import __version__
from orqo_vault.web.api.operations import OPERATIONS, Operation

PROBLEM = {
    "type": "object",
    "required": ["code", "message", "hint", "correlation_id"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "hint": {"type": ["string", "null"]},
        "correlation_id": {"type": "string"},
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}
REFUSED = {
    "description": "Refused: a code, a sentence without any value, and a number to find it in the log by.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["error"], "properties": {"error": PROBLEM}},
        }
    },
}


@cache
def document() -> dict[str, Any]:
    """Return the document, but for where the API is: that depends on where the site is mounted."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "orqo-vault", "version": __version__, "description": "Values go in, and never come out."},
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(each: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    summary = (each.handler.__doc__ or "").strip().rstrip(".")
    made: dict[str, Any] = {
        "operationId": f"{each.handler.__module__.rpartition('.')[2]}_{each.handler.__name__}",
        "summary": f"{summary} ({each.role.word})",
        "parameters": [*_path(each), *_query(each), *_headers(each)],
        "responses": {str(each.status): _result(each, schemas), "4XX": REFUSED, "503": REFUSED},
    }
    if each.body is not None:
        schema = _schema(each.body, "validation", schemas)
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return made


def _result(each: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if each.result is None:
        return {"description": "Done."}
    made: dict[str, Any] = {
        "description": "Done.",
        "content": {"application/json": {"schema": _schema(each.result, "serialization", schemas)}},
    }
    if "revision" in getattr(each.result, "__dataclass_fields__", {}):
        made["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "Its revision, for If-Match."}}
    return made


def _path(each: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", each.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query(each: Operation) -> list[dict[str, Any]]:
    if each.query is None:
        return []
    properties = each.query.model_json_schema()["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in properties.items()]


def _headers(each: Operation) -> list[dict[str, Any]]:
    about = "The ETag of what the change was made for."
    schema = {"type": "string", "pattern": '^"[0-9a-f]{32}"$'}
    match = {"name": "If-Match", "in": "header", "required": True, "schema": schema, "description": about}
    return [match] if each.matched else []


def _schema(model: Any, mode: JsonSchemaMode, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return a reference to the model, which is now among the schemas with all it refers to."""
    made = TypeAdapter(model).json_schema(mode=mode, ref_template="#/components/schemas/{model}")
    schemas.update(made.pop("$defs", {}))
    schemas[model.__name__] = made
    return {"$ref": f"#/components/schemas/{model.__name__}"}
