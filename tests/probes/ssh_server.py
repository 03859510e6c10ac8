"""A real sshd on this machine, which lets in who holds one key."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass
class Ssh:
    """A server that runs."""

    port: int
    user: str
    known_hosts: str
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()


def new_key(path: Path, passphrase: str = "") -> str:
    """Make a key pair at ``path`` and return the private key."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run(words, check=True, capture_output=True)
    return path.read_text()


@contextmanager
def ssh_server(folder: Path, authorized: Path) -> Iterator[Ssh]:
    """Serve until the block ends; whoever holds the key of the ``authorized`` public one may log in."""
    assert SSHD is not None, "sshd is missing: install openssh-server"
    new_key(folder / "host")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "keys").write_text(authorized.read_text())
    options = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "keys",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
        "LogLevel": "VERBOSE",
    }
    (folder / "config").write_text("".join(f"{name} {value}\n" for name, value in options.items()))
    Path("/run/sshd").mkdir(exist_ok=True)  # it starts only where there is one, and uses it as root only
    words = [SSHD, "-D", "-e", "-f", str(folder / "config")]
    with (folder / "log").open("wb") as log, subprocess.Popen(words, stderr=log) as server:
        try:
            _wait_for(port, server, folder)
            kind, key = (folder / "host.pub").read_text().split()[:2]
            yield Ssh(port, getpass.getuser(), f"[localhost]:{port} {kind} {key}", folder)
        finally:
            server.terminate()


@contextmanager
def agent_with(key: Path, passphrase: str, folder: Path) -> Iterator[str]:
    """Run an agent that holds the key until the block ends; yield its socket."""
    copy, path = folder / "copy", folder / "agent"
    shutil.copy(key, copy)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", passphrase, "-N", "", "-f", copy], check=True, capture_output=True)
    with subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        agent.stdout.readline()  # it says where it listens
        environment = {**os.environ, "SSH_AUTH_SOCK": str(path)}
        subprocess.run(["ssh-add", "-q", copy], env=environment, check=True, capture_output=True)
        yield str(path)
        agent.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"sshd does not answer: {(folder / 'log').read_text()}")
