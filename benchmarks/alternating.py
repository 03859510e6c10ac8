"""Times whole commands in turns, so that what else the machine does hits all of them alike."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence


def medians(commands: Mapping[str, Sequence[str]], environ: Mapping[str, str], *, rounds: int) -> dict[str, float]:
    """Return label → median seconds; every command runs once unmeasured first, then once in each round."""
    for label, command in commands.items():
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{label}: exit {done.returncode}: {done.stderr.strip()}")
    taken: dict[str, list[float]] = {label: [] for label in commands}
    for _ in range(rounds):
        for label, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            taken[label].append(time.perf_counter() - start)
    return {label: statistics.median(each) for label, each in taken.items()}


def table(times: Mapping[str, float], floor: str) -> str:
    """Return the medians as a Markdown table with their ratio to ``floor``."""
    rows = ["| command | median ms | x floor |", "|---|---:|---:|"]
    rows += [f"| {label} | {1000 * each:.1f} | {each / times[floor]:.1f} |" for label, each in times.items()]
    return "\n".join(rows)
