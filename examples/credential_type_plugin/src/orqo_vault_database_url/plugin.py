"""The URL of a database. Host and database name are derived, for tools that want them by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from orqo_vault.credential import Category
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.markers import hookimpl


def check_database_url(value: str) -> None:
    """Accept ``scheme://…host…/name``. The reasons quote nothing: the URL has the password in it."""
    scheme, separator, rest = value.partition("://")
    if not separator or not scheme.replace("+", "").isalnum():
        raise ValueError("is not a URL: it starts like postgresql://")
    if not value.isprintable() or " " in value:
        raise ValueError("is not a URL: it has a space or a control character")
    if not _host(rest):
        raise ValueError("is not a URL: it names no host")


def _host(rest: str) -> str:
    # By hand: urllib's own complaints quote the address.
    authority = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    first = authority.partition(",")[0]
    return first[1:].partition("]")[0] if first.startswith("[") else first.partition(":")[0]


class DatabaseUrl(CredentialType):
    """One secret text, and two of its parts that are none."""

    name = "database_url"
    label = "Database URL"
    categories = (Category.RUNTIME,)
    fields = (
        Field(name="url", label="URL", secret=True, required=True, check=check_database_url),
        Field(name="host", label="Host", suffixes=("_HOST",), derived=True),
        Field(name="database", label="Database", suffixes=("_NAME",), derived=True),
    )
    primary = "url"

    def prepare(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the URL and the parts it names."""
        rest = values["url"].partition("://")[2]
        database = rest.partition("/")[2].partition("?")[0]
        parts = {"host": _host(rest), "database": database}
        return {"url": values["url"], **{name: part for name, part in parts.items() if part}}


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    """The credential type ``database_url``."""
    return DatabaseUrl
