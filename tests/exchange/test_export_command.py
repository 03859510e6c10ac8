"""``orqo-vault export``: what it prints, where it writes, and when it does neither."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from orqo_vault.exchange.formats import format_names

from .awkward import AWKWARD
from .consumers import CONSUMERS, github, github_masks

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

CREDENTIALS = """
credentials:
  openai: {name: OpenAI key, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai}
  mail: {name: Mail, key: SMTP, category: communication, type: email_smtp, values: {host: smtp.acme.example}}
  odd: {name: Odd, key: ODD, category: custom, type: custom, fields: [value]}
  hosted: {name: Hosted, key: HOSTED_KEY, category: llm_provider, type: api_token, provider: acme, mode: platform}
  deploy: {name: Deploy, key: DEPLOY, category: custom, type: custom, fields: [token], deliver: {token: file}}
runs:
  default: {credentials: [openai, mail]}
"""
DEFAULT_RUN = {
    "OPENAI_API_KEY": "sk-live-1",
    "SMTP": "it's a\n$ecret",
    "SMTP_HOST": "smtp.acme.example",
    "SMTP_PASSWORD": "it's a\n$ecret",
    "SMTP_PORT": "587",
}
VALUES = ("sk-live", "ecret")


@pytest.fixture(autouse=True)
def stored(project: Path, cli: Cli) -> None:
    """Declare the credentials and store what the default run needs."""
    file = project / "orqo-vault.yaml"
    file.write_text(file.read_text() + CREDENTIALS)
    assert cli("set", "openai", stdin=b"sk-live-1").status == 0
    assert cli("set", "mail.password", "--exact", stdin=b"it's a\n$ecret").status == 0
    assert cli("set", "odd.value", "--exact", stdin=b"fine").status == 0


@pytest.mark.parametrize("consumer", ["python-dotenv", "json", "sh", "kubernetes", "systemd"])
def test_a_run_is_exported_to_a_pipe_by_a_real_process(cli: Cli, consumer: str) -> None:
    format_name, read = CONSUMERS[consumer]
    done = cli.process("export", "--format", format_name)

    assert (done.status, done.err) == (0, "")
    assert read(done.text) == DEFAULT_RUN


def test_a_shell_evaluates_it_in_one_line(cli: Cli, project: Path) -> None:
    import sys

    script = f'eval "$({sys.executable} -m orqo_vault export --format shell --only mail)" && printf %s "$SMTP_PASSWORD"'
    done = subprocess.run(["sh", "-c", script], cwd=project, capture_output=True, check=True)

    assert done.stdout == b"it's a\n$ecret"


@pytest.mark.parametrize("case", ["pem with crlf", "both quotes", "backslash before newline", "64 KiB of lines"])
def test_what_was_stored_comes_out_byte_for_byte(cli: Cli, case: str) -> None:
    assert cli("set", "odd.value", "--exact", stdin=AWKWARD[case].encode()).status == 0

    for format_name, read in CONSUMERS.values():
        done = cli("export", "--format", format_name, "--only", "odd", "-o", "out")
        if done.status == 0 and format_name != "github":
            assert read((cli.folder / "out").read_bytes().decode())["ODD_VALUE"] == AWKWARD[case]
        else:
            assert format_name in ("docker", "gitlab", "github")


def test_a_file_is_the_owners_only_whatever_it_was(cli: Cli, project: Path) -> None:
    target = project / "app.env"
    target.write_text("old")
    target.chmod(0o644)

    done = cli("export", "--format", "dotenv", "-o", "app.env")

    assert (done.status, done.out) == (0, b"")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert CONSUMERS["python-dotenv"][1](target.read_text()) == DEFAULT_RUN
    assert sorted(each.name for each in project.iterdir()) == [".orqo-vault", "app.env", "orqo-vault.yaml"]


@pytest.mark.parametrize("target", ["no/such/folder", ".", "fifo"])
def test_what_cannot_be_written_is_said_and_nothing_is_left(cli: Cli, project: Path, target: str) -> None:
    os.mkfifo(project / "fifo")

    done = cli("export", "--format", "json", "-o", target)

    assert done.status == 1
    assert target in done.err
    assert not list(project.glob(".*.tmp"))


def test_one_value_that_does_not_fit_stops_all_of_them(cli: Cli, project: Path) -> None:
    done = cli("export", "--format", "docker", "-o", "out.env")

    assert done.status == 1
    assert "mail.password (SMTP_PASSWORD), which has a newline" in done.err
    assert "hint: these formats can:" in done.err
    assert not (project / "out.env").exists()
    assert not any(value in done.err for value in VALUES)


def test_github_is_told_the_masks_before_the_variables_are_there(cli: Cli, project: Path) -> None:
    environment = project / "github_env"
    environment.write_text("BEFORE=1")

    done = cli.process("export", "--format", "github", env={"GITHUB_ENV": str(environment)})

    assert (done.status, done.err) == (0, "")
    assert set(github_masks(done.text)) == {"sk-live-1", "it's a\n$ecret", "it's a", "$ecret"}
    before, _, text = environment.read_text().partition("\n")
    assert before == "BEFORE=1"
    assert github(text) == DEFAULT_RUN


def test_github_masks_also_when_a_file_is_named(cli: Cli, project: Path) -> None:
    done = cli("export", "--format", "github", "--only", "openai", "-o", "out")

    assert done.out == b"::add-mask::sk-live-1\n"
    assert github((project / "out").read_text()) == {"OPENAI_API_KEY": "sk-live-1"}


def test_outside_of_a_github_job_nothing_is_printed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ENV", raising=False)
    done = cli("export", "--format", "github")

    assert (done.status, done.out) == (2, b"")
    assert "GITHUB_ENV is not set" in done.err


def test_a_github_env_that_is_not_there_is_not_made(cli: Cli, project: Path) -> None:
    done = cli.process("export", "--format", "github", env={"GITHUB_ENV": str(project / "gone")})

    assert done.status == 1
    assert "cannot be written" in done.err
    assert not (project / "gone").exists()


@pytest.mark.parametrize("format_name", format_names())
def test_a_terminal_is_refused(cli: Cli, project: Path, format_name: str) -> None:
    (project / "env").touch()
    session = cli.terminal("export", "--format", format_name, env={"GITHUB_ENV": str(project / "env")})
    session.expect(pexpect.EOF)
    session.close()

    assert session.exitstatus == 2
    assert b"standard output is a terminal" in session.before
    assert not any(value.encode() in session.before for value in VALUES)
    assert (project / "env").read_text() == ""


def test_a_terminal_gets_it_when_it_is_meant(cli: Cli) -> None:
    session = cli.terminal("export", "--format", "json", "--only", "openai", "--reveal")
    session.expect(pexpect.EOF)

    assert b"sk-live-1" in session.before


def test_with_a_file_a_terminal_is_fine(cli: Cli, project: Path) -> None:
    session = cli.terminal("export", "--format", "json", "-o", "out.json")
    session.expect(pexpect.EOF)

    assert session.before == b""
    assert json.loads((project / "out.json").read_text()) == DEFAULT_RUN


def test_a_platform_key_is_not_exported(cli: Cli) -> None:
    done = cli("export", "--format", "json", "--only", "openai,hosted")

    assert (done.status, done.out) == (1, b"")
    assert "platform key" in done.err
    assert "hosted" in done.err


def test_what_is_delivered_in_a_file_is_not_exported(cli: Cli) -> None:
    done = cli("export", "--format", "json", "--only", "deploy")

    assert (done.status, done.out) == (1, b"")
    assert "deploy.token (file)" in done.err
    assert "orqo-vault run" in done.err


def test_a_missing_secret_stops_it_like_a_run(cli: Cli) -> None:
    assert cli("delete", "odd", "--keep-secret", "--yes").status == 0
    cli("add", "new", "--type", "api_token", "--key", "NEW", "--category", "runtime", "--no-secret")
    done = cli("export", "--format", "json", "--only", "openai,new", "--json")

    assert (done.status, done.out) == (3, b"")
    assert done.error["code"] == "missing_secrets"


def test_a_manifest_gets_its_name(cli: Cli) -> None:
    done = cli("export", "--format", "k8s", "--only", "openai", "--name", "app-credentials")

    assert b'name: "app-credentials"' in done.out


def test_an_unknown_format_is_named_by_those_there_are(cli: Cli) -> None:
    done = cli("export", "--format", "toml")

    assert done.status == 2
    assert "dotenv" in done.err
