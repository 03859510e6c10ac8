"""A run that is ready to start: its plan, its variables, and what has to be undone when it ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from orqo_vault.injector import Environment
from orqo_vault.planner import Plan
from orqo_vault.run.child_environment import child_environment
from orqo_vault.secret import SecretValue
from orqo_vault.vault.leases import Leases

if TYPE_CHECKING:
    from orqo_vault.audit import Use
    from orqo_vault.run.chores import Chore


class PreparedRun:
    """What :meth:`Vault.prepare` gives. Leaving the ``with`` block undoes what the run set up outside its child."""

    def __init__(self, plan: Plan, environment: Environment, leases: Leases, uses: tuple[Use, ...] = ()) -> None:
        self.id = os.urandom(8).hex()
        """Names this run in logs and records."""
        self.plan = plan
        self.pass_fds: tuple[int, ...] = ()
        """Descriptors the child must inherit; hand them to ``subprocess`` as they are."""
        self.undo = ExitStack()
        """Files, leases and holds register here what ends them."""
        self.uses = uses
        """What this run gets of each credential, as it stands in the audit log: names and versions."""
        self._lent = leases
        self.leases = leases.held
        """What a backend lent to this run; leaving the block gives it back."""
        self.undo.callback(leases.close)
        self._environment = environment
        self._owner = os.getpid()

    def deliver(self, environ: Mapping[str, str]) -> None:
        """Put files and keys where the run finds them. When that fails, all of the run is undone."""
        if not self._environment.deliveries:
            return
        from orqo_vault.delivery import Around, deliver

        try:
            around = Around(self.id, environ, self.plan.run.allow_disk, self.undo)
            handed = deliver(self._environment.deliveries, around)
        except BaseException:
            self.close()
            raise
        self.pass_fds = handed.descriptors
        self._environment = self._environment.delivered(handed.variables)

    def chores(self, tell: Callable[[str], None]) -> Sequence[Chore]:
        """Return what has to be done while the child runs, for :func:`orqo_vault.run.supervise.supervise`.

        Leases are renewed; ``tell`` gets one line when one cannot be, and the run's ``on_lease_end`` decides.
        """
        return self._lent.renewals(self.plan.run.on_lease_end, tell)

    def secrets(self) -> tuple[SecretValue, ...]:
        """Return every secret value the run gets, however it gets it: what has to be masked in its output."""
        return self._environment.secrets

    @property
    def variables(self) -> Environment:
        """The variables this run sets, still silent, with the credential and field each comes from."""
        return self._environment

    @property
    def environment(self) -> dict[str, str]:
        """The variables this run sets, in plain text, as a new dict."""
        return self._environment.reveal()

    def child_env(self, parent: Mapping[str, str], *, clean: bool = False) -> dict[str, str]:
        """Return the whole environment for the child: ``parent`` without backend logins, plus this run's variables.

        ``clean`` starts from a short allow-list (PATH, HOME, locale …) instead of all of ``parent``; a run's own
        ``inherit`` wins over it.
        """
        plan = self.plan
        return child_environment(
            parent,
            self.environment,
            run=plan.run,
            removed=plan.removed,
            unknown_logins=plan.unknown_logins,
            clean=clean,
        )

    def close(self) -> None:
        """Undo now. Leaving the ``with`` block does it too; twice is once.

        A forked child that leaves the block undoes nothing: the run is its parent's.
        """
        if os.getpid() == self._owner:
            self.undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PreparedRun({self.id}, variables={[each.name for each in self.plan.variables]})"
