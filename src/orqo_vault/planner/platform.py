"""What a platform key adds to a run by name: the variable that leads to where the key works."""

from __future__ import annotations

from orqo_vault.credential import BoundField, Credential
from orqo_vault.errors import SettingsError
from orqo_vault.plugins import platform_provider
from orqo_vault.providers import known
from orqo_vault.settings.operator_model import Operator

BASE_URL = "base_url"
"""The field that stands for it."""


def base_url_field(credential: Credential, operator: Operator) -> tuple[BoundField, ...]:
    """Return the field whose variable says where the provider is reached; none where that is its public address.

    Raises :class:`~orqo_vault.errors.SettingsError` where nobody knows the variable.
    """
    supplier = operator.platform_providers.get(credential.provider or "")
    if supplier is None or not platform_provider(supplier.type).sets_base_url:
        return ()
    preset = known(supplier.name)
    variable = supplier.base_url_variable or (preset.base_url_variable if preset is not None else None)
    if variable is None:
        raise SettingsError(
            f"platform provider {supplier.name!r}: nobody knows which variable leads its programs to the gateway",
            hint="the operator's file says it: base_url_variable: NAME",
        )
    return (
        BoundField(name=BASE_URL, stored_as=BASE_URL, secret=False, required=True, default=None, variables=(variable,)),
    )
