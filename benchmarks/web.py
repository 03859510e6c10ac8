"""What the credentials page costs with 1,000 credentials, beside a static file from the same server; and its memory.

    python -m benchmarks.web [--credentials 1000] [--rounds 30]

One process of ``orqo-vault web``, one client on one connection. The paths take turns, so that a busy machine is busy
for all of them. The settings file is read anew for each request, as always; nothing is cached for the benchmark.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

TYPES = (
    ("api_token", "llm_provider", ""),
    ("username_password", "runtime", ""),
    ("email_smtp", "communication", ", values: {host: smtp.acme.example}"),
    ("api_key_pair", "mcp_service", ""),
)
PATHS = {
    "static": "/static/session.js",
    "first page": "/pages/credentials",
    "first page, searched": "/pages/credentials?text=number+77",
    "API, 50 rows": "/api/v1/credentials",
    "API, 1000 rows": "/api/v1/credentials?limit=1000",
    "API, one": "/api/v1/credentials/c500",
}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--credentials", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=30)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "orqo-vault.yaml").write_text(settings(wanted.credentials))
        measure(Path(folder), wanted.rounds)


def settings(count: int) -> str:
    """Return a settings file of that many credentials, an eighth of them used by runs."""
    lines = ["backends: {local: {type: encrypted-file}}", "credentials:"]
    for number in range(count):
        type, category, more = TYPES[number % len(TYPES)]
        head = f"name: Credential number {number}, key: C{number}, category: {category}, type: {type}"
        lines.append(f"  c{number}: {{{head}{more}}}")
    lines += ["runs:", *(f"  run{n}: {{credentials: [c{n}, c{n + 1}]}}" for n in range(0, count // 4, 4))]
    return "\n".join([*lines, ""])


def measure(folder: Path, rounds: int) -> None:
    """Serve the folder and time each path."""
    environ = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config")}
    command = [sys.executable, "-m", "orqo_vault", "--no-input", "web"]
    with subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        origin, _, code = server.stderr.readline().strip().partition("/#code=")
        try:
            run(origin, code, rounds, server.pid)
        finally:
            server.terminate()


def run(origin: str, code: str, rounds: int, pid: int) -> None:
    """Log in, time the paths in turns, and print."""
    host = origin.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=60)
    log_in = {"Origin": origin, "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/session", json.dumps({"code": code}), log_in)
    headers = {"Authorization": f"Bearer {json.load(connection.getresponse())['token']}", "HX-Request": "true"}
    idle = resident(pid)
    sizes = {name: get(connection, path, headers)[1] for name, path in PATHS.items()}  # the first of each warms up
    times: dict[str, list[float]] = {name: [] for name in PATHS}
    for _ in range(rounds):
        for name, path in PATHS.items():
            times[name].append(get(connection, path, headers)[0])
    busy = {name: cpu_of(pid, connection, path, headers, rounds) for name, path in PATHS.items()}
    base = statistics.median(times["static"])
    print(f"{'':22} {'median ms':>10} {'p95 ms':>8} {'ratio':>7} {'CPU ms':>7} {'KiB':>7}")
    for name, taken in times.items():
        median, slow = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        wall = f"{median * 1e3:10.1f} {slow * 1e3:8.1f} {median / base:7.1f}"
        print(f"{name:22} {wall} {busy[name] * 1e3:7.1f} {sizes[name] / 1024:7.1f}")
    print(f"\nresident memory: {idle:.0f} MiB after the login, {resident(pid):.0f} MiB at the end")


def get(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> tuple[float, int]:
    """Return how long the answer took, and its size."""
    began = time.perf_counter()
    connection.request("GET", path, headers=dict(headers))
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {content[:200]!r}")
    return time.perf_counter() - began, len(content)


def cpu_of(
    pid: int, connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str], rounds: int
) -> float:
    """Return the seconds of CPU time that the server spends on one request: busy neighbours do not count."""
    before = cpu(pid)
    for _ in range(rounds):
        get(connection, path, headers)
    return (cpu(pid) - before) / rounds


def cpu(pid: int) -> float:
    """Return the CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


if __name__ == "__main__":
    main()
