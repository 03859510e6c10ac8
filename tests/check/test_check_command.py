"""``check``: everything a run needs, all of it at once, with a status for CI, and never a question to nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.cli.main import main
from orqo_vault.vault import Surroundings, Vault

SETTINGS = """\
version: 1
default_backend: local
backends:
  local: {type: encrypted-file, path: .store}
credentials:
  a: {name: A, key: A, category: custom, type: api_token}
  b: {name: B, key: B, category: custom, type: username_password}
  twin: {name: Twin, key: A, category: custom, type: api_token}
  off: {name: Off, key: OFF, category: custom, type: api_token, enabled: false}
  old: {name: Old, key: OLD, category: custom, type: api_token, expires_at: "2020-01-01T00:00:00Z"}
  lib: {name: Lib, key: LD_AUDIT, category: custom, type: api_token}
  ai: {name: AI, key: AI, category: llm_provider, type: api_token, provider: acme, mode: platform}
runs:
  default: {credentials: [a]}
  both: {credentials: [a, b]}
  wild: {credentials: [lib], allow_variables: [LD_AUDIT]}
  tame: {credentials: [lib]}
  strict: {credentials: [a], on_conflict: error}
  worst: {credentials: [a, twin, b, off, old, ai]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "orqo-vault.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Checked:
    """``check --json``: its status, and what it says about whom."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, dict[str, str | None], dict[str, str]]:
        status = main(["check", "--json", *words])
        said: Any = json.loads(self._capsys.readouterr().out)
        assert said["ok"] is (status == 0)
        problems = {f"{each['subject']}: {each['message']}": each["code"] for each in said["problems"]}
        return status, problems, {each["subject"]: each["message"] for each in said["notes"]}


@pytest.fixture
def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> Checked:
    with Vault.open(folder / "orqo-vault.yaml", surroundings=Surroundings(environ=dict(os.environ))) as vault:
        vault.put("a", {"token": "secret-a"})
    return Checked(capsys)


def test_a_run_with_all_it_needs_is_status_0(check: Checked) -> None:
    assert check()[:2] == (0, {})


def test_everything_that_stops_a_run_is_said_at_once(check: Checked) -> None:
    status, problems, _ = check("--run", "worst")
    text = "\n".join(problems)
    assert status == 3
    assert "off: credential 'off' is disabled" in text
    assert "old: credential 'old' expired at 2020" in text
    assert "A would be set by 'a' (token) and 'twin' (token)" in text
    assert "b: not stored: b.username, b.password" in text


def test_a_platform_key_without_a_provider_is_a_problem(check: Checked) -> None:
    status, problems, _ = check("--only", "ai")
    assert (status, set(problems.values())) == (3, {"no_platform_provider"})


def test_a_dangerous_name_is_a_problem_of_the_run_that_does_not_allow_it(check: Checked) -> None:
    assert "unsafe_name" in check("--run", "tame")[1].values()
    assert "unsafe_name" not in check("--run", "wild")[1].values()


def test_a_variable_that_is_there_already_stops_a_run_that_says_so(
    check: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check("--run", "strict")[0] == 0
    monkeypatch.setenv("A", "here already")
    status, problems, _ = check("--run", "strict")
    assert (status, list(problems.values())) == (3, ["environment_conflict"])
    assert "here already" not in str(problems)
    assert check("--run", "strict", "--clean-env")[0] == 0


def test_every_run_is_checked_and_no_credential_that_no_run_has(check: Checked, folder: Path) -> None:
    (folder / "orqo-vault.yaml").write_text(SETTINGS.partition("  worst")[0])
    status, problems, _ = check("--all-runs")
    assert status == 3
    assert {problem.partition(":")[0] for problem in problems} == {"b", "lib"}


def test_an_end_that_is_near_is_noted(check: Checked, folder: Path) -> None:
    soon = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    (folder / "orqo-vault.yaml").write_text(
        SETTINGS.replace(
            "key: A, category: custom, type: api_token}",
            f'key: A, category: custom, type: api_token, expires_at: "{soon}"}}',
            1,
        )
    )
    status, problems, notes = check()
    assert (status, problems) == (0, {})
    assert notes["a"].startswith("expires at ")


def test_a_backend_nobody_can_ask_is_a_problem_unless_what_is_inherited_is_named(check: Checked, folder: Path) -> None:
    (folder / "orqo-vault.yaml").write_text(SETTINGS.replace("backends:\n", "backends:\n  gone: {type: elsewhere}\n"))
    status, problems, _ = check()
    assert (status, list(problems.values())) == (4, ["plugin"])
    assert check("--clean-env")[0] == 0


def test_what_this_machine_cannot_deliver_is_a_problem(
    check: Checked, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "orqo-vault.yaml").write_text(
        SETTINGS.replace(
            "  b: {", "  ssh: {name: S, key: SSH, category: ssh_key, type: ssh_key, deliver: agent}\n  b: {"
        )
    )
    monkeypatch.setenv("PATH", str(folder))
    status, problems, _ = check("--only", "ssh")
    assert status == 3
    assert "ssh-agent and ssh-add, not installed here" in " ".join(problems)
    assert set(problems.values()) == {"delivery", "missing_secrets"}


def test_a_secret_file_needs_memory_unless_the_run_lets_it_touch_the_disk(
    check: Checked, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orqo_vault.delivery import memory

    (folder / "orqo-vault.yaml").write_text(
        SETTINGS.replace("type: api_token}", "type: api_token, deliver: file}", 1).replace(
            "runs:\n", "runs:\n  loose: {credentials: [a], allow_disk: true}\n"
        )
    )
    assert check()[0] == 0
    monkeypatch.setattr(memory, "SHARED_MEMORY", str(folder))  # a machine that keeps no folder in memory
    monkeypatch.setenv("TMPDIR", str(folder))
    status, problems, _ = check()
    assert (status, list(problems.values())) == (1, ["delivery"])
    assert check("--run", "loose")[0] == 0


@pytest.mark.parametrize("words", [("--all-runs", "--all"), ("--all-runs", "--run", "x"), ("--all", "--only", "x")])
def test_one_thing_is_checked_at_a_time(folder: Path, words: tuple[str, ...]) -> None:
    assert main(["check", *words]) == 2


@pytest.mark.parametrize("stdin", ["closed", "/dev/null", "pipe", "endless pipe"])
def test_nobody_is_asked_where_nobody_is(folder: Path, tmp_path_factory: pytest.TempPathFactory, stdin: str) -> None:
    """The store opens with a passphrase only: with a terminal, somebody would be asked for it."""
    passphrase = tmp_path_factory.mktemp("elsewhere") / "passphrase"
    passphrase.write_text("correct horse battery staple")
    passphrase.chmod(0o600)
    opened = {**os.environ, "ORQO_VAULT_PASSPHRASE_FILE": str(passphrase)}
    command = [sys.executable, "-m", "orqo_vault"]
    subprocess.run([*command, "store", "init"], env=opened, check=True, capture_output=True)
    subprocess.run([*command, "set", "a"], env=opened, input=b"secret-a", check=True, capture_output=True)
    read, write = os.pipe()
    try:
        given: dict[str, Any] = {
            "closed": {"preexec_fn": lambda: os.close(0)},
            "/dev/null": {"stdin": subprocess.DEVNULL},
            "pipe": {"input": b"correct horse battery staple\n"},
            "endless pipe": {"stdin": read},
        }[stdin]
        done = subprocess.run(
            [*command, "check"], **given, capture_output=True, start_new_session=True, timeout=60, check=False
        )
    finally:
        os.close(read)
        os.close(write)
    assert done.returncode == 5
    assert b"is locked" in done.stdout
    assert b"passphrase of store" not in done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer(tmp_path_factory.mktemp("bao")) as running:
        yield running


def test_a_secret_that_is_made_when_it_is_read_is_not_made_by_a_check(
    folder: Path, server: LocalServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.api("POST", "cubbyhole/made", {"token": "x"})
    (folder / "orqo-vault.yaml").write_text(
        f'backends: {{corp: {{type: hashicorp-vault, address: "{server.address}"}}}}\n'
        "credentials: {m: {name: M, key: M, category: custom, type: api_token, at: {engine: cubbyhole, path: made}}}\n"
    )
    monkeypatch.setenv("VAULT_ADDR", server.address)
    monkeypatch.setenv("VAULT_TOKEN", server.root_token)
    status, problems, notes = Checked(capsys)("--only", "m")
    assert (status, problems) == (0, {})
    assert "made anew whenever a run reads it" in notes["m"]
    assert "read cubbyhole/made" not in server.calls()
