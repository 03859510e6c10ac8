"""A vault with its secrets in memory, and what a test wants to know about processes and their ends."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orqo_vault import Surroundings, Vault
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import BackendDeclaration

ROOT = Path(__file__).parents[2]
MEMORY = BackendDeclaration("local", "memory", class_path="orqo_vault.testing.memory:MemoryBackend")
SECONDS = 60.0
"""Only a hang takes so long."""


def open_vault(folder: Path, credentials: str, secrets: Mapping[str, Mapping[str, str]], runs: str = "{}") -> Vault:
    """Return the vault of a project with these credentials, and with these values stored for them."""
    file = folder / "orqo-vault.yaml"
    file.write_text(f"backends: {{local: {{type: nowhere}}}}\ncredentials:\n{credentials}\nruns: {runs}\n")
    environ = dict(os.environ)
    settings = replace(load_settings(file, environ=environ), backends={"local": MEMORY})
    vault = Vault(settings, surroundings=Surroundings(environ=environ))
    for id, fields in secrets.items():
        vault.put(id, fields)
    return vault


def token(id: str, deliver: str, more: str = "") -> str:
    """Return the declaration of an API token; its key is its id in upper case."""
    return f"  {id}: {{name: T, key: {id.upper()}, category: runtime, type: api_token, deliver: {deliver}{more}}}\n"


@dataclass
class Engine:
    """A Python engine in a process of its own, inside the block of its run."""

    process: subprocess.Popen[str]
    said: dict[str, Any]

    @property
    def variables(self) -> dict[str, str]:
        found: dict[str, str] = self.said["variables"]
        return found

    def helpers(self) -> list[int]:
        """Return its children: the shells that wait for its end."""
        return children(self.process.pid)

    def kill(self, signal: int) -> None:
        """Send it the signal and wait until it and its helpers are gone."""
        others = [os.pidfd_open(pid) for pid in self.helpers()]
        self.process.send_signal(signal)
        self.process.wait(SECONDS)
        for other in others:
            wait_for_end(other)


@contextmanager
def engine(folder: Path, credentials: str, secrets: Mapping[str, Mapping[str, str]], act: str) -> Iterator[Engine]:
    """Start an engine that prepares a run of all credentials and then acts: ``wait``, ``raise``, ``exit``."""
    command = [sys.executable, "-m", "tests.delivery.engine", str(folder), act]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps([credentials, secrets]) + "\n")
            process.stdin.flush()
            yield Engine(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()


def children(pid: int) -> list[int]:
    """Return the processes whose parent this is."""
    return [other for other in processes() if _parent(other) == pid]


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def wait_for_end(descriptor: int) -> None:
    """Return when the process behind a pidfd is gone."""
    ended, _, _ = select.select([descriptor], [], [], SECONDS)
    os.close(descriptor)
    assert ended, "it did not end"


def run_folders(place: str = "/dev/shm") -> set[str]:
    """Return the folders of runs in a place."""
    return {name for name in os.listdir(place) if name.startswith("orqo-vault.")}


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])
    except OSError:
        return 0
