"""A Secrets Manager to test against, over HTTP: the real answers from moto, the rest from a wire that we hold."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.backend import BackendContext

KEYS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1"}


@dataclass(frozen=True)
class Moto:
    """The server and what it may be asked to do."""

    address: str

    def forget_everything(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.address}/moto-api/reset", method="POST")).close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """Moto in a process of its own: inside ours it would replace how the SDK sends."""
    log = tmp_path_factory.mktemp("moto") / "log"
    port = _free_port()
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=out,
            stderr=out,
        )
    moto = Moto(f"http://127.0.0.1:{port}")
    try:
        _wait_for(moto, server, log)
        yield moto
    finally:
        server.kill()
        server.wait()


def _wait_for(moto: Moto, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            moto.forget_everything()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"moto does not answer: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def moto(moto_server: Moto) -> Moto:
    """Moto with nothing in it."""
    moto_server.forget_everything()
    return moto_server


@dataclass
class Surroundings:
    """Makes contexts whose environment is only what the test says."""

    root: Path
    said: list[str] = field(default_factory=list)

    def context(self, environ: dict[str, str] | None = None, **more: Any) -> BackendContext:
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        return BackendContext(
            name="aws",
            base_dir=self.root,
            state_dir=self.root / "state",
            config_dir=self.root / "config",
            environ={"HOME": str(home), **(environ or {})},
            notify=self.said.append,
            **more,
        )


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path)


@pytest.fixture
def aws_context(moto: Moto, around: Surroundings) -> Callable[..., BackendContext]:
    """Makes contexts that are logged in to moto."""

    def make(address: str = moto.address, **environ: str) -> BackendContext:
        return around.context({**KEYS, "AWS_ENDPOINT_URL": address, **environ})

    return make
