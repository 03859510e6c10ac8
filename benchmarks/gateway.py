"""What the gateway costs: first byte and throughput of streams through it, as ratios to the provider itself.

    python -m benchmarks.gateway [--rounds 60]

The provider is the one of the tests, on this machine: its own time is nearly nothing, so the added time is all there
is to see. Calls are made in turns, on connections that are kept.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from tests.gateway.harness import KEY, Gateway, Upstream

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 100, "stream": True}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    provider = Upstream()
    with tempfile.TemporaryDirectory(prefix="orqo-vault-bench-") as folder:
        gateway = Gateway(Path(folder) / "gateway", provider).start()
        token = gateway.run(gateway.enrol("acme"), "bench", budget=900_000_000)["token"]
        ways = {
            "the provider": (provider.origin + PATH, KEY),
            "the gateway": (f"http://127.0.0.1:{gateway.port}/openai{PATH}", token),
        }
        print("| median | the provider | the gateway | ratio |\n|---|---:|---:|---:|")
        asyncio.run(measured(ways, rounds))
        gateway.close()
    provider.process.stop()


async def measured(ways: dict[str, tuple[str, str]], rounds: int) -> None:
    async with aiohttp.ClientSession() as client:
        short = await in_turns(client, ways, "gpt-4o", rounds)
        row("first byte, ms", *(1000 * first for first, _, _ in short))
        row("short stream, ms", *(1000 * whole for _, whole, _ in short))
        long = await in_turns(client, ways, "gpt-4o-do-long20000", max(3, rounds // 10))
        row("long stream, MB/s", *(size / whole / 1e6 for _, whole, size in long))


async def in_turns(
    client: aiohttp.ClientSession, ways: dict[str, tuple[str, str]], model: str, rounds: int
) -> list[tuple[float, float, float]]:
    """Return, for each way, the medians of seconds to the first byte, seconds in all, and bytes."""
    taken: list[list[tuple[float, float, int]]] = [[] for _ in ways]
    for _ in range(rounds + 1):
        for (url, key), times in zip(ways.values(), taken, strict=True):
            times.append(await one(client, url, key, model))
    return [
        (statistics.median(a for a, _, _ in each[1:]), statistics.median(b for _, b, _ in each[1:]), float(each[1][2]))
        for each in taken
    ]


async def one(client: aiohttp.ClientSession, url: str, key: str, model: str) -> tuple[float, float, int]:
    start, first, size = time.perf_counter(), 0.0, 0
    body = {**BODY, "model": model, "stream_options": {"include_usage": True}}
    async with client.post(url, json=body, headers={"authorization": f"Bearer {key}"}) as response:
        assert response.status == 200
        async for piece in response.content.iter_any():
            first = first or time.perf_counter() - start
            size += len(piece)
    return first, time.perf_counter() - start, size


def row(what: str, provider: float, gateway: float) -> None:
    print(f"| {what} | {provider:.1f} | {gateway:.1f} | {gateway / provider:.2f} |", flush=True)


if __name__ == "__main__":
    main()
