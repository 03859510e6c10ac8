"""What a credential type declares: its fields, the variables they become, and how values are checked when stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from orqo_vault.credential import Category, Credential


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a type. The CLI's prompts and the web form are made from it."""

    name: str
    label: str
    secret: bool = False
    required: bool = False
    may_be_empty: bool = False
    """The empty text is a value like any other. Elsewhere a required field that is empty is refused when stored."""
    default: str | None = None
    suffixes: tuple[str, ...] = ("",)
    """What follows the credential's key in a variable's name; ``""`` is the key itself."""
    choices: tuple[str, ...] = ()
    check: Callable[[str], None] | None = None
    """Raises ``ValueError`` with a reason that does not quote the value."""
    multiline: bool = False
    derived: bool = False
    """Filled in by :meth:`CredentialType.prepare`; nobody is asked for it."""
    deliver: str = "env"
    """How it reaches a run when the settings do not say."""
    agent: bool = False
    """A private SSH key, which an agent can hold. Its passphrase, if any, is the field ``passphrase``."""


class CredentialType:
    """A kind of credential. One instance serves every credential of the type; it holds no state."""

    name: ClassVar[str]
    """The name in ``type:`` of the settings file."""
    label: ClassVar[str]
    categories: ClassVar[tuple[Category, ...]] = tuple(Category)
    """The categories it is offered for; any other is accepted when the file says so."""
    fields: ClassVar[tuple[Field, ...]]
    primary: ClassVar[str | None]
    """The secret field that ``{KEY}`` carries."""

    probe: ClassVar[str | None] = None
    """``module:function`` of what proves that a credential works (see :mod:`orqo_vault.probes`); None: nothing does."""
    test_keys: ClassVar[tuple[str, ...]] = ()
    """The keys that ``test:`` may have for this type."""

    def fields_of(self, credential: Credential) -> tuple[Field, ...]:
        """Return the fields this credential has."""
        return self.fields

    def primary_of(self, credential: Credential) -> str | None:
        """Return the field that ``{KEY}`` carries for this credential, None when there is none."""
        return self.primary

    def prepare(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values as they will be stored: normalised once, derived fields added.

        Raises ``ValueError`` with a reason that quotes no value. Single fields were checked before.
        """
        return dict(values)
