"""Keeps the platform keys of a run alive for a program that runs no supervisor around its child."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from orqo_vault.chore import NEVER, Chore, Outcome


class Keeper:
    """A thread that does chores until it is closed; ``ended`` is set when one of them is at its end."""

    def __init__(self, chores: Sequence[Chore], ended: threading.Event) -> None:
        self._chores = chores
        self._ended = ended
        self._stop = threading.Event()
        # It must not keep a program alive that forgets the end of its block.
        self._thread = threading.Thread(target=self._work, name="orqo-vault-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Do no more; one that is being done is waited for."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while True:
            due, chore = min(((each.due(), each) for each in self._chores), key=lambda each: each[0])
            if due == NEVER or self._stop.wait(min(max(0.0, due), threading.TIMEOUT_MAX)):
                return
            if chore.do() is not Outcome.GO_ON or chore.due() == NEVER:
                self._ended.set()
