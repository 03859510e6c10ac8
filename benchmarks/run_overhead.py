"""What ``orqo-vault run -- true`` costs over a bare Python, with 1, 10 and 100 credentials from the file store.

    python -m benchmarks.run_overhead [--rounds 21]

Prints two Markdown tables: whole commands as ratios, and where the time of a run with 10 credentials goes.
The hand-written script is what people write instead: Fernet, JSON, subprocess.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.alternating import medians, table

FLOOR = "python -I -S -c pass"
SIZES = (1, 10, 100)

FERNET = """
import json, os, subprocess, sys
from cryptography.fernet import Fernet
key, sealed = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read()
values = json.loads(Fernet(key).decrypt(sealed))
sys.exit(subprocess.run(sys.argv[3:], env={**os.environ, **values}).returncode)
"""


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environ = _isolated(home)
        commands = {FLOOR: [sys.executable, "-I", "-S", "-c", "pass"]}
        commands["hand-written Fernet + subprocess, 10"] = _fernet(home)
        for size in SIZES:
            settings = _project(home, size, environ)
            commands[f"orqo-vault run, {size}"] = [*_ours(), "-c", str(settings), "run", "--", "true"]
        print(table(medians(commands, environ, rounds=rounds), FLOOR))
        print()
        print(_where_the_time_goes(home / "10" / "orqo-vault.yaml", environ))


def _isolated(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home)}


def _ours() -> list[str]:
    script = Path(sys.executable).with_name("orqo-vault")
    return [str(script)] if script.exists() else [sys.executable, "-m", "orqo_vault"]


def _project(home: Path, size: int, environ: dict[str, str]) -> Path:
    folder = home / str(size)
    folder.mkdir()
    ids = [f"c{n:03}" for n in range(size)]
    entries = "".join(
        f"  {each}: {{name: {each}, key: TOKEN_{each.upper()}, category: custom, type: api_token}}\n" for each in ids
    )
    settings = folder / "orqo-vault.yaml"
    settings.write_text(
        "version: 1\nbackends:\n  local: {type: encrypted-file, path: store}\n"
        f"credentials:\n{entries}runs:\n  default: {{credentials: [{', '.join(ids)}]}}\n"
    )
    for each in ids:
        subprocess.run(
            [*_ours(), "-c", str(settings), "set", each],
            input=b"value-of-" + each.encode(),
            env=environ,
            check=True,
            capture_output=True,
        )
    return settings


def _fernet(home: Path) -> list[str]:
    import json

    from cryptography.fernet import Fernet

    key = Fernet.generate_key()
    values = {f"TOKEN_C{n:03}": f"value-of-c{n:03}" for n in range(10)}
    (home / "fernet.key").write_bytes(key)
    (home / "fernet.sealed").write_bytes(Fernet(key).encrypt(json.dumps(values).encode()))
    (home / "fernet.py").write_text(FERNET)
    return [sys.executable, *(str(home / f"fernet.{each}") for each in ("py", "key", "sealed")), "true"]


def _where_the_time_goes(settings: Path, environ: dict[str, str]) -> str:
    """Return self time of imports by top package (from -X importtime), the largest first."""
    command = [sys.executable, "-X", "importtime", "-m", "orqo_vault", "-c", str(settings), "run", "--", "true"]
    log = settings.parent / "importtime"
    for _ in range(2):  # the first one compiles the settings
        with log.open("w") as file:  # no pipe: a run masks what it writes to one, and that is another path
            subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, stderr=file, check=True)
    spent: dict[str, int] = defaultdict(int)
    for line in log.read_text().splitlines():
        own, _, module = line.removeprefix("import time:").rpartition("|")
        microseconds = own.partition("|")[0].strip()
        if microseconds.isdigit():
            spent[module.strip().partition(".")[0]] += int(microseconds)
    rows = ["| imports of | ms |", "|---|---:|"]
    largest = sorted(spent.items(), key=lambda each: -each[1])[:15]
    rows += [f"| {module} | {each / 1000:.1f} |" for module, each in largest]
    rows.append(f"| all imports | {sum(spent.values()) / 1000:.1f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
