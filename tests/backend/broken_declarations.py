"""Backends that are not what their class declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from orqo_vault.backend import BackendContext, BackendReference, BackendSettings
from orqo_vault.testing import MemorySettings
from orqo_vault.testing.memory import Shelf
from tests.backend.judge import Refusing, caught_by


@dataclass(kw_only=True, eq=False)
class LooseSettings:
    """Neither frozen, nor strict, nor one of ours."""

    read_only: bool = False
    region: str = ""


@dataclass(frozen=True, kw_only=True)
class TalkativeSettings(BackendSettings):
    """Quotes what it refuses."""

    region: str = ""
    """Where."""

    def __post_init__(self) -> None:
        if self.region != "":
            raise ValueError(f"{self.region!r} is no region")


@dataclass(frozen=True, kw_only=True)
class UnexplainedSettings(BackendSettings):
    """Has a setting that nobody explains."""

    region: str = ""


class UndecoratedSettings(MemorySettings):
    """A subclass whose fields nobody sees."""


@caught_by(
    "test_settings_and_reference_are_frozen_dataclasses",
    "test_settings_and_reference_have_a_strict_json_schema",
    "test_settings_and_reference_survive_validation",
)
class HasLooseSettings(Refusing):
    Settings: ClassVar[Any] = LooseSettings


@caught_by("test_settings_and_reference_are_frozen_dataclasses")
class HasUndecoratedSettings(Refusing):
    Settings: ClassVar[Any] = UndecoratedSettings


@caught_by("test_every_setting_explains_itself")
class HasUnexplainedSettings(Refusing):
    Settings: ClassVar[Any] = UnexplainedSettings


@caught_by("test_a_refused_setting_is_not_quoted")
class QuotesRefusedSettings(Refusing):
    Settings: ClassVar[Any] = TalkativeSettings


@caught_by("test_the_type_has_a_name_that_fits_a_settings_file")
class HasANameThatFitsNoSettingsFile(Refusing):
    type_name = "My Backend"


@caught_by("test_what_an_option_names_is_a_login_variable_too")
class ForgetsWhatItsOptionsName(Refusing):
    @classmethod
    def login_variables(cls, options: Any) -> frozenset[str]:
        return cls.bootstrap_variables


@caught_by("test_bootstrap_variables_are_a_frozenset_of_names", "test_what_an_option_names_is_a_login_variable_too")
class ListsItsBootstrapVariables(Refusing):
    bootstrap_variables: ClassVar[Any] = ["MY_TOKEN"]


@caught_by("test_bootstrap_variables_are_a_frozenset_of_names")
class NamesAPatternForItsBootstrapVariables(Refusing):
    bootstrap_variables = frozenset({"*_TOKEN"})


@dataclass(frozen=True, kw_only=True, eq=False)
class UnequalReference(BackendReference):
    """Two that name one place are two places."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


@caught_by("test_equal_references_are_one_place")
class HasUnequalReferences(Refusing):
    Reference = UnequalReference


@caught_by("test_settings_and_reference_are_of_the_declared_classes")
class KeepsOtherSettingsThanItDeclares(Refusing):
    def __init__(self, settings: Any, context: BackendContext, shelf: Shelf | None = None) -> None:
        super().__init__(settings, context, shelf)
        self.settings = BackendSettings(read_only=settings.read_only)
