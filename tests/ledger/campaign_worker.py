"""One worker of the campaign: ``address seed worker first last``. Says each step that is done, then waits."""

from __future__ import annotations

import sys

from orqo_vault.ledger import open_ledger
from tests.ledger.campaign_plan import perform, step

WORKERS = 8
ECHO = 4
"""Every so many steps, the worker does another's step too: the same references, from two processes."""


def main() -> None:
    address, *figures = sys.argv[1:]
    seed, worker, first, last = map(int, figures)
    with open_ledger(address) as ledger:
        for number in range(first, last):
            perform(ledger, step(seed, worker, number))
            if number % ECHO == 0:
                perform(ledger, step(seed, (worker + 1) % WORKERS, number))
            say(str(number))
    say("done")
    sys.stdin.read()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
