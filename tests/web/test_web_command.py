"""The command: it prints an address that logs in once, obeys signals, and refuses to be reachable from elsewhere."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.web.stage import Client, Project


@contextmanager
def running(project: Project, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "orqo_vault", "--no-input", "-c", str(project.file), "web", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline().strip()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_an_address_that_logs_in_once_and_stops_when_told(project: Project, stop: signal.Signals) -> None:
    with running(project) as process:
        origin, _, code = line(process).partition("/#code=")
        assert len(code) == 22
        client = Client(int(origin.rpartition(":")[2])).log_in(code)
        assert client.api("GET", "/credentials").json["declared"] == 2
        assert client.api("POST", "/session", {"code": code}).status == 401
        process.send_signal(stop)
        rest, errors = process.communicate(timeout=30)
        assert "Traceback" not in errors
        assert str(client.token) not in errors + rest


def test_it_opens_a_browser_without_the_code_on_its_command_line(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, browser = tmp_path / "told", tmp_path / "browser"
    os.mkfifo(told)
    browser.write_text(f'#!/bin/sh\necho "$@" > {told}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    with running(project, "--open") as process:
        origin = line(process).partition("/#code=")[0]
        page = Path(told.read_text().strip().removeprefix("file://"))
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        code = page.read_text().partition(f"url={origin}/#code=")[2].partition('"')[0]
        Client(int(origin.rpartition(":")[2])).log_in(code)


def test_read_only_shows_and_changes_nothing(project: Project) -> None:
    with running(project, "--read-only") as process:
        origin, _, code = line(process).partition("/#code=")
        client = Client(int(origin.rpartition(":")[2])).log_in(code)
        etag = client.api("GET", "/credentials/mail").etag
        refused = client.api("PATCH", "/credentials/mail", {"declaration": {"name": "X"}}, match=etag)
        assert (refused.status, refused.code) == (403, "read_only")
        assert "--read-only" in client.api("GET", "/session").json["read_only"]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["--host", "0.0.0.0"], 4, "needs TLS"),
        (["--host", "0.0.0.0", "--tls-certificate", "c.pem", "--tls-key", "k.pem"], 4, "one by one"),
        (["--tls-key", "k.pem"], 2, "belong together"),
        (["--behind-proxy"], 2, "no web: section"),
    ],
)
def test_what_would_not_be_safe_is_refused(project: Project, arguments: list[str], status: int, says: str) -> None:
    with running(project, *arguments) as process:
        _, errors = process.communicate(timeout=30)
        assert process.returncode == status
        assert says in errors


def test_a_port_that_is_taken_is_named(project: Project) -> None:
    with running(project) as first:
        port = line(first).partition("/#code=")[0].rpartition(":")[2]
        with running(project, "--port", port) as second:
            _, errors = second.communicate(timeout=30)
            assert second.returncode == 4
            assert f"127.0.0.1:{port}" in errors
