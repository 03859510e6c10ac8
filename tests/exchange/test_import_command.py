"""``orqo-vault import``: a plan, then credentials that set the same variables, then a source without its values."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orqo_vault.exchange.export import export

from .awkward import AWKWARD
from .consumers import python_dotenv
from .test_export_formats import variable

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

ENV = """\
# the application
PORT=8080
SMTP_HOST=mail.example
SMTP_USER=ana
SMTP_PASSWORD='hunter2 "x"'   # ask Ana
OPENAI_API_KEY=sk-hunter2
AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
AWS_SECRET_ACCESS_KEY="hunter2/aws"
"""
MOVED = {
    "SMTP_HOST": "mail.example",
    "SMTP_USER": "ana",
    "SMTP_PASSWORD": 'hunter2 "x"',
    "OPENAI_API_KEY": "sk-hunter2",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "hunter2/aws",
}
IDS = "smtp,openai,aws"
APPLY = ("--apply", "--yes")


SOURCES: dict[str, Callable[[dict[str, str]], str]] = {
    "dotenv": lambda values: written_as("dotenv", values),
    "json": json.dumps,
    "mcp": lambda values: json.dumps({"mcpServers": {"s": {"command": "x", "env": values}}}, indent=1),
}
"""How each kind of file holds variables."""


def written_as(format_name: str, values: dict[str, str]) -> str:
    return export(format_name, [variable(value, name) for name, value in values.items()]).text.reveal()


@pytest.fixture
def env(project: Path) -> Path:
    file = project / ".env"
    file.write_text(ENV)
    return file


@pytest.fixture
def settings(project: Path) -> Path:
    return project / "orqo-vault.yaml"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


def environment_of_a_run(cli: Cli, only: str) -> dict[str, str]:
    """Return what a command of a run finds besides what it inherits."""
    dump = "import json, os; print(json.dumps(dict(os.environ)))"
    done = cli.process("run", "--mask", "never", "--only", only, "--", sys.executable, "-I", "-S", "-c", dump)
    assert done.status == 0, done.err
    return {name: value for name, value in json.loads(done.text).items() if os.environ.get(name) != value}


def test_the_plan_names_everything_and_changes_nothing(cli: Cli, env: Path, project: Path) -> None:
    before = contents(project)
    done = cli("import", "dotenv", ".env")

    assert done.status == 0
    assert done.text.splitlines() == [
        "new:",
        "  smtp: email_smtp, key SMTP, communication; SMTP_HOST → host, SMTP_USER → username, SMTP_PASSWORD → password",
        "  aws: custom, key AWS, runtime; AWS_ACCESS_KEY_ID → access_key_id, AWS_SECRET_ACCESS_KEY → secret_access_key",
        "  openai: api_token, key OPENAI_API_KEY, llm_provider, provider openai; OPENAI_API_KEY → token",
        "left out:",
        "  PORT: does not look like a secret; --only takes it",
    ]
    assert "nothing is changed: --apply does it" in done.err
    assert contents(project) == before


def test_a_run_gets_exactly_the_variables_that_were_imported(cli: Cli, env: Path) -> None:
    done = cli.process("import", "dotenv", ".env", *APPLY)

    assert (done.status, done.out) == (0, b"")
    assert "hunter2" not in done.err
    assert environment_of_a_run(cli, IDS) == MOVED
    assert env.read_text() == ENV


@pytest.mark.parametrize(("kind", "step"), [("dotenv", 2), ("json", 5), ("mcp", 5)])
def test_awkward_values_go_from_every_source_through_the_store_and_out_again(
    cli: Cli, project: Path, kind: str, step: int
) -> None:
    """Each of the three takes a part of them: what a source makes of each is tested without the store."""
    chosen = [value for value in AWKWARD.values() if "${" not in value][::step]
    values = {f"V{number}_TOKEN": value for number, value in enumerate(chosen)}
    (project / "source").write_bytes(SOURCES[kind](values).encode())

    assert cli("-q", "import", kind, "source", *APPLY, "--replace-source", "--only", ",".join(values)).status == 0

    done = cli("export", "--format", "json", "--only", ",".join(f"v{name[1:-6]}" for name in values))
    assert done.json == values
    left = (project / "source").read_text()
    assert not any(value in left for value in values.values() if len(value) > 20)


def test_replacing_leaves_comments_and_what_was_not_imported(cli: Cli, env: Path, project: Path) -> None:
    env.chmod(0o640)
    done = cli("import", "dotenv", ".env", *APPLY, "--replace-source")

    assert done.status == 0
    assert env.read_text().splitlines() == [
        "# the application",
        "PORT=8080",
        "# SMTP_HOST: orqo-vault keeps it in smtp.host",
        "# SMTP_USER: orqo-vault keeps it in smtp.username",
        "# SMTP_PASSWORD: orqo-vault keeps it in smtp.password",
        "# OPENAI_API_KEY: orqo-vault keeps it in openai.token",
        "# AWS_ACCESS_KEY_ID: orqo-vault keeps it in aws.access_key_id",
        "# AWS_SECRET_ACCESS_KEY: orqo-vault keeps it in aws.secret_access_key",
    ]
    assert stat.S_IMODE(env.stat().st_mode) == 0o640
    assert not any(b"hunter2" in content for content in contents(project).values())
    assert "git, backups" in done.err


def test_replacing_without_apply_is_refused(cli: Cli, env: Path) -> None:
    done = cli("import", "dotenv", ".env", "--replace-source")

    assert done.status == 2
    assert env.read_text() == ENV


def test_without_a_person_and_without_yes_nothing_is_done(cli: Cli, env: Path, project: Path) -> None:
    before = contents(project)
    done = cli("import", "dotenv", ".env", "--apply", "--replace-source")

    assert done.status == 2
    assert contents(project) == before


def test_a_person_is_asked_once_and_told_what_goes(cli: Cli, env: Path) -> None:
    session = cli.terminal("import", "dotenv", ".env", "--apply", "--replace-source")
    session.expect(r"Store and declare smtp, aws, openai; then take 6 values out of .env, of which no copy is kept\?")
    session.sendline("n")
    session.expect("nothing is changed")
    session.wait()

    assert session.exitstatus == 1
    assert env.read_text() == ENV


def test_a_second_import_finds_all_of_it_there(cli: Cli, env: Path, project: Path) -> None:
    assert cli("import", "dotenv", ".env", *APPLY).status == 0
    before = (project / "orqo-vault.yaml").read_bytes()

    plan = cli("import", "dotenv", ".env")
    done = cli("import", "dotenv", ".env", *APPLY, "--replace-source")

    assert "declared already:" in plan.text
    assert "new:" not in plan.text
    assert done.status == 0
    assert done.err.count("there already") == 3
    assert (project / "orqo-vault.yaml").read_bytes() == before
    assert "hunter2" not in env.read_text()


def test_another_value_in_a_declared_credential_stops_it_before_anything_is_done(
    cli: Cli, env: Path, project: Path
) -> None:
    add = ("add", "model", "--type", "api_token", "--key", "OPENAI_API_KEY", "--category", "llm_provider")
    assert cli(*add, "--stdin", "token", stdin=b"sk-other").status == 0
    before = contents(project)

    done = cli("import", "dotenv", ".env", *APPLY, "--replace-source")

    assert done.status == 9
    assert "OPENAI_API_KEY would become model, where another value is stored already" in done.err
    assert contents(project) == before
    assert cli("import", "dotenv", ".env", *APPLY, "--skip", "OPENAI_API_KEY").status == 0
    assert cli("get", "model").out == b"sk-other"


def test_a_place_where_another_secret_is_stored_stops_it(cli: Cli, env: Path, project: Path) -> None:
    add = ("add", "openai", "--type", "api_token", "--key", "X", "--category", "runtime", "--stdin", "token")
    assert cli(*add, stdin=b"sk-other").status == 0
    assert cli("delete", "openai", "--keep-secret", "--yes").status == 0
    before = contents(project)

    done = cli("import", "dotenv", ".env", *APPLY)

    assert done.status == 9
    assert "OPENAI_API_KEY would become openai, where another value is stored already" in done.err
    assert contents(project) == before


def test_what_is_declared_and_not_stored_yet_is_filled(cli: Cli, env: Path, settings: Path) -> None:
    settings.write_text(settings.read_text() + DECLARED)

    done = cli("import", "dotenv", ".env", *APPLY, "--skip", "AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY")

    assert done.status == 0, done.err
    assert ("mail: stored" in done.err, "model: stored" in done.err) == (True, True)
    assert cli("get", "mail.password").out == b'hunter2 "x"'
    assert cli("get", "mail.username").out == b"ana"
    assert cli("get", "model").out == b"sk-hunter2"


DECLARED = """\
credentials:
  mail:
    {name: Mail, key: SMTP, category: communication, type: email_smtp, values: {host: mail.example},
     env: {username: SMTP_USER}}
  model: {name: Model, key: OPENAI_API_KEY, category: llm_provider, type: api_token}
"""


def test_an_id_that_means_something_else_gets_a_number(cli: Cli, env: Path) -> None:
    cli("add", "smtp", "--type", "api_token", "--key", "OTHER", "--category", "runtime", "--no-secret")

    assert "smtp-2: email_smtp" in cli("import", "dotenv", ".env").text


@pytest.mark.parametrize("moment", ["stored", "declared"])
def test_an_import_that_was_interrupted_goes_on(
    cli: Cli, env: Path, project: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orqo_vault.edit.editor import SettingsEditor

    declare, calls = SettingsEditor.add, []

    def pulled_plug(self: SettingsEditor, *arguments: object) -> Path:
        calls.append(arguments)
        if len(calls) < 2:
            return declare(self, *arguments)  # type: ignore[arg-type]  # passed on as they came
        if moment == "declared":
            declare(self, *arguments)  # type: ignore[arg-type]  # same
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SettingsEditor, "add", pulled_plug)
        assert cli("import", "dotenv", ".env", *APPLY, "--replace-source").status == 130
    assert env.read_text() == ENV

    done = cli("import", "dotenv", ".env", *APPLY, "--replace-source")

    assert done.status == 0, done.err
    assert environment_of_a_run(cli, IDS) == MOVED
    assert "hunter2" not in env.read_text()


def test_a_killed_import_goes_on(cli: Cli, env: Path, project: Path) -> None:
    """Whenever it is killed, the values are in the source until they are in the store, and a second run ends well."""
    command = [sys.executable, "-m", "orqo_vault", "import", "dotenv", ".env", *APPLY, "--replace-source"]
    for stored in range(1, 3):
        process = subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        for _ in range(stored):
            process.stderr.readline()
        process.kill()
        process.wait()
        process.stderr.close()
        left = python_dotenv(env.read_text())
        assert all(left.get(name, value) == value for name, value in MOVED.items())

    assert cli("import", "dotenv", ".env", *APPLY, "--replace-source").status == 0
    assert environment_of_a_run(cli, IDS) == MOVED
    assert "hunter2" not in env.read_text()


def test_a_source_that_changes_meanwhile_is_left_alone(cli: Cli, env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orqo_vault.edit.editor import SettingsEditor

    declare = SettingsEditor.add

    def somebody_edits(self: SettingsEditor, *arguments: object) -> Path:
        env.write_text(ENV + "NEW_TOKEN=hunter3\n")
        return declare(self, *arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(SettingsEditor, "add", somebody_edits)
    done = cli("import", "dotenv", ".env", *APPLY, "--replace-source")

    assert done.status == 9
    assert "still holds its values" in done.err
    assert env.read_text() == ENV + "NEW_TOKEN=hunter3\n"


def test_the_answer_in_json_has_names_only(cli: Cli, env: Path) -> None:
    plan = cli("import", "dotenv", ".env", "--json")
    done = cli("import", "dotenv", ".env", *APPLY, "--json")

    assert (plan.json["applied"], done.json["applied"], done.json["replaced"]) == (False, True, False)
    assert [each["id"] for each in done.json["credentials"]] == ["smtp", "aws", "openai"]
    assert done.json["credentials"][2]["variables"] == [{"group": None, "name": "OPENAI_API_KEY", "field": "token"}]
    assert done.json["left_out"][0]["place"] == "PORT"
    assert "hunter2" not in plan.text + done.text + done.err


def test_a_json_file_is_imported_and_emptied(cli: Cli, project: Path) -> None:
    (project / "secrets.json").write_text('{"A_TOKEN": "hunter2", "PORT": 1}\n')

    assert cli("import", "json", "secrets.json", *APPLY, "--replace-source").status == 0
    assert (project / "secrets.json").read_text() == '{"PORT": 1}\n'
    assert cli("get", "a").out == b"hunter2"


SERVER = "import os; print(os.environ['GITHUB_TOKEN'] == 'hunter2-github', os.environ['LOG_LEVEL'])"


def mcp(file: Path) -> None:
    server = {
        "command": sys.executable,
        "args": ["-I", "-S", "-c", SERVER],
        "env": {"GITHUB_TOKEN": "hunter2-github", "LOG_LEVEL": "debug"},
    }
    file.write_text(json.dumps({"mcpServers": {"github": server}}, indent=2))


def started(file: Path, folder: Path) -> str:
    """Start the server as a client does, and return what it says."""
    server = json.loads(file.read_text())["mcpServers"]["github"]
    assert server["command"] == "orqo-vault"
    command = [sys.executable, "-m", "orqo_vault", *server["args"]]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **server["env"]}, capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_an_mcp_server_finds_its_key_when_the_file_has_none(cli: Cli, project: Path) -> None:
    file = project / ".mcp.json"
    mcp(file)
    assert cli("import", "mcp", ".mcp.json", *APPLY, "--replace-source").status == 0

    server = json.loads(file.read_text())["mcpServers"]["github"]
    assert server["args"][:5] == ["run", "--only", "github", "--", sys.executable]
    assert server["env"] == {"LOG_LEVEL": "debug"}
    assert started(file, project) == "True debug"
    assert environment_of_a_run(cli, "github") == {"GITHUB_TOKEN": "hunter2-github"}


def test_a_client_outside_of_the_project_is_told_which_one_is_meant(cli: Cli, project: Path, tmp_path: Path) -> None:
    file = tmp_path / "claude_desktop_config.json"
    mcp(file)
    assert cli("import", "mcp", str(file), *APPLY, "--replace-source").status == 0

    args = json.loads(file.read_text())["mcpServers"]["github"]["args"]
    assert args[:4] == ["-c", str(project / "orqo-vault.yaml"), "run", "--only"]
    assert started(file, tmp_path) == "True debug"


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"\xff\xfe", "dotenv", "not text"),
        (b"{", "json", "line 1 is not JSON"),
        (b"x" * (1024 * 1024 + 1), "dotenv", "larger than 1024 KiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(cli: Cli, project: Path, content: bytes, kind: str, reason: str) -> None:
    (project / "source").write_bytes(content)
    done = cli("import", kind, "source", *APPLY)

    assert done.status in (1, 2)
    assert reason in done.err


@pytest.mark.parametrize("name", ["gone", "."])
def test_a_file_that_is_not_there_is_said(cli: Cli, name: str) -> None:
    done = cli("import", "dotenv", name)

    assert done.status == 2
    assert "cannot be read" in done.err


def test_a_file_without_secrets_is_nothing_to_import(cli: Cli, project: Path) -> None:
    (project / ".env").write_text("PORT=1\n")

    assert "there is nothing to import" in cli("import", "dotenv", ".env").err
    assert cli("import", "dotenv", ".env", *APPLY, "--replace-source").status == 0
    assert (project / ".env").read_text() == "PORT=1\n"


def test_a_read_only_backend_stops_it_before_anything_is_done(cli: Cli, env: Path, project: Path) -> None:
    file = project / "orqo-vault.yaml"
    file.write_text(file.read_text() + "  frozen: {type: encrypted-file, path: .frozen, read_only: true}\n")
    before = contents(project)
    done = cli("import", "dotenv", ".env", "--backend", "frozen", *APPLY)

    assert done.status == 5
    assert contents(project) == before
