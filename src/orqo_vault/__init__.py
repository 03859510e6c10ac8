"""orqo-vault: the credentials layer of a workflow engine. What is exported here is what engines embed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orqo_vault.version import __version__

if TYPE_CHECKING:
    from orqo_vault.errors import OrqoVaultError as OrqoVaultError
    from orqo_vault.secret import Secret as Secret
    from orqo_vault.secret import SecretValue as SecretValue
    from orqo_vault.settings.load import load_settings as load_settings
    from orqo_vault.settings.model import Settings as Settings
    from orqo_vault.vault import Surroundings as Surroundings
    from orqo_vault.vault import Vault as Vault


_EXPORTS = {
    "OrqoVaultError": "orqo_vault.errors",
    "Secret": "orqo_vault.secret",
    "SecretValue": "orqo_vault.secret",
    "Settings": "orqo_vault.settings.model",
    "Surroundings": "orqo_vault.vault",
    "Vault": "orqo_vault.vault",
    "load_settings": "orqo_vault.settings.load",
}

__all__ = [*_EXPORTS, "__version__"]  # noqa: PLE0604  # the keys are text


def __getattr__(name: str) -> Any:
    """Import an export when it is first asked for: ``orqo-vault --help`` needs none of them."""
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_EXPORTS[name]), name)
