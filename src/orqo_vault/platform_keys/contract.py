"""The contract with a supplier of platform keys.

It lends one key to one run. Before it does, the credits are reserved; when it cannot, it raises, and no other key
takes the place of the one that was asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from orqo_vault.backend import Deadline
from orqo_vault.chore import Chore, Outcome
from orqo_vault.secret import SecretValue

if TYPE_CHECKING:
    from orqo_vault.ledger import Ledger


def hold_id(run: str, credential: str) -> str:
    """Return the id of the hold that a run's platform credential draws on."""
    return f"{credential}/{run}"  # neither can hold a slash


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One platform credential of one run."""

    run: str
    """The run's own id, new for every run."""
    run_name: str
    """The entry under ``runs:``; empty where credentials were named instead."""
    credential: str
    provider: str
    models: tuple[str, ...]
    """What the run's LLM configs call with it, without the provider's name; empty: nobody said."""
    budget: int | None
    """The most it may spend, in micro-credits; None: the settings set no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyContext:
    """What the operator says about a provider, and what a supplier may use. It holds no key."""

    provider: str
    """What credentials call it in ``provider:``."""
    address: str | None = None
    runs: tuple[str, ...] = ()
    """The runs that the operator names; none: all."""
    production: bool = False
    """What is fit for development only is to be refused."""
    organization: str | None = None
    """Who the operator says this process's OS user is; never what a project file says."""
    config_dir: Path
    """The user's own configuration folder."""
    key: Callable[[], SecretValue] = field(repr=False)
    """Reads the operator's key from the operator's backend."""
    ledger: Callable[[], Ledger] = field(repr=False)
    """Opens the operator's ledger."""
    notify: Callable[[str], None] = field(repr=False)
    """Says one line to whoever started the run."""


class Lent(ABC):
    """What was lent to one run."""

    key: SecretValue
    """It goes where the primary secret would go, and is masked as that would be."""
    base_url: str | None = None
    """Where the provider is reached with it, for the provider's base-URL variable. No secret."""
    masked: bool = False
    """Whether the run's output is masked wherever it can be, whatever the run says."""
    reported: bool = False
    """Set when the run's usage has been reported in full."""

    def chore(self, at_end: Outcome, tell: Callable[[str], None]) -> Chore | None:
        """Return what keeps it alive; it says in one line when that is over, and gives ``at_end`` for an outcome."""
        return None

    @abstractmethod
    def close(self) -> None:
        """The run has ended: take the key back. Twice is once."""

    def cancel(self) -> None:
        """The run has not begun, and nobody has seen the key: take it back, and what was reserved for it."""
        self.close()


class PlatformKeys(ABC):
    """Supplies platform keys for one provider of the operator's file. Making one does no I/O."""

    type_name: ClassVar[str]
    """What the operator's file calls it in ``type:``, and the name of its entry point."""
    sets_base_url: ClassVar[bool] = False
    """Whether what it lends works at an address of its own only."""
    metered: ClassVar[bool] = False
    """Whether somebody between the run and the provider counts; if not, usage is what is reported."""

    def __init__(self, context: KeyContext) -> None:
        self.context = context

    @abstractmethod
    def lend(self, wanted: Wanted, *, deadline: Deadline) -> Lent:
        """Reserve the credits, then lend a key; raise, with nothing reserved, where that is not to be."""
