"""A run that is ready to start: its plan, its variables, and what has to be undone when it ends."""

from __future__ import annotations

import os
import threading
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
    from orqo_vault.chore import Chore
    from orqo_vault.vault.lending import LentKeys


class PreparedRun:
    """What :meth:`Vault.prepare` gives. Leaving the ``with`` block undoes what the run set up outside its child."""

    def __init__(
        self,
        plan: Plan,
        environment: Environment,
        leases: Leases,
        uses: tuple[Use, ...] = (),
        *,
        run_id: str,
        platform: LentKeys | None = None,
    ) -> None:
        self.id = run_id
        """Names this run in logs, records and the ledger."""
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
        self.platform = platform
        """The platform's keys among its own, None where there is none; leaving the block gives them back."""
        if platform is not None:
            self.undo.callback(platform.close)
        self.key_ended = threading.Event()
        """Set when a platform key could not be kept alive: what is still running has lost it, or has to end."""
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
            self.cancel()
            raise
        self.pass_fds = handed.descriptors
        self._environment = self._environment.delivered(handed.variables)

    def chores(self, tell: Callable[[str], None]) -> Sequence[Chore]:
        """Return what has to be done while the child runs, for :func:`orqo_vault.run.supervise.supervise`.

        Leases are renewed, and platform keys kept alive; ``tell`` gets one line when one cannot be, and the run's
        ``on_lease_end`` decides.
        """
        on_end = self.plan.run.on_lease_end
        renewals: tuple[Chore, ...] = self._lent.renewals(on_end, tell)
        return (*renewals, *self._platform_chores(tell))

    def keep_alive(self, tell: Callable[[str], None]) -> None:
        """Keep platform keys alive in a thread of this process, until the run is closed."""
        chores = self._platform_chores(tell)
        if chores:
            from orqo_vault.vault.keeping import Keeper

            self.undo.callback(Keeper(chores, self.key_ended).close)

    def _platform_chores(self, tell: Callable[[str], None]) -> tuple[Chore, ...]:
        if self.platform is None:
            return ()
        from orqo_vault.vault.renewal import AT_END

        return self.platform.chores(AT_END[self.plan.run.on_lease_end], tell)

    def cancel(self) -> None:
        """Undo a run that nobody has seen anything of: what was reserved for its platform keys is released."""
        if self.platform is not None and os.getpid() == self._owner:
            self.platform.cancel()
        self.close()

    @property
    def forces_mask(self) -> bool:
        """Whether its output is masked wherever it can be, whatever the run and its caller say."""
        return self.platform is not None and self.platform.masked

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
