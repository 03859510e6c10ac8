"""No value shows anywhere but in `get` and in the command of a run: unique secrets in every field, then we look."""

from __future__ import annotations

import base64
import json
import logging
import tempfile
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Done

VALUES = {
    "openai": {"token": "canary-Zq81xW-token"},
    "mail": {"username": "canary-Zq82xW-user", "password": "canary-Zq83xW-pass"},
    "login": {"username": "canary-Zq84xW-user", "password": 'canary-Zq85xW "quoted"\n'},
    "pair": {"left": "canary-Zq86xW-left", "right": "canary-Zq87xW-right"},
    "shared": {"token": "canary-Zq88xW-shared"},
}
MARKS = [value[: len("canary-Zq80xW")] for fields in VALUES.values() for value in fields.values()]
COMMANDS = [
    ("list",), ("list", "--json"), ("show", "mail"), ("show", "pair", "--json"), ("plan",), ("plan", "--json"),
    ("plan", "--only", "login,pair"), ("check",), ("check", "--all"), ("check", "--all", "--json"),
    ("backend", "list"), ("backend", "check"), ("backend", "check", "--json"), ("config", "show", "--origin"),
    ("config", "show", "--json"), ("config", "validate"), ("llm", "list"), ("llm", "show", "default"),
    ("set", "mail", "--clear", "port"), ("edit", "mail", "--name", "Mail"), ("get", "mail.nothing"),
    ("run", "--only", "openai,mail", "--", "no-such-command"), ("run", "--only", "openai", "--json", "no-such"),
    ("delete", "mail", "--yes"), ("delete", "pair"), ("delete", "shared", "--with-secret", "--yes"),
    ("add", "again", "--type", "api_token", "--category", "runtime", "--key", "K", "--path", "team/shared"),
    ("store", "--help"), ("store", "verify"), ("store", "verify", "--json"), ("store", "slot", "list"),
    ("store", "rotate"), ("copy", "--from", "local", "--to", "local", "--dry-run"), ("completion", "bash"),
]  # fmt: skip


def ok(cli: Cli, home: Path) -> None:
    """All is well."""


def missing(cli: Cli, home: Path) -> None:
    for sealed in (cli.folder / ".orqo-vault" / "c").glob("c-*"):
        sealed.unlink()


def denied(cli: Cli, home: Path) -> None:
    for key in (home / "config" / "orqo-vault" / "keys").iterdir():
        key.unlink()


def tampered(cli: Cli, home: Path) -> None:
    for sealed in (cli.folder / ".orqo-vault" / "c").glob("c-*"):
        line, text, *_ = sealed.read_text().split("\n")
        sealed.write_text(f"{line}\n{text[:60]}{'B' if text[60] == 'A' else 'A'}{text[61:]}\n")


@pytest.fixture
def told(cli: Cli, caplog: pytest.LogCaptureFixture) -> Cli:
    """Return a cli that has stored every value, with everybody's log at DEBUG."""
    caplog.set_level(logging.DEBUG)
    for credential, fields in VALUES.items():
        done = cli("set", credential, "--from-json", "-", stdin=json.dumps(fields).encode())
        assert done.status == 0, done.err
        assert not leaks(done.text + done.err)
    return cli


def leaks(text: str) -> list[str]:
    """Return the marks that ``text`` holds, plain or in a form that is easily read back."""
    return [mark for mark in MARKS if any(form in text for form in _forms(mark))]


def _forms(mark: str) -> Iterator[str]:
    yield mark
    yield mark[::-1]
    yield mark.encode().hex()
    yield urllib.parse.quote(mark, safe="")
    for shift in range(3):  # base64 reads three bytes at a time: a value may begin at any of them
        encoded = base64.b64encode(b"\0" * shift + mark.encode()).decode().rstrip("=")
        yield encoded[4 if shift else 0 : -2]


def written(*folders: Path) -> str:
    files = (each for folder in folders for each in folder.rglob("*") if each.is_file())
    return "\n".join(each.read_bytes().decode("utf-8", "replace") for each in files)


@pytest.mark.parametrize("flag", [(), ("-vv",)], ids=["plain", "vv"])
@pytest.mark.parametrize("state", [ok, missing, denied, tampered], ids=lambda state: state.__name__)
def test_no_command_shows_a_value(
    told: Cli,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    state: Callable[[Cli, Path], None],
    flag: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    state(told, home)
    for words in COMMANDS:
        done: Done = told(*flag, *words)
        assert "internal error" not in done.err, words
        assert not leaks(done.text + done.err), words
    assert not leaks(caplog.text)
    assert not leaks(written(told.folder, home, temporary))


def test_get_shows_its_value_and_no_other(told: Cli) -> None:
    done = told("get", "login.password")
    assert leaks(done.text) == ["canary-Zq85xW"]
    assert not leaks(done.err)


def test_the_command_line_of_a_run_holds_no_value(told: Cli) -> None:
    done = told.process("run", "--only", "openai,mail,login", "--", "cat", "/proc/self/cmdline")
    assert done.status == 0
    assert not leaks(done.text + done.err)


def test_a_planted_leak_is_found(told: Cli) -> None:
    """The control: what these tests look for is what a leak looks like."""
    value = VALUES["openai"]["token"]
    for leak in (value, json.dumps([value]), f"x={urllib.parse.quote(value)}", value.encode().hex()):
        assert leaks(leak) == [MARKS[0]]
    for prefix in ("", "a", "ab"):
        assert leaks(base64.b64encode(f"{prefix}{value}".encode()).decode()) == [MARKS[0]]
    (told.folder / "note.txt").write_text(f"the token is {value}")
    assert leaks(written(told.folder)) == [MARKS[0]]
