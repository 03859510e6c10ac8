"""A Secrets Manager to test against, over HTTP: the real answers from moto, the rest from a wire that we hold."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings

from orqo_vault.backend import BackendContext, Deadline, Expected
from orqo_vault.secret import Secret

from .wire import Call, Wire

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


@pytest.fixture
def wire(moto: Moto) -> Iterator[Wire]:
    """The way to moto, counted and disturbed as the test says."""
    wire = Wire(moto.address)
    yield wire
    wire.close()


class Account:
    """A backend on the wire, spoken to in paths and plain fields."""

    def __init__(self, backend: AwsBackend, wire: Wire, around: Surroundings) -> None:
        self.backend = backend
        self.wire = wire
        self.around = around

    def soon(self, seconds: float = 30) -> Deadline:
        return Deadline(seconds)

    def put(self, path: str, fields: dict[str, str], if_version: Any = Expected.ANY, **more: Any) -> str:
        reference = AwsReference(path=path, **more)
        return self.backend.write(reference, Secret(fields), if_version=if_version, deadline=self.soon())

    def get(self, path: str, seconds: float = 30, **more: Any) -> dict[str, str] | None:
        stored = self.backend.read(AwsReference(path=path, **more), deadline=self.soon(seconds))
        return stored.secret.reveal() if stored is not None else None

    def get_all(self, *paths: str) -> dict[str, dict[str, str]]:
        found = self.backend.read_many([AwsReference(path=path) for path in paths], deadline=self.soon())
        return {str(reference): stored.secret.reveal() for reference, stored in found.items()}

    def delete(self, path: str, **more: Any) -> bool:
        return self.backend.delete(AwsReference(path=path), deadline=self.soon(), **more)

    def raw(self, operation: str, **parameters: Any) -> Any:
        """What somebody else would do, past the wire."""
        headers = {
            "X-Amz-Target": f"secretsmanager.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/eu-central-1/secretsmanager/aws4_request",
        }
        connection = HTTPConnection(self.wire.target)
        try:
            connection.request("POST", "/", json.dumps(parameters), headers)
            response = connection.getresponse()
            answer = json.loads(response.read() or b"{}")
        finally:
            connection.close()
        assert response.status == 200, answer
        return answer


@pytest.fixture
def open_account(
    wire: Wire, around: Surroundings, aws_context: Callable[..., BackendContext]
) -> Iterator[Callable[..., Account]]:
    """Opens backends on the wire with the given settings; ``environ`` is added to the usual one."""
    opened: list[AwsBackend] = []

    def make(environ: dict[str, str] | None = None, **settings: Any) -> Account:
        backend = AwsBackend(AwsSettings(**settings), aws_context(wire.address, **(environ or {})))
        opened.append(backend)
        return Account(backend, wire, around)

    yield make
    for backend in opened:
        backend.close()


@pytest.fixture
def account(open_account: Callable[..., Account]) -> Account:
    return open_account()


@pytest.fixture
def wrong_process_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only what the context lends may be used: the process's own variables lead astray here."""
    wrong = {
        "AWS_ACCESS_KEY_ID": "AKIAWRONGWRONGWRONG0",
        "AWS_SECRET_ACCESS_KEY": "wrong",
        "AWS_SESSION_TOKEN": "wrong-token",
        "AWS_REGION": "xx-wrong-1",
        "AWS_DEFAULT_REGION": "xx-wrong-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_CA_BUNDLE": str(tmp_path / "no-such-bundle"),
        "AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/wrong",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "no-such-token"),
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "HTTP_PROXY": "http://127.0.0.1:1",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def aws_files(around: Any) -> Path:
    home = Path(around.context().environ["HOME"])
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=x\n"
        "[work]\naws_access_key_id=AKIAWORK\naws_secret_access_key=x\n"
    )
    role = "role_arn = arn:aws:iam::222222222222:role/reader\nsource_profile = work\n"
    (home / ".aws" / "config").write_text(
        "[profile work]\nregion = eu-west-3\n"
        f"[profile reader]\n{role}region = eu-west-3\n"
        f"[profile mfa]\n{role}mfa_serial = arn:aws:iam::1:mfa/me\n"
        f"[profile tool]\nregion = eu-west-3\ncredential_process = /bin/cat {home}/login.json\n"
    )
    (home / "login.json").write_text('{"Version": 1, "AccessKeyId": "AKIATOOL", "SecretAccessKey": "x"}')
    return home / ".aws"


@pytest.fixture
def through(wire: Wire, around: Surroundings) -> Callable[..., Call]:
    """Reads over the wire with no login but the given one, and returns the call that it became."""

    def read(environ: dict[str, str], **settings: Any) -> Call:
        context = around.context({"AWS_ENDPOINT_URL": wire.address, **environ})
        with AwsBackend(AwsSettings(**settings), context) as backend:
            backend.read(AwsReference(path="mail"), deadline=Deadline(30))
        return wire.calls[-1]

    return read
