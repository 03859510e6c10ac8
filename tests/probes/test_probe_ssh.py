"""SSH keys, tested with the real ssh against a real sshd."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.probes import Outcome, ProbeResult
from tests.probes.conftest import Stage
from tests.probes.ssh_server import Ssh, agent_with, new_key, ssh_server


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the authorized key, one that is not, and a sealed copy's public part."""
    folder = tmp_path_factory.mktemp("keys")
    new_key(folder / "right", "open sesame 42")
    new_key(folder / "wrong")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Iterator[Ssh]:
    with ssh_server(tmp_path_factory.mktemp("sshd"), keys / "right.pub") as ssh:
        yield ssh


def log_in(stage: Stage, server: Ssh, key: Path, passphrase: str = "", **values: Any) -> ProbeResult:
    secret = {"private_key": key.read_text(), **({"passphrase": passphrase} if passphrase else {})}
    values = {"known_hosts": server.known_hosts, **values}
    test = {"host": "localhost", "port": server.port, "user": server.user}
    return stage.test("ssh_key", secret, values=values, test=test)


def test_a_key_that_the_server_knows_is_ok_also_when_it_is_sealed(stage: Stage, server: Ssh, keys: Path) -> None:
    result = log_in(stage, server, keys / "right", "open sesame 42")
    assert (result.outcome, result.reason) == (Outcome.OK, "")
    assert "Accepted publickey" in server.log
    assert "Starting session" not in server.log  # no command was run


def test_a_key_that_the_server_does_not_know_is_failing(stage: Stage, server: Ssh, keys: Path) -> None:
    result = log_in(stage, server, keys / "wrong")
    assert (result.outcome, result.reason) == (
        Outcome.FAILING,
        f"localhost does not let {server.user} in with this key",
    )


def test_another_server_than_the_known_one_gets_no_login(stage: Stage, server: Ssh, keys: Path, tmp_path: Path) -> None:
    new_key(tmp_path / "other-host")
    kind, key = (tmp_path / "other-host.pub").read_text().split()[:2]
    before = server.log.count("Accepted publickey")
    result = log_in(
        stage, server, keys / "right", "open sesame 42", known_hosts=f"[localhost]:{server.port} {kind} {key}"
    )
    assert (result.outcome, server.log.count("Accepted publickey")) == (Outcome.REFUSED, before)
    assert "not the server in known_hosts" in result.reason


def test_a_server_that_nothing_is_known_of_gets_no_login(stage: Stage, server: Ssh, keys: Path) -> None:
    secret = {"private_key": (keys / "wrong").read_text()}
    result = stage.test("ssh_key", secret, test={"host": "localhost", "port": server.port, "user": server.user})
    assert result.outcome is Outcome.REFUSED
    assert "ssh-keyscan localhost" in result.reason


def test_the_users_own_agent_has_no_word(
    stage: Stage, server: Ssh, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with agent_with(keys / "right", "open sesame 42", tmp_path) as path:
        monkeypatch.setenv("SSH_AUTH_SOCK", path)
        assert log_in(stage, server, keys / "wrong").outcome is Outcome.FAILING


def test_nothing_stays_behind(
    stage: Stage, server: Ssh, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    for key in ("right", "wrong"):
        log_in(stage, server, keys / key, "open sesame 42" if key == "right" else "")
    assert list(runtime.rglob("*")) == []


def test_a_server_that_says_nothing_is_unreachable(stage: Stage, server: Ssh, keys: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        secret = {"private_key": (keys / "wrong").read_text()}
        values = {"known_hosts": server.known_hosts.replace(str(server.port), str(port))}
        test = {"host": "localhost", "port": port, "user": server.user}
        with stage.declare("ssh_key", secret, values=values, test=test) as vault:
            result = vault.test("c", seconds=1)
    assert (result.outcome, result.reason) == (Outcome.UNREACHABLE, "localhost: no answer within 1 s")


def test_without_a_server_it_is_not_testable(stage: Stage, keys: Path) -> None:
    result = stage.test("ssh_key", {"private_key": (keys / "wrong").read_text()})
    assert result.outcome is Outcome.NOT_TESTABLE
