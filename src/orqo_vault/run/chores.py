"""What has to be done from time to time while the child runs, beside the loop, so that no signal waits for it."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Sequence

from orqo_vault.chore import NEVER, Chore, Outcome
from orqo_vault.run.descriptors import pipe

__all__ = ["NEVER", "Chore", "Chores", "Outcome"]


class Chores:
    """Does them, in one thread; ``descriptor`` is readable when there is an outcome to act on."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = chores
        self._outcomes: deque[Outcome] = deque()
        self._end = threading.Event()
        self.descriptor, self._bell = pipe()
        self._thread = threading.Thread(target=self._work, name="orqo-vault-chores")
        self._thread.start()

    def outcomes(self) -> list[Outcome]:
        """Return the outcomes since the last time that are more than going on. Call it when there are some."""
        os.read(self.descriptor, 4096)
        return [self._outcomes.popleft() for _ in range(len(self._outcomes))]

    def close(self) -> None:
        """Do no more; one that is being done is waited for."""
        self._end.set()
        self._thread.join()
        os.close(self.descriptor)
        os.close(self._bell)

    def _work(self) -> None:
        while not self._end.is_set():
            due, chore = min(((each.due(), each) for each in self._chores), key=lambda each: each[0])
            if due == NEVER:
                return
            if self._end.wait(min(max(0.0, due), threading.TIMEOUT_MAX)):
                return
            outcome = chore.do()
            if outcome is not Outcome.GO_ON:
                self._outcomes.append(outcome)
                os.write(self._bell, b"!")
