"""What a platform key adds to a run by name: it is there, and so is the variable that leads to where it works."""

from __future__ import annotations

from dataclasses import replace

from orqo_vault.credential import BoundField, Credential
from orqo_vault.errors import SettingsError
from orqo_vault.plugins import credential_type, platform_provider
from orqo_vault.providers import known
from orqo_vault.settings.operator_model import Operator, PlatformProvider

BASE_URL = "base_url"
"""The field that stands for the address."""


def supplied_contract(
    contract: tuple[BoundField, ...], credential: Credential, operator: Operator
) -> tuple[BoundField, ...]:
    """Return the fields of a platform credential as a run has them.

    Raises :class:`~orqo_vault.errors.SettingsError` where nobody knows the variable of the address.
    """
    supplier = operator.platform_providers.get(credential.provider or "")
    if supplier is None:
        return contract
    primary = credential_type(credential.type).primary_of(credential)
    fields = tuple(replace(each, required=True) if each.name == primary else each for each in contract)
    if not platform_provider(supplier.type).sets_base_url:
        return fields
    name, variable = BASE_URL, _base_url_variable(supplier)
    return (
        *fields,
        BoundField(name=name, stored_as=name, secret=False, required=True, default=None, variables=(variable,)),
    )


def _base_url_variable(supplier: PlatformProvider) -> str:
    preset = known(supplier.name)
    variable = supplier.base_url_variable or (preset.base_url_variable if preset is not None else None)
    if variable is None:
        raise SettingsError(
            f"platform provider {supplier.name!r}: nobody knows which variable leads its programs to the gateway",
            hint="the operator's file says it: base_url_variable: NAME",
        )
    return variable
