"""What many credentials cost: ten secrets of many against ten of a hundred, and the list of ten thousand.

    python -m benchmarks.store_scale [--rounds 21] [--stored 100000] [--declared 10000]

Reads are timed in two warm processes that take turns, whole commands in turns too; medians and their ratios are
printed. The stores are filled without flushing each file, which is not part of what is measured.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.alternating import medians, table
from tests.scale import crowd

FEW = 100
TEN = slice(3, 13)
READER = """
import os, sys, time
from orqo_vault import Vault
settings, *chosen = sys.argv[1:]
def read():
    with Vault.open(settings) as vault:
        return vault.environment(only=chosen)
read()
for _ in sys.stdin:
    start = time.perf_counter()
    read()
    print(time.perf_counter() - start, flush=True)
"""


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--declared", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environ = {"PATH": os.environ["PATH"], "HOME": str(home)}
        print(_reads(home, environ, options.stored, options.rounds))
        print()
        print(_commands(home, environ, options.stored, options.rounds))
        print()
        print(_lists(home, environ, options.declared, options.rounds))


def _reads(home: Path, environ: dict[str, str], many: int, rounds: int) -> str:
    times: dict[int, list[float]] = {FEW: [], many: []}
    readers = {size: _reader(_project(home, environ, size), environ, size) for size in times}
    for _ in range(rounds):
        for size, reader in readers.items():
            assert reader.stdin is not None
            assert reader.stdout is not None
            reader.stdin.write("read\n")
            reader.stdin.flush()
            times[size].append(float(reader.stdout.readline()))
    for reader in readers.values():
        reader.communicate()
    label = "10 of {:,}, opening the vault and reading in a warm process"
    return table({label.format(size): statistics.median(each) for size, each in times.items()}, label.format(FEW))


def _project(home: Path, environ: dict[str, str], size: int) -> Path:
    """Make a project with so many stored secrets, a hundred of them declared."""
    every = crowd.ids(size)
    settings = crowd.declare(home / str(size), every[:FEW])
    start = time.perf_counter()
    crowd.store(settings, environ, every)
    print(f"{size:,} secrets stored in {time.perf_counter() - start:.1f} s, not counted", file=sys.stderr)
    return settings


def _reader(settings: Path, environ: dict[str, str], size: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", READER, str(settings), *crowd.ids(size)[TEN]],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _commands(home: Path, environ: dict[str, str], many: int, rounds: int) -> str:
    chosen = ",".join(crowd.ids(FEW)[TEN])
    commands = {
        f"orqo-vault run --only ten of {size:,}": [
            *_ours(), "-c", str(home / str(size) / "orqo-vault.yaml"), "run", "--only", chosen, "--", "true"
        ]
        for size in (FEW, many)
    }  # fmt: skip
    return table(medians(commands, environ, rounds=rounds), next(iter(commands)))


def _lists(home: Path, environ: dict[str, str], count: int, rounds: int) -> str:
    """Time the list with and without what an earlier command has compiled of the settings."""
    settings = crowd.declare(home / "declared", crowd.ids(count))
    few = crowd.declare(home / "few", crowd.ids(10))
    listing = [*_ours(), "-c", str(settings), "list"]
    label = f"orqo-vault list, {count:,} credentials"
    warm = medians(
        {"orqo-vault list, 10": [*_ours(), "-c", str(few), "list"], f"{label}, warm": listing}, environ, rounds=rounds
    )
    cold = []
    for _ in range(rounds):
        for compiled in home.rglob("compiled"):
            shutil.rmtree(compiled)
        start = time.perf_counter()
        subprocess.run(listing, env=environ, stdout=subprocess.DEVNULL, check=True)
        cold.append(time.perf_counter() - start)
    return table({**warm, f"{label}, cold": statistics.median(cold)}, "orqo-vault list, 10")


def _ours() -> list[str]:
    script = Path(sys.executable).with_name("orqo-vault")
    return [str(script)] if script.exists() else [sys.executable, "-m", "orqo_vault"]


if __name__ == "__main__":
    main()
