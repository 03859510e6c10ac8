"""What reading 100 secrets of AWS Secrets Manager costs, against a loop over boto3.

    python -m benchmarks.aws_reads [--pairs 10] [--secrets 100]

Needs orqo-vault-aws, boto3 and moto's server. Both read from moto on loopback in one warm process, in alternating
pairs; the medians and their ratio are printed. Then the same with 20 ms added to every request on the way, by a
forwarder that also stands there, adding nothing, in the run it is compared with.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

LATENCY = 0.020
KEYS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--secrets", type=int, default=100)
    parser.add_argument("--forward", nargs=2, metavar=("TARGET", "SECONDS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.forward:
        asyncio.run(forward(options.forward[0], float(options.forward[1])))
        return
    with ExitStack() as stack:
        moto = stack.enter_context(started([sys.executable, "-W", "ignore", "-m", "moto.server", "-p", "0"]))
        paths = filled(moto, options.secrets)
        print(f"{options.secrets} secrets, {options.pairs} alternating pairs, medians in ms; {os.cpu_count()} cpus\n")
        print("| | boto3 loop | orqo-vault | ratio |\n|---|---|---|---|")
        row("loopback", boto3_loop(moto, paths), orqo_vault(moto, paths), options.pairs)
        near, far = (stack.enter_context(forwarder(moto, seconds)) for seconds in (0.0, LATENCY))
        row("through a forwarder", boto3_loop(near, paths), orqo_vault(near, paths), options.pairs)
        row("with 20 ms added", boto3_loop(far, paths), orqo_vault(far, paths), max(3, options.pairs // 3))
        without, with_it = alternating([orqo_vault(near, paths), orqo_vault(far, paths)], options.pairs)
        trips = (with_it - without) / LATENCY
        print(f"\nof orqo-vault, the added 20 ms cost {1000 * (with_it - without):.0f} ms: {trips:.1f} round trips")


def row(name: str, theirs: Callable[[], object], ours: Callable[[], object], pairs: int) -> None:
    loop, batch = alternating([theirs, ours], pairs)
    print(f"| {name} | {1000 * loop:.0f} | {1000 * batch:.0f} | {loop / batch:.1f} |")


def alternating(readers: list[Callable[[], object]], pairs: int) -> list[float]:
    """Return the median time of each reader: all of them in turn, so that a busy machine is busy for all."""
    for reader in readers:
        reader()
    times: list[list[float]] = [[] for _ in readers]
    for _ in range(pairs):
        for reader, taken in zip(readers, times, strict=True):
            start = time.perf_counter()
            reader()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def boto3_loop(address: str, paths: list[str]) -> Callable[[], object]:
    client = boto3_client(address)
    return lambda: [client.get_secret_value(SecretId=path)["SecretString"] for path in paths]


def orqo_vault(address: str, paths: list[str]) -> Callable[[], object]:
    from orqo_vault_aws.backend import AwsBackend, AwsReference, AwsSettings

    from orqo_vault.backend import BackendContext, Deadline

    here = Path(tempfile.gettempdir())
    environ = {**KEYS, "AWS_ENDPOINT_URL": address}
    context = BackendContext(name="aws", base_dir=here, state_dir=here, config_dir=here, environ=environ)
    backend = AwsBackend(AwsSettings(), context)
    references = [AwsReference(path=path) for path in paths]

    def read() -> None:
        found = backend.read_many(references, deadline=Deadline(60))
        assert len(found) == len(paths)

    return read


def filled(address: str, count: int) -> list[str]:
    client = boto3_client(address)
    paths = [f"bench/{number:04}" for number in range(count)]
    for path in paths:
        client.create_secret(Name=path, SecretString=f'{{"token": "value of {path}"}}')
    return paths


def boto3_client(address: str) -> object:
    import boto3

    return boto3.session.Session().client(
        "secretsmanager",
        endpoint_url=address,
        region_name=KEYS["AWS_REGION"],
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )


@contextmanager
def forwarder(address: str, seconds: float) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.aws_reads", "--forward", address, str(seconds)]
    with started(command) as there:
        yield there


@contextmanager
def started(command: list[str]) -> Iterator[str]:
    """Start a server that says ``http://127.0.0.1:PORT`` once it listens, and yield that."""
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert server.stdout is not None
    try:
        for line in server.stdout:
            if "http://127.0.0.1:" in line:
                break
        else:
            raise RuntimeError(f"{command[-1]} does not start")
        with tempfile.TemporaryFile() as rest:
            drain = subprocess.Popen(["cat"], stdin=server.stdout, stdout=rest)
            yield "http://127.0.0.1:" + line.partition("http://127.0.0.1:")[2].split()[0]
            server.kill()
            drain.wait()
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


async def forward(target: str, seconds: float) -> None:
    """Carry bytes to ``target``, each piece on the way there ``seconds`` later than it came."""
    host, _, port = target.rpartition("/")[2].partition(":")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(late(reader, there_writer, seconds), late(there_reader, writer, 0.0))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    try:
        while piece := await reader.read(1 << 16):
            if seconds:
                loop.call_later(seconds, writer.write, piece)
            else:
                writer.write(piece)
    except ConnectionError:
        return
    finally:
        loop.call_later(seconds, writer.close)


if __name__ == "__main__":
    main()
