"""Eight processes on one ledger, killed again and again: every figure is exact, and nothing is charged twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orqo_vault.ledger import Ledger, open_ledger
from tests.ledger import raw
from tests.ledger.campaign_plan import GRANTED, OVERDRAFT, POOR, RICH, Step, step
from tests.ledger.campaign_worker import WORKERS

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("steps", "kills"), [(60, 6), pytest.param(2000, 200, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_eight_processes_and_sigkill(address: str, steps: int, kills: int) -> None:
    seed = random.randrange(10**9)
    sys.stdout.write(f"seed {seed}\n")
    with open_ledger(address, create=True) as ledger:
        ledger.grant(RICH, GRANTED, period="start")
        ledger.set_overdraft(POOR, OVERDRAFT)

        shares = [kills // WORKERS + (worker < kills % WORKERS) for worker in range(WORKERS)]
        with ThreadPoolExecutor(WORKERS) as pool:
            killed = pool.map(lambda worker: attend(address, seed, worker, steps, shares[worker]), range(WORKERS))
            assert sum(killed) == kills

        assert ledger.verify() == []
        judge(ledger, address, [step(seed, worker, number) for worker in range(WORKERS) for number in range(steps)])


def attend(address: str, seed: int, worker: int, steps: int, kills: int) -> int:
    """Run one worker, kill it so many times wherever it happens to be, let it go on where it was; return the kills."""
    points = sorted(random.Random(f"{seed}:{worker}").sample(range(steps), kills))
    first, killed = 0, 0
    while True:
        process = started(address, seed, worker, first, steps)
        assert process.stdout is not None
        assert process.stdin is not None
        for line in process.stdout:
            done = line == "done\n"
            first = first if done else int(line) + 1
            if killed < kills and (done or first > points[killed]):
                process.send_signal(signal.SIGKILL)
                killed += 1
                break
            if done:
                break
        process.stdin.close()
        rest = [int(line) + 1 for line in process.stdout.read().replace("done", "").split()]
        first = max([first, *rest])
        process.stdout.close()
        if process.wait() == 0:
            return killed
        assert process.returncode == -signal.SIGKILL


def started(address: str, seed: int, worker: int, first: int, last: int) -> subprocess.Popen[str]:
    figures = [str(each) for each in (seed, worker, first, last)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.campaign_worker", address, *figures],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def judge(ledger: Ledger, address: str, steps: list[Step]) -> None:
    """Compare the database with what the plan says must have come out."""
    rich = [each for each in steps if each.organization == RICH]
    charged = sum(each.cost for each in rich if each.ends in ("settled", "requested"))
    left = sum(each.amount for each in rich if each.ends == "left")
    balance = ledger.balance(RICH)
    assert (balance.balance, balance.held, balance.available) == (GRANTED - charged, left, GRANTED - charged - left)

    poor = ledger.balance(POOR)
    granted = sum(each.grants for each in steps)
    (taken,) = raw.ask(address, f"SELECT SUM(charged) FROM request WHERE organization = '{POOR}'")[0]
    assert (poor.balance, poor.held) == (granted - int(taken), 0)
    (lowest,) = raw.ask(address, f"SELECT MIN(balance) FROM movement WHERE organization = '{POOR}'")[0]
    assert lowest == -OVERDRAFT, "the edge was not reached, or it was passed"
    last = ledger.history(POOR, limit=20)
    assert any(movement.balance <= 1 for movement in last), "it did not stay at its edge"

    for organization in (RICH, POOR):
        sums = f"SELECT SUM(amount) FROM entry WHERE organization = '{organization}'"
        assert int(raw.ask(address, f"{sums} AND account = 'available'")[0][0]) == ledger.balance(organization).balance
        assert int(raw.ask(address, sums)[0][0]) == 0
    assert raw.ask(
        address,
        "SELECT reference FROM movement WHERE kind = 'usage' GROUP BY organization, reference HAVING COUNT(*) > 1",
    ) == []  # fmt: skip
