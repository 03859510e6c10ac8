"""The way to a server: where it may lead, how long it may take, and whom it trusts."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from orqo_vault.probes import Outcome
from orqo_vault.probes.addresses import forbidden
from tests.probes.conftest import SECRET, Stage
from tests.probes.servers import Website, website


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_no_probe_goes_to(address: str, stage: Stage) -> None:
    host = f"[{address}]" if ":" in address else address
    result = stage.token({"url": f"https://{host}/latest/meta-data"})
    assert result.outcome is Outcome.REFUSED
    assert address in result.reason


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "8.8.8.8", "2606:4700::1111"])
def test_a_probe_may_go_to(address: str) -> None:
    assert forbidden(ipaddress.ip_address(address)) is None


def test_a_name_that_leads_to_such_an_address_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    result = stage.token({"url": "https://innocent.example/"})
    assert (result.outcome, result.reason) == (
        Outcome.REFUSED,
        "innocent.example is a link-local address (169.254.169.254): not contacted",
    )


def test_a_server_with_a_certificate_that_nobody_trusts_gets_nothing(stage: Stage, site: Website) -> None:
    result = stage.token({"url": site.url})
    assert (result.outcome, site.asked) == (Outcome.REFUSED, [])
    assert "certificate is not trusted" in result.reason


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_used_is_named(
    content: str | None, stage: Stage, site: Website, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "corp.pem").write_text(content)
    result = stage.token({"url": site.url, "ca_file": "corp.pem"})
    assert (result.outcome, site.asked) == (Outcome.REFUSED, [])
    assert "ca_file corp.pem" in result.reason


def test_a_server_with_the_name_of_another_gets_nothing(stage: Stage, ca: trustme.CA, trusted: str) -> None:
    with website(ca.issue_cert("other.example")) as site:
        result = stage.token({"url": site.url, "ca_file": trusted})
        assert (result.outcome, site.asked) == (Outcome.REFUSED, [])


def test_plain_http_stays_on_this_machine(stage: Stage, plain_site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stage.token({"url": plain_site.url}).outcome is Outcome.OK
    elsewhere = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", plain_site.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: elsewhere)
    result = stage.token({"url": plain_site.url})  # a machine whose "localhost" is another one
    assert (result.outcome, len(plain_site.asked)) == (Outcome.REFUSED, 1)


def test_no_proxy_of_the_environment_is_used(
    stage: Stage, site: Website, plain_site: Website, trusted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, plain_site.url)
    assert stage.token({"url": site.url, "ca_file": trusted}).outcome is Outcome.OK
    assert plain_site.asked == []


def test_no_session_key_is_logged(
    stage: Stage, site: Website, trusted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keylog"))
    assert stage.token({"url": site.url, "ca_file": trusted}).outcome is Outcome.OK
    assert "SECRET" not in (tmp_path / "keylog").read_text()


def test_nobody_there_is_unreachable(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    result = stage.token({"url": f"http://127.0.0.1:{port}/"})
    assert (result.outcome, result.reason) == (Outcome.UNREACHABLE, f"127.0.0.1:{port}: nobody listens there")


def test_a_name_that_is_not_known_is_unreachable(stage: Stage) -> None:
    assert stage.token({"url": "https://nobody.invalid/"}).outcome is Outcome.UNREACHABLE


def test_a_resolver_that_hangs_ends_with_the_time_limit(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        release.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with stage.declare("api_token", {"token": SECRET}, test={"url": "https://slow.example/"}) as vault:
        result = vault.test("c", seconds=0.3)
    release.set()
    assert (result.outcome, result.reason) == (Outcome.UNREACHABLE, "slow.example: its address was not found in time")


@contextmanager
def talking(speak: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """Serve one connection with ``speak``; yield the port."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                speak(connection, done)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            done.set()
            thread.join()


def silence(connection: socket.socket, done: threading.Event) -> None:
    done.wait(60)


def drip(connection: socket.socket, done: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not done.wait(0.02):
        try:
            connection.sendall(b"X")
        except OSError:
            return


def noise(connection: socket.socket, done: threading.Event) -> None:
    connection.recv(4096)
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


@pytest.mark.parametrize("speak", [silence, drip])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_never_ends_its_answer_ends_with_the_time_limit(
    speak: Callable[[socket.socket, threading.Event], None], scheme: str, stage: Stage
) -> None:
    with talking(speak) as port:
        url = f"{scheme}://127.0.0.1:{port}/"
        with stage.declare("api_token", {"token": SECRET}, test={"url": url}) as vault:
            result = vault.test("c", seconds=0.5)
    assert result.outcome is Outcome.UNREACHABLE
    if scheme == "http" or speak is silence:
        assert result.reason == f"127.0.0.1:{port}: no answer within 0.5 s"


def test_a_server_of_another_kind_is_unreachable(stage: Stage) -> None:
    with talking(noise) as port:
        result = stage.token({"url": f"http://127.0.0.1:{port}/"})
    assert result.outcome is Outcome.UNREACHABLE
    assert "does not speak HTTP" in result.reason
