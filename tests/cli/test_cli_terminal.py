"""At a real terminal: what is asked, what is not shown, what happens on Ctrl-C."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


def ended(session: pexpect.spawn) -> int:
    """Wait for the end and return the status; everything shown is in ``session.before``."""
    session.expect(pexpect.EOF)
    return status(session)


def interrupted(session: pexpect.spawn) -> int:
    """Press Ctrl-C until it ends: one that comes just before the program waits for a key is seen only at the next."""
    session.sendintr()
    while session.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=5) != 0:
        session.sendintr()
    return status(session)


def status(session: pexpect.spawn) -> int:
    session.close()
    return session.exitstatus if session.exitstatus is not None else -session.signalstatus


def shown(session: pexpect.spawn) -> str:
    return str(session.before.decode())


def test_a_hidden_prompt_shows_nothing_of_what_is_typed(cli: Cli) -> None:
    session = cli.terminal("set", "openai")
    session.expect(r"Token \(not shown\)")
    session.sendline("sk-typed-at-the-keyboard")
    assert ended(session) == 0
    assert "sk-typed" not in shown(session)
    assert cli("get", "openai").out == b"sk-typed-at-the-keyboard"


def test_a_short_value_is_asked_for_twice(cli: Cli) -> None:
    session = cli.terminal("set", "openai")
    session.expect("Token")
    session.sendline("hunter2")
    session.expect("once more")
    session.sendline("hunter3")
    session.expect("the two differ")
    session.expect("Token")
    session.sendline("hunter2")
    session.expect("once more")
    session.sendline("hunter2")
    assert ended(session) == 0
    assert cli("get", "openai").out == b"hunter2"


def test_all_fields_are_asked_for_and_what_is_left_empty_stays(cli: Cli) -> None:
    cli("set", "mail", "--from-json", "-", stdin=b'{"username": "ana", "password": "old"}')
    session = cli.terminal("set", "mail")
    session.expect(r"Port \(empty: 587, optional\)")
    session.sendline("none")
    session.expect("is not a port")
    session.expect("Port")
    session.sendline("2525")
    session.expect("User name")
    session.sendline("")
    session.expect("Password")
    session.sendline("a-password-of-some-length")
    session.expect(r"Encryption \(starttls/tls/none, optional\)")
    session.sendline("")
    assert ended(session) == 0
    fields = {name: cli("get", f"mail.{name}").text for name in ("port", "username", "password")}
    assert fields == {"port": "2525", "username": "ana", "password": "a-password-of-some-length"}


def test_nothing_entered_is_nothing_changed(cli: Cli) -> None:
    session = cli.terminal("set", "openai")
    session.expect("Token")
    session.sendline("")
    assert ended(session) == 0
    assert "nothing is changed" in shown(session)


def test_a_key_is_read_from_the_file_that_is_named(cli: Cli, project: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (project / "id").write_bytes(key)
    session = cli.terminal("set", "deploy", "private_key")
    session.expect(r"Private key \(name of the file that holds it")
    session.sendline("nowhere")
    session.expect("cannot be read")
    session.sendline("id")
    assert ended(session) == 0
    assert cli("get", "deploy").out == key


def test_add_guides_from_category_to_type_to_key(cli: Cli, settings: Path) -> None:
    session = cli.terminal("add")
    session.expect("Category")
    session.sendline("communication")
    session.expect(r"(\d)\. email_smtp")
    session.expect("Type")
    session.sendline("email_smtp")
    session.expect("Name")
    session.sendline("Alerts Mail")
    session.expect(r"Id \[alerts-mail\]")
    session.sendline("")
    session.expect(r"Key .*\[ALERTS_MAIL\]")
    session.sendline("ALERTS_HOST")
    session.expect("a run will find: ")
    session.expect("already ends in _HOST")
    session.expect(r"right\? \[y/N\]")
    session.sendline("")
    session.expect("Key")
    session.sendline("ALERTS")
    session.expect("ALERTS, ALERTS_PASSWORD")
    session.sendline("")
    session.expect("Backend")
    session.sendline("")
    session.expect("Server")
    session.sendline("")
    session.expect("it is required")
    session.sendline("smtp.example.com")
    session.expect("Port")
    session.sendline("")
    session.expect("User name")
    session.sendline("ana")
    session.expect("Password")
    session.sendline("a-password-of-some-length")
    session.expect("Encryption")
    session.sendline("")
    session.expect("alerts-mail: host, username, password stored in local, declared in orqo-vault.yaml")
    assert ended(session) == 0
    assert cli("get", "alerts-mail.password").out == b"a-password-of-some-length"
    assert "a-password" not in settings.read_text()


def test_what_the_command_line_said_is_not_asked(cli: Cli) -> None:
    session = cli.terminal(
        "add", "github", "--type", "api_token", "--category", "runtime", "--name", "GitHub", "--key", "GITHUB_TOKEN",
        "--backend", "local",
    )  # fmt: skip
    session.expect(r"^Token \(not shown\)")
    session.sendline("ghp-of-sufficient-length")
    assert ended(session) == 0


def test_a_variable_that_takes_over_a_run_is_refused_at_once(cli: Cli) -> None:
    session = cli.terminal("add", "x", "--type", "api_token", "--category", "runtime", "--name", "X")
    session.expect("Key")
    session.sendline("LD_PRELOAD")
    session.expect("that cannot be: LD_PRELOAD")
    session.expect("Key")
    assert interrupted(session) == 130


def test_delete_asks_and_takes_no_for_an_answer(cli: Cli) -> None:
    session = cli.terminal("delete", "pair")
    session.expect(r"Delete pair and its secret at pair in local\? \[y/N\]")
    session.sendline("")
    assert ended(session) == 1
    assert cli("show", "pair").status == 0
    session = cli.terminal("delete", "pair")
    session.expect("Delete pair")
    session.sendline("y")
    assert ended(session) == 0
    assert cli("show", "pair").status == 3


def test_get_refuses_to_show_a_value_unless_it_is_told_to(filled: Cli) -> None:
    session = filled.terminal("get", "openai")
    assert ended(session) == 2
    assert "sk-1" not in shown(session)
    assert "--reveal" in shown(session)
    session = filled.terminal("get", "openai", "--reveal")
    session.expect("sk-1\r\n")
    assert ended(session) == 0


@pytest.mark.parametrize("words", [("set", "openai"), ("add",), ("delete", "pair"), ("edit", "openai")])
def test_with_no_input_nobody_is_asked(cli: Cli, words: tuple[str, ...]) -> None:
    assert ended(cli.terminal("--no-input", *words)) == 2


def test_ctrl_c_at_a_prompt_is_130_and_changes_nothing(cli: Cli) -> None:
    session = cli.terminal("set", "openai")
    session.expect("Token")
    assert interrupted(session) == 130
    assert "Traceback" not in shown(session)
    assert cli("get", "openai").status == 3


def test_the_end_of_input_at_a_prompt_is_a_failure(cli: Cli) -> None:
    session = cli.terminal("set", "openai")
    session.expect("Token")
    session.sendeof()
    assert ended(session) == 1
    assert "the input ended" in shown(session)


def test_the_command_of_a_run_has_the_terminal(filled: Cli) -> None:
    session = filled.terminal(
        "run", "--only", "openai", "--", "sh", "-c", "test -t 0 && test -t 1 && echo terminal $(stty size)"
    )
    session.expect("terminal 50 200")
    assert ended(session) == 0


def test_a_run_asks_for_the_passphrase_of_the_store(cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "passphrase").write_text("correct horse battery staple\n")
    (project / "passphrase").chmod(0o600)
    with monkeypatch.context() as with_file:
        with_file.setenv("ORQO_VAULT_PASSPHRASE_FILE", str(project / "passphrase"))
        assert cli("store", "init").status == 0
        assert cli("set", "openai", stdin=b"sk-1").status == 0
    session = cli.terminal("run", "--only", "openai", "--", "printenv", "OPENAI_API_KEY")
    session.expect("(?i)passphrase")
    session.sendline("correct horse battery staple")
    session.expect("sk-1")
    assert ended(session) == 0
    session = cli.terminal("run", "--only", "openai", "--", "true")
    session.expect("(?i)passphrase")
    assert interrupted(session) == 130
    assert "interrupted" in shown(session)
    done = cli.process("run", "--only", "openai", "--", "true")
    assert done.status == 125
    assert "is locked" in done.err


def test_ctrl_c_in_a_run_is_the_commands_own(filled: Cli) -> None:
    session = filled.terminal("run", "--only", "openai", "--", "sh", "-c", "echo ready; exec sleep 60")
    session.expect("ready")
    assert interrupted(session) == -signal.SIGINT


@pytest.mark.parametrize(
    ("words", "env", "colored"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"TERM": "dumb"}, False),
        ((), {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ((), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_is_where_it_is_wanted(cli: Cli, words: tuple[str, ...], env: dict[str, str], colored: bool) -> None:
    session = cli.terminal(*words, "list", env=env)
    assert ended(session) == 0
    assert ("\x1b[" in shown(session)) is colored


def test_without_a_terminal_there_is_no_colour(cli: Cli) -> None:
    assert b"\x1b[" not in cli.process("list").out
    assert b"\x1b[" in cli.process("list", env={"FORCE_COLOR": "1"}).out
    assert "\x1b[" not in cli.process("show", "nobody").err


def editor(project: Path, script: str) -> dict[str, str]:
    """Return the environment in which $EDITOR is a shell script on the file's name."""
    tool = project / "editor.sh"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    return {"EDITOR": str(tool), "VISUAL": ""}


def test_edit_opens_the_entry_in_the_editor(cli: Cli, project: Path, settings: Path) -> None:
    session = cli.terminal("edit", "mail", env=editor(project, "sed -i 's/Outgoing mail/Post/; /category/d' \"$1\""))
    session.expect("category")
    session.sendline("n")
    assert ended(session) == 4
    session = cli.terminal(
        "edit", "mail", env=editor(project, "sed -i 's/Outgoing mail/Post/; s/smtp.acme/mx/' \"$1\"")
    )
    assert ended(session) == 0
    shown = cli("show", "mail", "--json").json
    assert (shown["name"], shown["fields"][0]["value"]) == ("Post", "mx.example")
    assert "# pays for the models" in settings.read_text()


def test_an_editor_that_changes_nothing_changes_nothing(cli: Cli, project: Path, settings: Path) -> None:
    before = settings.read_bytes()
    session = cli.terminal("edit", "mail", env=editor(project, "true"))
    assert ended(session) == 0
    assert settings.read_bytes() == before


def test_what_the_editor_leaves_wrong_is_said_and_can_be_mended(cli: Cli, project: Path) -> None:
    script = "sed -i 's/key: Bad/key: GOOD/; s/key: SMTP/key: Bad/' \"$1\""
    session = cli.terminal("edit", "mail", env=editor(project, script))
    session.expect("must be a variable name")
    session.expect("Edit it again")
    session.sendline("y")
    assert ended(session) == 0
    assert cli("show", "mail", "--json").json["key"] == "GOOD"
