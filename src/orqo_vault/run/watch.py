"""The loop around a child: signals and output go on, stops are shared, and in the end there is a status."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from orqo_vault.run.group import FROM_TERMINAL, STOPS, in_foreground, stop
from orqo_vault.run.status import Status, status_of
from orqo_vault.run.waiting import wait

if TYPE_CHECKING:
    from orqo_vault.run.child import Child
    from orqo_vault.run.chores import Chores
    from orqo_vault.run.outputs import Outputs
    from orqo_vault.run.relay import Relay
    from orqo_vault.run.signals import Caught, Signals

NOT_PASSED_ON = (signal.SIGCHLD, signal.SIGTTIN, signal.SIGTTOU)
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
MOMENT = 0.02
"""Seconds: a person does not see them, and a program that is writing does not pause so long."""
PATIENCE = 1.0
"""Seconds without progress that a reader gets after the end of a child that was told to end."""
LOOK_AGAIN = 0.25
"""Seconds until a job in the background looks whether it is in the foreground: no signal says so."""


class Watch:
    """Watches one child."""

    def __init__(
        self,
        signals: Signals,
        child: Child,
        outputs: Outputs | None,
        session_terminal: int | None,
        kill_after: float | None,
    ) -> None:
        self.chores: Chores | None = None
        self._signals = signals
        self._child = child
        self._outputs = outputs
        self._inner = outputs.terminal if outputs is not None else None
        self._session_terminal = session_terminal
        self._kill_after = kill_after
        self._kill_at: float | None = None
        self._relays: list[Relay] = list(outputs.relays) if outputs is not None else []
        self._told_to_end = False
        self._status: Status | None = None

    def until_the_end(self) -> Status:
        """Return the child's status, when what it wrote has been passed on."""
        while self._status is None:
            if self._inner is not None:
                self._inner.attach()
            self._turn()
        for relay in self._relays:
            relay.take_the_rest()
        self._flush()
        return self._status

    def _flush(self) -> None:
        """Wait for the readers of what the child wrote; not for ever, once the end was asked for."""
        self._told_to_end &= self._status is not None and self._status.signal is not None  # it obeyed
        while any(relay.wants_to_write for relay in self._relays):
            moved = self._pass_on()
            self._told_to_end |= any(each.number in ENDING for each in self._signals.caught())
            if self._told_to_end and not moved:
                return

    def _turn(self) -> None:
        self._pass_on()
        if self._kill_at is not None and time.monotonic() >= self._kill_at:
            self._kill_at = None
            self._child.send(signal.SIGKILL)
        for caught in self._signals.caught():
            self._hear(caught)
        for waited in self._child.news():
            if os.WIFSTOPPED(waited):
                self._stopped(os.WSTOPSIG(waited))
            else:
                self._status = status_of(waited)

    def _pass_on(self) -> bool:
        """Wait until something happens, and move what can be moved; return whether something was."""
        relays = [*self._relays]
        if self._inner is not None and self._inner.has_keys and self._status is None:
            relays.append(self._inner.keyboard)
        reading = {each.source: each for each in relays if each.source is not None and each.wants_to_read}
        writing = {each.target: each for each in relays if each.wants_to_write}
        others = [self._signals.descriptor]
        if self._status is None and self._child.descriptor is not None:
            others.append(self._child.descriptor)
        if self._status is None and self.chores is not None:
            others.append(self.chores.descriptor)
        ready = wait([*others, *reading], writing, self._seconds())
        for descriptor in ready.readers:
            if descriptor in reading:
                reading[descriptor].read()
        if not ready.readers and not ready.writers:
            for relay in self._relays:
                relay.idle()
        for descriptor in ready.writers:
            writing[descriptor].write()
        if self.chores is not None and self.chores.descriptor in ready.readers:
            self._act_on(self.chores)
        return bool(ready.writers)

    def _seconds(self) -> float | None:
        if self._status is not None:
            return PATIENCE if self._told_to_end else None
        times = [MOMENT] if any(each.awaits_more for each in self._relays) else []
        if self._inner is not None and not self._inner.has_keys:
            times.append(LOOK_AGAIN)
        if self._kill_at is not None:
            times.append(self._kill_at - time.monotonic())
        return min(times, default=None)

    def _act_on(self, chores: Chores) -> None:
        from orqo_vault.run.chores import Outcome

        for outcome in chores.outcomes():
            if outcome is Outcome.TERMINATE:
                self._terminate()
            else:
                self._child.send(signal.SIGHUP)

    def _hear(self, caught: Caught) -> None:
        if caught.number in NOT_PASSED_ON:
            return
        self._told_to_end |= caught.number in ENDING
        if caught.number == signal.SIGWINCH and self._outputs is not None:
            self._outputs.follow_size()
        if self._childs_already(caught):
            return
        if caught.number == signal.SIGTERM:
            self._terminate()
        else:
            self._child.send(caught.number)

    def _childs_already(self, caught: Caught) -> bool:
        """Tell whether the child got it by itself: from the terminal that it shares with us."""
        if self._inner is not None:
            return caught.number == signal.SIGWINCH and caught.by_terminal is not False
        if self._session_terminal is None:
            return False
        if caught.by_terminal is not None:
            return caught.by_terminal
        return caught.number in FROM_TERMINAL and in_foreground(self._session_terminal)

    def _terminate(self) -> None:
        self._child.send(signal.SIGTERM)
        if self._kill_after is not None and self._kill_at is None:
            self._kill_at = time.monotonic() + self._kill_after

    def _stopped(self, number: int) -> None:
        """Stop with the child, so that the shell takes the terminal back, and go on with it."""
        if self._session_terminal is None and self._inner is None:
            return
        if self._inner is not None:
            self._inner.detach()
        continued = stop(whole_job=self._inner is not None)
        if self._inner is not None:
            self._inner.follow_size()
        if continued or number in STOPS:
            self._child.go_on()
