"""The settings file as pydantic models: every key, its type, its default and its help.

``None`` (YAML's ``null``) stands for a key that is left out, except under ``env``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

ID = r"^[a-z0-9][a-z0-9_-]{0,63}$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
VARIABLE = r"^[A-Z_][A-Z0-9_]{0,127}$"
FIELD = r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$"
CREDITS = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"  # whole micro-credits
EXTENSION = "x-"
VERSION = 1
ID_IN_WORDS = "a-z, 0-9, - and _, at most 64 of them, starting with a letter or digit"
NAME_IN_WORDS = "letters, digits, '-', '_' and '.', at most 64 of them, starting with a letter or digit"

# Labels end up on terminals: no control characters, so no escape sequences.
Label = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", max_length=200)]
Variable = Annotated[str, Field(pattern=VARIABLE)]
FieldName = Annotated[str, Field(pattern=FIELD)]
StoredName = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", max_length=256)]
# What a run may inherit: a name, or a pattern of names (`LC_*`).
Inherited = Annotated[str, Field(pattern=r"^[A-Za-z0-9_*?\[\]!-]{1,128}$")]
TypeName = Annotated[str, Field(pattern=NAME)]
# One error is enough, and a hostile list of a million of them must not become a million errors.
Names = Annotated[list[str], Field(fail_fast=True)]
FieldNames = Annotated[list[FieldName], Field(fail_fast=True, max_length=200)]
Variables = Annotated[list[Variable], Field(fail_fast=True, max_length=200)]
# What was written is checked as text, to the last digit; the schema can only tell editors what it looks like.
CreditsText = Annotated[str, Field(json_schema_extra={"pattern": CREDITS})]
Credits = Annotated[int | float, Field(json_schema_extra={"minimum": 0})]
# Sent to http.client as they are, so nothing may be in them that it would have to encode.
Address = Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=2000)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
Delivery = Literal["env", "file", "memfd", "agent"]
FILE_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,99}$"
LINK = r"^(~/|/)([^\x00-\x1f\x7f-\x9f]{0,999}[^/\x00-\x1f\x7f-\x9f])$"

MAX_FIELDS = 200


class Entry(BaseModel):
    """What all models of the file have in common."""

    model_config = ConfigDict(
        extra="forbid", strict=True, hide_input_in_errors=True, use_attribute_docstrings=True, defer_build=True
    )


class BackendEntry(Entry):
    """One place where secrets are kept. The keys beside ``type`` are the plugin's."""

    model_config = ConfigDict(extra="allow")

    type: TypeName
    """The backend's type: the name its plugin is installed under."""


class ProbeEntry(Entry):
    """Whom ``orqo-vault test`` asks, and how. Nobody else is contacted."""

    url: Address | None = None
    """The address that is asked: https, or http on this machine. No secret stands in it."""
    base_url: Address | None = None
    """Where the provider is reached instead of at its public address."""
    method: Literal["GET", "HEAD"] | None = None
    """Default: GET."""
    header: HeaderName | None = None
    """The header that carries the value. Default: Authorization."""
    scheme: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,30}$")] | None = None
    """The word before the value: Bearer, Token …; none sends the value alone. Default: Bearer for Authorization."""
    headers: Annotated[dict[HeaderName, FieldName], Field(max_length=20, min_length=1)] | None = None
    """Header → the field whose value it carries, alone; in place of header and scheme."""
    expect: Annotated[int, Field(ge=100, le=599)] | None = None
    """The only status that is good. Default: any of 200 to 299."""
    grant: Literal["client_credentials", "refresh_token"] | None = None
    """What an OAuth client asks its token endpoint for. Default: client_credentials."""
    host: Label | None = None
    """The SSH server that the key logs in to."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Default: 22."""
    user: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.][A-Za-z0-9_.@$-]{0,63}$")] | None = None
    """Who the key logs in as."""
    ca_file: StoredName | None = None
    """A file with the CA certificates that the server is checked with, in place of the system's."""


class DeliverEntry(Entry):
    """The long form of a delivery: where the file is, and who finds it."""

    way: Annotated[Literal["file", "memfd"], Field(alias="as")]
    """In which way: file or memfd."""
    name: Annotated[str, Field(pattern=FILE_NAME)] | None = None
    """What the file is called in the run's own folder. Default: the credential's id, a dot, and the field."""
    path: Annotated[str, Field(pattern=LINK)] | None = None
    """A link that leads to the file while the run lasts: an absolute path, or one that begins with ~/."""
    variable: Variable | None = None
    """The variable that holds the file's path. Default: those the field would set, each with _FILE after it."""


class CredentialEntry(Entry):
    """One credential: names, places and policy. Its secret fields live in a backend, never here."""

    name: Label
    """What people call it."""
    key: Variable
    """The variable that carries its primary secret, and the prefix of the others."""
    category: Literal["llm_provider", "mcp_service", "runtime", "communication", "ssh_key", "custom"]
    """What it is for."""
    type: TypeName
    """Which fields it has: api_token, email_smtp, ssh_key … or what a plugin adds."""
    mode: Literal["own", "platform"] | None = None
    """Whose key it is: the customer's own (default), or one that the platform supplies against credits."""
    keeps_secret: bool | None = None
    """With mode: platform: its own secret is still where it was, for the way back. Default: false."""
    provider: Label | None = None
    """Who issued it, as the engine or the platform calls that provider."""
    description: Annotated[str, Field(max_length=4000)] | None = None
    """What somebody should know who looks after it."""
    optional: bool | None = None
    """A run may start without it; its variables are then left out. Default: false."""
    enabled: bool | None = None
    """False keeps the declaration and takes the credential out of every run. Default: true."""
    expires_at: str | None = None
    """From then on no run may use it: an ISO 8601 time with an offset, 2027-01-31T00:00:00Z."""
    backend: str | None = None
    """The backend that keeps its secret. Default: default_backend."""
    path: StoredName | None = None
    """Where its secret is in the backend; short for at: {path: …}. Default: the credential's id."""
    at: dict[str, Any] | None = None
    """Where its secret is, with what only this backend knows: version, stage, engine, mount …"""
    fields: FieldNames | Annotated[dict[FieldName, StoredName], Field(max_length=MAX_FIELDS)] | None = None
    """Our field → the name it has in the backend. A custom credential lists its fields here."""
    values: Annotated[dict[str, str | bool | int | float], Field(max_length=MAX_FIELDS)] | None = None
    """Fields that are not secret and may stand in this file."""
    env: Annotated[dict[str, Variable | Variables | None], Field(max_length=MAX_FIELDS)] | None = None
    """Field (or primary) → the variable or variables it sets instead of its own; null: it is not injected."""
    deliver: Annotated[dict[str, Delivery | DeliverEntry], Field(max_length=MAX_FIELDS)] | Delivery | None = None
    """Field → how it reaches the run, as a word or with more about its file; a word alone is for the primary secret.
    Default: env."""
    encoding: Annotated[dict[str, Literal["base64"]], Field(max_length=MAX_FIELDS)] | Literal["base64"] | None = None
    """Field → base64, where the text stands for bytes; the word alone is for the primary secret."""

    test: ProbeEntry | None = None
    """What a test of it asks, and whom, where its type and provider do not say. Which keys it takes, its type says."""


class LLMEntry(Entry):
    """A model, linked with the credential that pays for it."""

    model: Label
    """``provider:model``, as the engine understands it."""
    credential: str
    """The id of a credential of category llm_provider."""


class RunEntry(Entry):
    """What one kind of run gets."""

    credentials: Names | None = None
    """The ids of its credentials."""
    llm: Names | None = None
    """The names of its LLM configs; their credentials are part of the run."""
    allow_variables: Variables | None = None
    """Dangerous variable names that this run's credentials may set all the same."""
    inherit: Literal["all", "none"] | Annotated[list[Inherited], Field(fail_fast=True, max_length=1000)] | None = None
    """What the child inherits of our environment: all (default), none, or these names and patterns."""
    on_conflict: Literal["error", "override", "keep"] | None = None
    """What happens to a variable that is set already. Default: override."""
    mask: Literal["auto", "always", "never"] | None = None
    """Whether secret values are covered in the child's output. Default: auto."""
    budget: CreditsText | Credits | None = None
    """At most so many credits for one run, a decimal number with up to six places."""
    allow_disk: bool | None = None
    """Whether secret files may be written to a disk where there is no folder in memory. Default: false."""
    on_lease_end: Literal["warn", "signal", "terminate"] | None = None
    """What happens when a leased secret ends before the run does. Default: warn."""


class Head(Entry):
    """The file with its sections unread: they are validated entry by entry, so that one error is enough."""

    version: Annotated[int, Field(json_schema_extra={"const": VERSION})] | None = None
    """The version of this format. Default: 1."""
    organization: Label | None = None
    """A label; the operator's file decides who may spend which credits."""
    default_backend: str | None = None
    """The backend of credentials that name none. Default: the only one, where there is one."""
    backends: dict[str, Any] | None = None
    credentials: dict[str, Any] | None = None
    llm: dict[str, Any] | None = None
    runs: dict[str, Any] | None = None


class File(Head):
    """The settings of one project. Names only: no secret stands here."""

    backends: dict[str, BackendEntry | None] | None = None
    """Name → a place where secrets are kept."""
    credentials: dict[str, CredentialEntry | None] | None = None
    """Id → a credential."""
    llm: dict[str, LLMEntry | None] | None = None
    """Name → a model and its credential."""
    runs: dict[str, RunEntry | None] | None = None
    """Name → what a run gets; ``default`` is the one that is used when none is named."""
