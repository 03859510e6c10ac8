"""Whatever no other type fits: the fields the settings file lists, all of them secret and all of them required."""

from __future__ import annotations

from orqo_vault.credential import Credential
from orqo_vault.credential_types.contract import CredentialType, Field
from orqo_vault.errors import InvalidFieldError
from orqo_vault.markers import hookimpl


class Custom(CredentialType):
    name = "custom"
    label = "Custom fields"
    fields = ()
    primary = None
    probe = "orqo_vault.probes.web:probe_custom"
    test_keys = ("url", "method", "header", "scheme", "headers", "expect", "ca_file")

    def fields_of(self, credential: Credential) -> tuple[Field, ...]:
        """Return a field for each name in ``fields: […]``; its variable ends in that name in upper case."""
        if not credential.custom_fields:
            raise InvalidFieldError(
                f"credential {credential.id!r} (custom) lists no fields", hint="list them: fields: [tenant, api_key]"
            )
        return tuple(
            Field(
                name=name,
                label=name,
                secret=True,
                required=True,
                may_be_empty=True,  # nothing is known about these values
                suffixes=(f"_{_upper(name)}",),
            )
            for name in credential.custom_fields
        )

    def primary_of(self, credential: Credential) -> str | None:
        """Return the only field there is; of several, none is the primary one."""
        return credential.custom_fields[0] if len(credential.custom_fields) == 1 else None


def _upper(name: str) -> str:
    return "".join(each.upper() if each.isascii() and each.isalnum() else "_" for each in name)


@hookimpl
def orqo_vault_credential_type() -> type[CredentialType]:
    return Custom
