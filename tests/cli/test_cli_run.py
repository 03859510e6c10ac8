"""``run`` in real processes: what the command gets, and whose exit status the caller sees."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


def environment(out: bytes) -> dict[str, str]:
    pairs = (entry.partition(b"=") for entry in out.split(b"\0") if entry)
    return {name.decode(): value.decode() for name, _, value in pairs}


def test_the_command_finds_the_default_run_in_its_environment(filled: Cli) -> None:
    got = environment(filled.process("run", "--", "env", "-0").out)
    ours = {name: value for name, value in got.items() if name.startswith(("SMTP", "OPENAI"))}
    assert ours == {
        "OPENAI_API_KEY": "sk-1",
        "SMTP": "pw-1",
        "SMTP_PASSWORD": "pw-1",
        "SMTP_HOST": "smtp.acme.example",
        "SMTP_PORT": "587",
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--only", "openai"), {"OPENAI_API_KEY"}),
        (("--only", "openai,mail"), {"OPENAI_API_KEY", "SMTP", "SMTP_PASSWORD", "SMTP_HOST", "SMTP_PORT"}),
        (("--only", "openai", "--only", "openai"), {"OPENAI_API_KEY"}),
        (("--run", "nightly"), {"OPENAI_API_KEY"}),
    ],
)
def test_only_what_is_selected_is_injected(filled: Cli, words: tuple[str, ...], expected: set[str]) -> None:
    got = environment(filled.process("run", *words, "--", "env", "-0").out)
    assert {name for name in got if name.startswith(("SMTP", "OPENAI"))} == expected


def test_the_alias_exec_is_run(filled: Cli) -> None:
    assert filled.process("exec", "--only", "openai", "--", "printenv", "OPENAI_API_KEY").out == b"sk-1\n"


def test_without_two_dashes_the_command_may_have_options_of_its_own(filled: Cli) -> None:
    done = filled.process("run", "--only", "openai", "sh", "-c", "echo $0 $1 $2", "--json", "--only", "x")
    assert (done.status, done.out) == (0, b"--json --only x\n")


@pytest.mark.parametrize("status", [0, 1, 2, 125, 127, 255])
def test_the_exit_status_is_the_commands_own(filled: Cli, status: int) -> None:
    done = filled.process("run", "--mask", "never", "--only", "openai", "--", "sh", "-c", f"exit {status}")
    assert (done.status, done.err) == (status, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_death_by_signal_is_the_commands_own(filled: Cli, number: signal.Signals) -> None:
    assert filled.process("run", "--only", "openai", "--", "sh", "-c", f"kill -{number.value} $$").status == -number


def test_a_signal_to_the_run_reaches_the_command(filled: Cli) -> None:
    """There is no process in between: the command has the run's own process id."""
    running = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "orqo_vault",
            "run",
            "--mask",
            "never",
            "--only",
            "openai",
            "--",
            "sh",
            "-c",
            "echo $$; exec sleep 60",
        ],
        cwd=filled.folder,
        stdout=subprocess.PIPE,
    )
    assert running.stdout is not None
    with running.stdout:
        assert int(running.stdout.readline()) == running.pid
        running.terminate()
        assert running.wait(timeout=30) == -signal.SIGTERM


def test_a_command_whose_reader_leaves_ends_as_it_would_alone(filled: Cli) -> None:
    """Python ignores SIGPIPE; if the command inherited that, ``yes | head`` would end with an error message."""
    script = f"{sys.executable} -m orqo_vault run --mask never --only openai -- sh -c 'yes; echo $? >&2' | head -1"
    done = subprocess.run(["sh", "-c", script], cwd=filled.folder, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"y\n", b"141\n")


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("run", "--only", "openai", "--", "no-such-command"), 127, "command not found"),
        (("run", "--only", "openai", "--", "/etc/passwd"), 126, "cannot execute"),
        (("run", "--only", "login", "--", "true"), 125, "not stored: login.username, login.password"),
        (("run", "--only", "opnai", "--", "true"), 125, "did you mean 'openai'?"),
        (("run", "--run", "nightli", "--", "true"), 125, "did you mean 'nightly'?"),
        (("run", "--only", "hosted", "--", "true"), 125, "no platform provider is configured"),
        (("-c", "none.yaml", "run", "--", "true"), 125, "none.yaml"),
        (("run", "--only", "openai", "--run", "nightly", "--", "true"), 2, "exclude each other"),
        (("run",), 2, "no command to run"),
        (("run", "--"), 2, "no command to run"),
        (("run", "--onyl", "openai", "--", "true"), 2, "did you mean --only?"),
        (("run", "--only", "openai", "--clean-emv", "--", "true"), 2, "did you mean --clean-env?"),
    ],
)
def test_what_fails_before_the_command_has_a_status_of_its_own(
    filled: Cli, words: tuple[str, ...], status: int, message: str
) -> None:
    done = filled.process(*words)
    assert (done.status, done.out) == (status, b"")
    assert done.err.startswith("orqo-vault: ")
    assert message in done.err
    assert "Traceback" not in done.err


def test_one_missing_secret_stops_the_run_before_the_command(cli: Cli, project: Path) -> None:
    cli("set", "openai", stdin=b"sk-1")
    done = cli.process("run", "--only", "openai,login", "--", "touch", "started")
    assert done.status == 125
    assert not (project / "started").exists()


def test_what_opens_the_store_does_not_reach_the_command(filled: Cli, home: Path) -> None:
    (key,) = (home / "config" / "orqo-vault" / "keys").iterdir()
    secret = {"ORQO_VAULT_KEY": key.read_text(), "ORQO_VAULT_CONFIG": "orqo-vault.yaml", "MINE": "1"}
    got = environment(filled.process("run", "--only", "openai", "--", "env", "-0", env=secret).out)
    assert got["MINE"] == "1"
    assert not [name for name in got if name.startswith("ORQO_VAULT")]


def test_a_clean_environment_keeps_what_programs_need_to_find_themselves(filled: Cli) -> None:
    done = filled.process("run", "--clean-env", "--only", "openai", "--", "env", "-0", env={"MINE": "1", "LANG": "C"})
    got = environment(done.out)
    assert got["OPENAI_API_KEY"] == "sk-1"
    assert got["LANG"] == "C"
    assert {"PATH", "HOME"} <= got.keys()
    assert "MINE" not in got


def test_the_inherited_environment_is_untouched(filled: Cli) -> None:
    parent = {"PATH": "/usr/bin:/bin", "HOME": "/x", "ODD": "a b\n$c\"'\\", "EMPTY": ""}
    parent |= {name: os.environ[name] for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    done = subprocess.run(
        [sys.executable, "-m", "orqo_vault", "run", "--only", "openai", "--", "env", "-0"],
        cwd=filled.folder,
        env=parent,
        capture_output=True,
        check=True,
    )
    assert environment(done.stdout) == {**parent, "OPENAI_API_KEY": "sk-1"}


def test_a_verbose_run_says_names_before_it_starts(filled: Cli) -> None:
    done = filled.process("-v", "run", "--only", "openai", "--", "true")
    assert "read from local: openai" in done.err
    assert "sets: OPENAI_API_KEY" in done.err
    assert "sk-1" not in done.err


def test_an_error_of_a_run_can_be_json(filled: Cli) -> None:
    done = filled.process("run", "--json", "--only", "login", "--", "true")
    assert done.status == 125
    assert done.error["code"] == "missing_secrets"


def test_the_commands_own_json_is_not_ours(filled: Cli) -> None:
    done = filled.process("run", "--only", "login", "true", "--json")
    assert done.err.startswith("orqo-vault: not stored")


def test_the_child_gets_byte_for_byte_what_was_stored(cli: Cli, settings: Path) -> None:
    values = ["", " two words ", "$HOME `id`", "'\"", "a\r\nb\n", "\U0001f600", "x" * 65536, "\ttab\x1b[0m"]
    fields = [f"f{number}" for number in range(len(values))]
    many = f"  many: {{name: Many, key: MANY, category: custom, type: custom, fields: [{', '.join(fields)}]}}\n"
    settings.write_text(settings.read_text().replace("credentials:\n", f"credentials:\n{many}", 1))
    stored = json.dumps(dict(zip(fields, values, strict=True)))
    assert cli("set", "many", "--from-json", "-", stdin=stored.encode()).status == 0
    got = environment(cli.process("run", "--mask", "never", "--only", "many", "--", "env", "-0").out)
    assert [got[f"MANY_{field.upper()}"] for field in fields] == values
