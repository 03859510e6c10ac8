"""A provider and a gateway as processes of their own, an operator's folder, and what tests ask of them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orqo_vault.ledger import Ledger, Request, open_ledger
from tests.ledger import raw

ROOT = Path(__file__).parent.parent.parent
KEY = "sk-platform-CANARY-5f1e8a7cd2b94e60"
MODELS = """\
    "openai:gpt-4o": {input: 2.50, cached_input: 1.25, output: 10.00}
    "anthropic:claude-test": {input: 3.00, cached_input: 0.30, output: 15.00}
"""
ACTS = ("400", "401", "403", "404", "429", "500", "503", "504", "plain400", "307", "html", "greedy", "cut", "mute",
        "slow", "slower", "hang", "trap", "wide", "long200", "long20000")  # fmt: skip
WAIT = 20.0


def eventually(true: Callable[[], Any], what: str = "it") -> Any:
    """Return what ``true`` returns as soon as that is something."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not become so within {WAIT:g} s")


@dataclass
class Process:
    """A process, and what it has written."""

    popen: subprocess.Popen[bytes]
    port: int
    output: list[bytes] = field(default_factory=list)

    @property
    def text(self) -> str:
        return b"".join(self.output).decode()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.popen.send_signal(how)
        return self.popen.wait(WAIT)


def started(command: list[str], env: dict[str, str], announces: bytes) -> Process:
    """Start a process and wait until it has said its port, on stdout or stderr."""
    popen = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    process = Process(popen, 0)
    assert popen.stdout is not None
    end = time.monotonic() + WAIT
    while not (match := re.search(announces, b"".join(process.output))):
        ready, _, _ = select.select([popen.stdout], [], [], max(0, end - time.monotonic()))
        data = os.read(popen.stdout.fileno(), 65536) if ready else b""
        if not data:
            popen.kill()
            raise AssertionError(f"it did not start: {process.text}")
        process.output.append(data)
    process.port = int(match[1])
    threading.Thread(target=_collect, args=(popen.stdout, process.output), daemon=True).start()
    return process


def _collect(stream: Any, output: list[bytes]) -> None:
    with stream:
        while data := os.read(stream.fileno(), 65536):
            output.append(data)


class Upstream:
    """The provider of :mod:`tests.gateway.upstream`."""

    def __init__(self, key: str = KEY) -> None:
        env = {**os.environ, "UPSTREAM_KEY": key}
        self.process = started([sys.executable, "-m", "tests.gateway.upstream"], env, rb"(\d+)\n")
        self.origin = f"http://127.0.0.1:{self.process.port}"

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        status, said = exchange(self.process.port, method, path, body=body)
        assert status == 200
        return said

    def counted(self) -> list[dict[str, Any]]:
        """What it is owed, request by request."""
        return list(self._ask("GET", "/counted"))

    def seen(self) -> list[dict[str, Any]]:
        return list(self._ask("GET", "/seen")["seen"])

    def in_flight(self) -> dict[str, int]:
        return dict(self._ask("GET", "/seen")["in_flight"])

    def change_key(self, key: str) -> None:
        self._ask("POST", "/key", {"key": key})


class Gateway:
    """A gateway on an operator's folder of its own."""

    def __init__(self, folder: Path, upstream: Upstream, address: str | None = None, extra: str = "") -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)
        self.upstream = upstream
        self.ledger_address = (address or f"sqlite://{folder}/ledger.db").replace(":@", "@")  # an empty password
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ORQO_VAULT_")},
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        self._write(extra)
        self.store_key(KEY)
        self.ledger: Ledger = open_ledger(self.ledger_address, create=True)
        for organization in ("acme", "beta"):
            self.ledger.grant(organization, 1_000_000_000, period="start")
        self.process: Process | None = None

    def _write(self, extra: str) -> None:
        acts = "\n".join(
            f'    "{model}-do-{act}": {{input: 2.50, output: 10.00}}'
            for model in ("openai:gpt-4o", "anthropic:claude-test")
            for act in ACTS
        )
        provider = "type: gateway, upstream: '{origin}', backend: keys, path: {name}"
        openai, anthropic = (
            provider.format(origin=self.upstream.origin, name=name) for name in ("openai", "anthropic")
        )
        operator = (
            "version: 1\norganizations: {acme: {}, beta: {}}\n"
            "backends:\n  keys: {type: encrypted-file, path: keys}\n"
            f"platform_providers:\n  openai: {{{openai}}}\n  anthropic: {{{anthropic}}}\n"
            f"ledger: {{address: '{self.ledger_address}'}}\n"
            f"prices:\n  models:\n{MODELS}{acts}\n{extra}"
        )
        self.operator = self.folder / "operator.yaml"
        self.operator.write_text(operator)
        self.operator.chmod(0o600)
        names = ("openai", "anthropic")
        (self.folder / "orqo-vault.yaml").write_text(
            "version: 1\ndefault_backend: keys\nbackends:\n  keys: {type: encrypted-file, path: keys}\ncredentials:\n"
            + "".join(
                f"  {name}: {{name: K, key: {name.upper()}_API_KEY, category: llm_provider, type: api_token,"
                f" provider: {name}, path: {name}}}\n"
                for name in names
            )
        )

    def store_key(self, key: str) -> None:
        """Store the platform's key where the operator's file says it is."""
        for name in ("openai", "anthropic"):
            self.cli("-c", str(self.folder / "orqo-vault.yaml"), "set", name, stdin=key.encode())

    def cli(self, *words: str, stdin: bytes = b"", status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "orqo_vault", *words], input=stdin, capture_output=True, env=self.env, check=False
        )
        assert done.returncode == status, done.stderr.decode()
        return done.stdout.decode() if status == 0 else done.stderr.decode()

    def operate(self, *words: str, status: int = 0) -> str:
        """Type a command of the operator's."""
        return self.cli("--operator", str(self.operator), "gateway", *words, status=status)

    def start(self, *words: str) -> Gateway:
        command = [sys.executable, "-m", "orqo_vault", "--operator", str(self.operator), "gateway", "serve"]
        return self._start([*command, "--listen", "127.0.0.1:0", "--name", "gw", *words])

    def start_with(self, **limits: float) -> Gateway:
        """Start one with limits that no option of the command sets."""
        said = [f"{name}={value}" for name, value in limits.items()]
        return self._start([sys.executable, "-m", "tests.gateway.impatient", str(self.operator), *said])

    def _start(self, command: list[str]) -> Gateway:
        self.process = started(command, self.env, rb"listens on https?://[^ ]*:(\d+) ")
        return self

    @property
    def port(self) -> int:
        assert self.process is not None
        return self.process.port

    @property
    def log(self) -> str:
        assert self.process is not None
        return self.process.text

    def enrol(self, organization: str) -> str:
        return self.operate("enrol", organization).strip()

    def run(self, enrolment: str, run: str, *, provider: str = "openai", **more: Any) -> dict[str, Any]:
        """Ask for a run token."""
        asked = {"run": run, "name": "nightly", "credential": provider, "provider": provider, "models": [], **more}
        status, said = exchange(self.port, "POST", "/orqo/v1/runs", token=enrolment, body={"budget": None, **asked})
        assert status == 201, said
        return dict(said)

    def requests(self, organization: str, run: str) -> list[Request]:
        """All of them: settled, cancelled, and those on their way."""
        rows = raw.ask(self.ledger_address, f"SELECT organization, reference FROM request WHERE run = '{run}'")
        found = [self.ledger.find_request(of, reference) for of, reference in rows if of == organization]
        return [each for each in found if each is not None]

    def all_ended(self, organization: str, run: str, count: int) -> list[Request]:
        """Wait until so many requests of a run have been settled or cancelled, and return them."""

        def ended() -> list[Request]:
            found = self.requests(organization, run)
            over = [each for each in found if each.state in ("settled", "cancelled")]
            return found if len(over) == len(found) == count else []

        return list(eventually(ended, f"{count} requests of {run}"))

    def close(self) -> None:
        if self.process is not None and self.process.popen.poll() is None:
            assert self.process.stop() == 0, self.log
        self.ledger.close()


def exchange(
    port: int, method: str, path: str, *, token: str | None = None, body: Any = None, **headers: str
) -> tuple[int, Any]:
    """Ask once, as a client would that knows no SDK; return the status and the JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    if body is not None:
        sent.setdefault("content-type", "application/json")
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    try:
        connection.request(method, path, body=data, headers=sent)
        response = connection.getresponse()
        said = response.read()
    finally:
        connection.close()
    return response.status, json.loads(said) if said else None


def sent(port: int, data: bytes) -> bytes:
    """Send bytes and return all that comes back until the gateway closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT) as connection:
        connection.sendall(data)
        said = b""
        with contextlib.suppress(ConnectionResetError):  # it closed while there was more of ours to read
            while piece := connection.recv(65536):
                said += piece
    return said
