"""What requests say: the bodies and queries of the API, validated strictly and never quoted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, PlainValidator, WithJsonSchema

from orqo_vault.secret import SecretValue
from orqo_vault.settings.schema import FIELD, ID, NAME
from orqo_vault.web.service.rows import MOST, PAGE, Sort

LONGEST_VALUE = 128 * 1024


def _secret(value: object) -> SecretValue:
    if not isinstance(value, str):
        raise ValueError("a value is text")
    if len(value) > LONGEST_VALUE:
        raise ValueError(f"a value has at most {LONGEST_VALUE // 1024} Ki characters")
    if len(value) > 3 and set(value) <= set("*•●"):
        raise ValueError("this is what stands for a value, not a value")
    return SecretValue(value)


Value = Annotated[
    SecretValue,
    PlainValidator(_secret),
    WithJsonSchema({"type": "string", "writeOnly": True, "maxLength": LONGEST_VALUE}),
]
Id = Annotated[str, Field(pattern=ID)]
Name = Annotated[str, Field(pattern=NAME)]
FieldName = Annotated[str, Field(pattern=FIELD)]
Declaration = Annotated[dict[str, JsonValue], Field(max_length=40)]
Text = Annotated[str, Field(max_length=200)]


class Message(BaseModel):
    """What all of them have in common."""

    model_config = ConfigDict(
        extra="forbid", strict=True, hide_input_in_errors=True, use_attribute_docstrings=True, frozen=True
    )


class SetField(Message):
    """Store this value."""

    op: Literal["set"]
    value: Value


class ClearField(Message):
    """Store none any more."""

    op: Literal["clear"]


class KeepField(Message):
    """Leave it as it is, as a field that is not named."""

    op: Literal["keep"]


FieldOp = Annotated[SetField | ClearField | KeepField, Field(discriminator="op")]


class NewCredential(Message):
    """A credential to declare, and the values to store for it."""

    id: Id
    declaration: Declaration
    """Its entry in the settings file: name, key, category, type, and what else it says. No secret stands here."""
    fields: Annotated[dict[FieldName, Value], Field(max_length=200)] = {}
    """Field → value, for the fields that are kept in the backend; without any, it waits for its secret."""


class ChangedCredential(Message):
    """What is to change; what is not named stays."""

    declaration: Declaration = {}
    """Keys of its entry; null removes one, an object is merged into the one that is there. The type stays."""
    fields: Annotated[dict[FieldName, FieldOp], Field(max_length=200)] = {}
    """Field → what becomes of its stored value."""
    own_key: Literal["keep", "destroy"] | None = None
    """With mode platform: what becomes of its own key."""
    stored_version: Text | None = None
    """The version of the stored fields that this was made for: of another one nothing changes."""


class Draft(Message):
    """A declaration to look at before it is saved."""

    id: Id
    declaration: Declaration


class NewConfig(Message):
    """An LLM config to declare."""

    name: Name
    model: Text
    credential: Id


class ChangedConfig(Message):
    """What is to change of an LLM config."""

    model: Text | None = None
    credential: Id | None = None


class WantedPlan(Message):
    """What a run would select: credentials or a run of the settings file; neither is the run called default."""

    only: Annotated[list[Id], Field(min_length=1, max_length=1000)] | None = None
    run: Name | None = None


class Nothing(Message):
    """An empty object."""


class Query(Message):
    """Queries are texts: numbers and truth values are read from them."""

    model_config = ConfigDict(strict=False)


class ListQuery(Query):
    """Which credentials, in which order."""

    text: Text = ""
    """A part of the id, name, key, a variable, the provider or the description."""
    category: Text = ""
    type: Text = ""
    mode: Text = ""
    backend: Text = ""
    status: Text = ""
    used: Literal["", "yes", "no"] = ""
    """Whether an LLM config or a run needs it."""
    sort: Sort = "name"
    descending: bool = False
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST)] = PAGE


class DeleteQuery(Query):
    """What becomes of the secret, and who takes the credential's place."""

    secret: Literal["owned", "delete", "keep"] = "owned"  # noqa: S105  # it says what becomes of it
    """owned: deleted where it is ours; delete: in any case; keep: never."""
    replace_with: Id | None = None
    """The id of the credential that takes its place in every LLM config and run."""


class ChoicesQuery(Query):
    """For which model."""

    model: Text = ""
