"""What a form for a new credential is made of: categories, types (a plugin's too), providers, backends."""

from __future__ import annotations

from dataclasses import dataclass

from orqo_vault.credential import Category
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.credential_types.categories import ABOUT
from orqo_vault.plugins import CREDENTIAL_TYPES, credential_type, installed
from orqo_vault.providers import PRESETS
from orqo_vault.vault import Vault

LABELS = {
    Category.LLM_PROVIDER: "LLM provider",
    Category.MCP_SERVICE: "MCP service",
    Category.RUNTIME: "Runtime",
    Category.COMMUNICATION: "Communication",
    Category.SSH_KEY: "SSH key",
    Category.CUSTOM: "Custom",
}


@dataclass(frozen=True, slots=True)
class FieldForm:
    """One field to fill in. ``secret`` ones are kept in the backend; the others may stand in the settings file."""

    name: str
    label: str
    secret: bool
    required: bool
    default: str | None
    choices: tuple[str, ...]
    multiline: bool
    suffixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypeForm:
    """One type. ``lists_fields``: it has no fields of its own, whoever declares a credential names them."""

    name: str
    label: str
    categories: tuple[str, ...]
    fields: tuple[FieldForm, ...]
    primary: str | None
    lists_fields: bool
    testable: bool
    test_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CategoryForm:
    """One category, and the types for it: those that suit it best come first."""

    name: str
    label: str
    about: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProviderForm:
    """A well-known provider, and the variable that its software looks in."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class BackendForm:
    """A declared backend; ``default`` is the one that is taken where none is named."""

    name: str
    type: str
    default: bool


@dataclass(frozen=True, slots=True)
class Forms:
    """All that a form is made of."""

    categories: tuple[CategoryForm, ...]
    types: tuple[TypeForm, ...]
    providers: tuple[ProviderForm, ...]
    backends: tuple[BackendForm, ...]


def forms(vault: Vault) -> Forms:
    """Return what can be declared in this project, with every installed type."""
    types = [credential_type(name) for name in installed(CREDENTIAL_TYPES)]
    settings = vault.settings
    return Forms(
        categories=tuple(_category(each, types) for each in Category),
        types=tuple(_type(each) for each in types),
        providers=tuple(ProviderForm(name, preset.key) for name, preset in PRESETS.items() if preset.key),
        backends=tuple(
            BackendForm(each.name, each.type, each.name == settings.default_backend)
            for each in settings.backends.values()
        ),
    )


def _category(category: Category, types: list[CredentialType]) -> CategoryForm:
    best_first = sorted(types, key=lambda each: (category not in each.categories, len(each.categories)))
    return CategoryForm(category.value, LABELS[category], ABOUT[category], tuple(each.name for each in best_first))


def _type(each: CredentialType) -> TypeForm:
    return TypeForm(
        name=each.name,
        label=each.label,
        categories=tuple(category.value for category in each.categories),
        fields=tuple(_field(field) for field in each.fields if not field.derived),
        primary=each.primary,
        lists_fields=not each.fields,
        testable=each.probe is not None,
        test_keys=each.test_keys,
    )


def _field(field: Field) -> FieldForm:
    return FieldForm(
        name=field.name,
        label=field.label,
        secret=field.secret,
        required=field.required,
        default=field.default,
        choices=field.choices,
        multiline=field.multiline,
        suffixes=field.suffixes,
    )
