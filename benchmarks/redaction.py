"""What masking costs: MB/s of a stream with 50 secrets, the whole pipe against ``cat``, and the time to prepare it.

    python -m benchmarks.redaction [--rounds 11] [--megabytes 256]

Prints three Markdown tables. Streams and pipes take turns in each round; medians are printed.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.alternating import table
from orqo_vault.redaction import Patterns, Redactor, patterns
from orqo_vault.secret import SecretValue

SECRETS = 50
PIECE = 65_536
STREAM = 8 << 20
SINGLE_BYTES = 1 << 16
PIPE = """
import sys
from orqo_vault.redaction import Redactor, patterns
from orqo_vault.secret import SecretValue
redactor = Redactor(patterns(map(SecretValue, open(sys.argv[1]).read().splitlines())))
while piece := sys.stdin.buffer.read1(65536):
    sys.stdout.buffer.write(redactor.feed(piece))
    sys.stdout.buffer.flush()
sys.stdout.buffer.write(redactor.finish())
"""
START = """
import time
begin = time.perf_counter()
from orqo_vault.redaction import patterns
imported = time.perf_counter()
from orqo_vault.secret import SecretValue
import random, sys
from benchmarks.redaction import secrets
values = [SecretValue(each) for each in secrets(int(sys.argv[1]))]
ready = time.perf_counter()
patterns(values)
print(imported - begin, time.perf_counter() - ready)
"""


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--megabytes", type=int, default=256)
    options = parser.parse_args()
    print(_streams(options.rounds))
    print()
    print(_pipes(options.rounds, options.megabytes))
    print()
    print(_preparing(options.rounds))


def secrets(count: int) -> list[str]:
    """Return tokens with the prefixes of real vendors."""
    chance = random.Random(50)
    prefixes = ("sk-proj-", "sk-ant-api03-", "ghp_", "xoxb-", "")
    return [prefixes[n % 5] + base64.urlsafe_b64encode(chance.randbytes(30)).decode() for n in range(count)]


def _streams(rounds: int) -> str:
    made = patterns(map(SecretValue, secrets(SECRETS)))
    work: dict[str, Callable[[], float]] = {
        f"{label}, 64 KiB pieces": _timed(made, data, PIECE) for label, data in _texts().items()
    }
    work["program text, 1 byte pieces"] = _timed(made, _texts()["program text"][:SINGLE_BYTES], 1)
    speeds: dict[str, list[float]] = {label: [] for label in work}
    for _ in range(rounds):
        for label, measured in work.items():
            speeds[label].append(measured())
    rows = ["| stream, 50 secrets | median MB/s |", "|---|---:|"]
    rows += [f"| {label} | {statistics.median(each):.1f} |" for label, each in speeds.items()]
    return "\n".join(rows)


def _timed(made: Patterns, data: bytes, size: int) -> Callable[[], float]:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]

    def measured() -> float:
        redactor = Redactor(made)
        start = time.perf_counter()
        for piece in pieces:
            redactor.feed(piece)
        redactor.finish()
        return len(data) / (time.perf_counter() - start) / 1e6

    return measured


def _texts() -> Mapping[str, bytes]:
    chance = random.Random(1)
    values = [each.encode() for each in secrets(SECRETS)]
    sources = b"".join(each.read_bytes() for each in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")))
    lines = sources.split(b"\n")
    logs = b"".join(
        json.dumps({"level": "info", "n": n, "id": chance.randbytes(8).hex(), "message": "step done"}).encode() + b"\n"
        for n in range(20_000)
    )
    texts = {
        "program text": sources,
        "JSON log": logs,
        "a colour a line": b"".join(b"\x1b[32m" + line + b"\x1b[0m\n" for line in lines),
        "base64": base64.b64encode(chance.randbytes(STREAM)),
        "random bytes": chance.randbytes(STREAM),
        "a secret every 1 KB": b"".join(sources[n << 10 : (n + 1) << 10] + values[n % SECRETS] for n in range(2_000)),
        "first 8 bytes of secrets only": b"".join(value[:8] + b" " for value in values) * 100,
        "first 20 bytes of secrets only": b"".join(value[:20] + b" " for value in values) * 100,
    }
    return {label: (text * (STREAM // len(text) + 1))[:STREAM] for label, text in texts.items()}


def _pipes(rounds: int, megabytes: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        data, values = Path(folder, "data"), Path(folder, "values")
        values.write_text("\n".join(secrets(SECRETS)))
        text = _texts()["program text"]
        with data.open("wb") as file:
            for _ in range(megabytes * 1_000_000 // len(text) + 1):
                file.write(text)
        size = data.stat().st_size
        commands = {
            "cat": ["cat"],
            "python copying": [sys.executable, "-c", PIPE.replace("redactor.feed(piece)", "piece"), str(values)],
            "python masking 50 secrets": [sys.executable, "-c", PIPE, str(values)],
        }
        taken: dict[str, list[float]] = {label: [] for label in commands}
        for _ in range(rounds):
            for label, command in commands.items():
                taken[label].append(_through(command, data))
    times = {label: statistics.median(each) for label, each in taken.items()}
    speeds = ", ".join(f"{label} {size / each / 1e6:.0f} MB/s" for label, each in times.items())
    return f"{table(times, 'cat').replace('| command |', f'| cat FILE, then · {size / 1e6:.0f} MB |')}\n\n{speeds}"


def _through(command: list[str], data: Path) -> float:
    """Return the seconds from a cat of the data through the command."""
    start = time.perf_counter()
    with subprocess.Popen(["cat", str(data)], stdout=subprocess.PIPE) as producer:
        subprocess.run(command, stdin=producer.stdout, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def _preparing(rounds: int) -> str:
    rows = ["| preparing | median ms |", "|---|---:|"]
    for count in (10, 50):
        measured = [
            subprocess.run(
                [sys.executable, "-c", START, str(count)], capture_output=True, check=True, env={**os.environ}
            ).stdout.split()
            for _ in range(rounds)
        ]
        if count == 10:
            rows.append(f"| import | {1000 * statistics.median(float(each[0]) for each in measured):.1f} |")
        made = 1000 * statistics.median(float(each[1]) for each in measured)
        rows.append(f"| patterns of {count} tokens | {made:.1f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
