"""A real ssh logs in to a real sshd with a key from an agent, a memfd or a file; known hosts are the declared ones."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from orqo_vault import Vault
from orqo_vault.backend import Deadline, Expected
from orqo_vault.errors import InvalidFieldError
from orqo_vault.secret import Secret
from orqo_vault.vault.prepared import PreparedRun
from tests.delivery.stage import children, open_vault, processes
from tests.probes.ssh_server import Ssh, new_key, ssh_server

WAYS = ("agent", "memfd", "file")
SEALED = "open sesame 42"
CLOSED = {"BatchMode": "yes", "StrictHostKeyChecking": "yes", "GlobalKnownHostsFile": "none", "UpdateHostKeys": "no"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an open key and the same one sealed."""
    folder = tmp_path_factory.mktemp("keys")
    new_key(folder / "open")
    (folder / "sealed").write_bytes((folder / "open").read_bytes())
    (folder / "sealed").chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", SEALED, "-f", folder / "sealed"], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Iterator[Ssh]:
    with ssh_server(tmp_path_factory.mktemp("sshd"), keys / "open.pub") as ssh:
        yield ssh


def vault_with(folder: Path, way: str, key: str, known_hosts: str, passphrase: str = "") -> Vault:
    entry = f"category: ssh_key, type: ssh_key, deliver: {way}, values: {{known_hosts: '{known_hosts}'}}"
    secret = {"private_key": key, **({"passphrase": passphrase} if passphrase else {})}
    return open_vault(folder, f"  k: {{name: K, key: KEY, {entry}}}\n", {"k": secret})


def ssh(run: PreparedRun, server: Ssh, words: str, *, stdin: int | None = None) -> subprocess.Popen[bytes]:
    """Start ssh as a user would, with what the run says and nothing else."""
    variables = run.environment
    options = {**CLOSED, "UserKnownHostsFile": variables["KEY_KNOWN_HOSTS_FILE"]}
    if "KEY_FILE" in variables:
        options |= {"IdentityFile": variables["KEY_FILE"], "IdentitiesOnly": "yes", "IdentityAgent": "none"}
    named = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    return subprocess.Popen(
        ["ssh", "-F", "none", *named, "-p", str(server.port), f"{server.user}@localhost", words],
        env=run.child_env(os.environ),
        pass_fds=run.pass_fds,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("way", WAYS)
def test_ssh_logs_in(tmp_path: Path, keys: Path, server: Ssh, way: str) -> None:
    vault = vault_with(tmp_path, way, (keys / "open").read_text(), server.known_hosts)
    with vault.prepare(only=["k"]) as run:
        assert "KEY" not in run.environment
        out, err = ssh(run, server, "echo in").communicate(timeout=60)
        assert (out, err) == (b"in\n", b"")


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_is_not_the_declared_one_gets_no_login(tmp_path: Path, keys: Path, server: Ssh, way: str) -> None:
    new_key(tmp_path / "other-host")
    other = " ".join((tmp_path / "other-host.pub").read_text().split()[:2])
    vault = vault_with(tmp_path, way, (keys / "open").read_text(), f"[localhost]:{server.port} {other}")
    with vault.prepare(only=["k"]) as run:
        _, err = ssh(run, server, "echo in").communicate(timeout=60)
        assert b"Host key verification failed" in err


def test_an_agent_opens_a_sealed_key_and_tells_nobody_the_passphrase(tmp_path: Path, keys: Path, server: Ssh) -> None:
    vault = vault_with(tmp_path, "agent", (keys / "sealed").read_text(), server.known_hosts, SEALED)
    with vault.prepare(only=["k"]) as run:
        assert sorted(run.environment) == ["KEY_KNOWN_HOSTS_FILE", "KEY_PUBLIC", "SSH_AUTH_SOCK"]
        assert ssh(run, server, "echo in").communicate(timeout=60)[0] == b"in\n"


def test_one_agent_holds_the_keys_of_all_credentials_and_ends_with_the_run(tmp_path: Path) -> None:
    entry = "category: ssh_key, type: ssh_key, deliver: agent"
    declared = "".join(f"  {id}: {{name: K, key: {id.upper()}, {entry}}}\n" for id in "ab")
    secrets = {id: {"private_key": new_key(tmp_path / id)} for id in "ab"}
    before = children(os.getpid())
    with open_vault(tmp_path, declared, secrets).prepare(only=["a", "b"]) as run:
        environment = run.child_env(os.environ)
        listed = subprocess.run(["ssh-add", "-L"], env=environment, capture_output=True, text=True, check=True).stdout
        public = [" ".join(line.split()[:2]) for line in listed.splitlines()]
        assert public == [environment["A_PUBLIC"], environment["B_PUBLIC"]]
        socket = Path(environment["SSH_AUTH_SOCK"])
        assert socket.is_socket()
    assert not socket.exists()
    assert children(os.getpid()) == before


def test_a_key_that_no_agent_takes_stops_the_run_by_name(tmp_path: Path, runtime: Path) -> None:
    vault = vault_with(tmp_path, "agent", new_key(tmp_path / "id"), "")
    reference = vault.backends.place(vault.credentials["k"])[1]
    now, before = Deadline(5), children(os.getpid())
    vault.backends.get("local").write(
        reference, Secret({"private_key": "kanari"}), if_version=Expected.ANY, deadline=now
    )
    with pytest.raises(InvalidFieldError, match="credential 'k', field 'private_key': is not a private key") as caught:
        vault.prepare(only=["k"])
    assert "kanari" not in str(caught.value)
    assert not list(runtime.iterdir())
    assert children(os.getpid()) == before


@pytest.mark.parametrize("way", ["agent", "memfd"])
def test_the_key_is_on_no_disk_in_no_command_line_and_in_no_environment(
    tmp_path: Path, keys: Path, server: Ssh, way: str, runtime: Path, home: Path
) -> None:
    """While ssh is logged in: everything that a look around this machine would find."""
    key = (keys / "open").read_text()
    secret = key.splitlines()[3].encode()  # of a key's text the lines differ, and this one is of its secret half
    vault = vault_with(tmp_path, way, key, server.known_hosts)
    with vault.prepare(only=["k"]) as run:
        running = ssh(run, server, "echo in; cat", stdin=subprocess.PIPE)
        assert running.stdout is not None
        assert running.stdout.readline() == b"in\n"
        seen = {pid: _said(pid) for pid in processes() if pid != os.getpid()}
        assert running.pid in seen
        assert [pid for pid, said in seen.items() if secret in said] == []
        for folder in (tmp_path, home, runtime):
            assert [file for file in folder.rglob("*") if file.is_file() and secret in file.read_bytes()] == []
        assert running.communicate(timeout=60)[0] == b""


def _said(pid: int) -> bytes:
    said = b""
    for part in ("cmdline", "environ"):
        try:
            said += Path(f"/proc/{pid}/{part}").read_bytes()
        except OSError:  # it ended, or is not ours to look at
            continue
    return said
