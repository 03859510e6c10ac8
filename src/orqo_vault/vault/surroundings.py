"""What the program around a vault lends it: its environment, the person at the terminal, the user's own rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from orqo_vault.backend import BackendContext
from orqo_vault.secret import SecretValue
from orqo_vault.settings.model import Settings
from orqo_vault.state import config_root, project_state

if TYPE_CHECKING:
    from orqo_vault.settings.operator_model import Audit, Operator

SECONDS = 30.0
"""How long reading all of a run's secrets may take, retries included, unless the caller says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Everything that is not in the settings. The defaults suit a library: nobody to ask, messages to the log."""

    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    ask_passphrase: Callable[[str], SecretValue] | None = None
    notify: Callable[[str], None] | None = None
    rollback: Literal["refuse", "warn"] = "refuse"
    allowed_hosts: frozenset[str] = frozenset()
    seconds: float = SECONDS
    """The deadline of each operation."""
    actor: str | None = None
    """Whom the caller acts for, as it stands in audit records beside the OS user."""
    reason: str | None = None
    """Why, as it stands in audit records."""
    audit: Audit | None = None
    """What the operator says about records; None: they go to a file in this machine's state, as far as possible."""
    organization: str | None = None
    """Whose runs these are, as the operator knows it."""
    operator: Operator | None = None
    """What the operator's file says; None: this machine has none."""

    def context(self, settings: Settings, backend: str) -> BackendContext:
        """Return what the backend of that name may know."""
        said = {"notify": self.notify} if self.notify is not None else {}
        return BackendContext(
            name=backend,
            base_dir=settings.base_dir,
            state_dir=project_state(self.environ, settings.base_dir),
            config_dir=Path(config_root(self.environ)),
            environ=self.environ,
            ask_passphrase=self.ask_passphrase,
            rollback=self.rollback,
            allowed_hosts=self.allowed_hosts,
            **said,
        )
