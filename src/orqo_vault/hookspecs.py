"""The hooks: each hands over classes; behaviour lives in the classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from orqo_vault.markers import hookspec

if TYPE_CHECKING:
    import click

    from orqo_vault.audit import AuditSink
    from orqo_vault.backend import Backend
    from orqo_vault.credential_types import CredentialType
    from orqo_vault.platform_keys import PlatformKeys


@hookspec
def orqo_vault_backend() -> type[Backend]:  # type: ignore[empty-body]  # a spec has no body
    """Return the Backend class this plugin adds. Entry-point group ``orqo_vault.backends``, name = its type."""


@hookspec
def orqo_vault_credential_type() -> type[CredentialType]:  # type: ignore[empty-body]  # a spec has no body
    """Return the CredentialType this plugin adds. Group ``orqo_vault.credential_types``, name = its type."""


@hookspec
def orqo_vault_audit_sink() -> type[AuditSink]:  # type: ignore[empty-body]  # a spec has no body
    """Return the AuditSink class this plugin adds. Entry-point group ``orqo_vault.audit``, name = its type."""


@hookspec
def orqo_vault_platform_provider() -> type[PlatformKeys]:  # type: ignore[empty-body]  # a spec has no body
    """Return the PlatformKeys class this plugin adds. Group ``orqo_vault.platform_providers``, name = its type."""


@hookspec
def orqo_vault_command() -> click.Command:  # type: ignore[empty-body]  # a spec has no body
    """Return the command (group) this plugin adds. Group ``orqo_vault.commands``, name = the command's.

    Its ``ctx.obj`` is a :class:`CommandHost`.
    """


class CommandHost(Protocol):
    """What a plugin's command gets as ``ctx.obj`` (``@click.pass_obj``): its backends, and the person at the terminal.

    An :class:`~orqo_vault.errors.OrqoVaultError` that leaves the command is shown, with its exit code, as every other.
    """

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked. When not, a command that destroys needs its own ``--yes``."""

    def backend(self, type_name: str, name: str | None = None) -> Backend:
        """Return the named backend of that type; without a name the default one or the only one, else raise.

        It is opened (no I/O yet) and closed when the command ends.
        """

    def say(self, text: str) -> None:
        """Confirm something on stderr; ``-q`` silences it."""

    def tell(self, text: str) -> None:
        """Say on stderr what must be known."""

    def print_json(self, data: Mapping[str, Any]) -> None:
        """Print data on stdout as one JSON object; ``schema_version`` is added. For a command's ``--json``."""

    def print_table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print data on stdout for people: aligned columns under a heading; nothing where there are no rows."""
