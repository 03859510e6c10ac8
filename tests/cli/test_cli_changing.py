"""``add``, ``edit``, ``delete``, ``llm add|delete``, ``init``: the file, the secret, and their order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

GITHUB = ("--type", "api_token", "--category", "mcp_service", "--key", "GITHUB_TOKEN")


def stored(cli: Cli) -> set[str]:
    return {each.name for each in (cli.folder / ".orqo-vault" / "c").glob("c-*")}


def test_add_stores_the_secret_and_declares_the_credential(cli: Cli, settings: Path) -> None:
    done = cli("add", "github", *GITHUB, "--name", "GitHub", "--stdin", "token", stdin=b"ghp-1\n")
    assert (done.status, done.out) == (0, b"")
    assert "github: token stored in local, declared in orqo-vault.yaml" in done.err
    assert cli("get", "github").out == b"ghp-1"
    assert cli("show", "github", "--json").json["name"] == "GitHub"
    assert "# pays for the models" in settings.read_text()


def test_add_takes_every_field_from_where_it_is(cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "password").write_text("pw-1\n")
    monkeypatch.setenv("USER_NAME", "ana")
    done = cli(
        "add", "registry", "--type", "username_password", "--category", "runtime", "--key", "REG",
        "--from-file", "password=password", "--from-env", "username=USER_NAME", "--json",
    )  # fmt: skip
    assert done.json["stored"] == ["password", "username"]
    assert (cli("get", "registry.username").out, cli("get", "registry.password").out) == (b"ana", b"pw-1")


def test_add_of_custom_fields(cli: Cli) -> None:
    done = cli(
        "add", "crm", "--type", "custom", "--key", "CRM", "--field", "tenant", "--field", "api_key",
        "--stdin", "api_key", "--from-env", "tenant=HOME", stdin=b"k-1",
    )  # fmt: skip
    assert done.status == 0, done.err
    assert cli("show", "crm", "--json").json["category"] == "custom"


def test_add_says_what_it_was_told_and_no_more(cli: Cli, settings: Path) -> None:
    before = settings.read_text()
    cli("add", "smtp2", "--type", "email_smtp", "--key", "ALT", "--value", "host=h.example", "--value", "port=25",
        "--env", "username=ALT_USER", "--env", "password=ALT_PASS,ALT_PW", "--env", "security=", "--optional",
        "--no-secret")  # fmt: skip
    after = settings.read_text()
    assert after.startswith(before.partition("\nllm:")[0])
    shown = cli("show", "smtp2", "--json").json
    variables = {each["name"]: each["variables"] for each in shown["fields"]}
    assert variables["username"] == ["ALT_USER"]
    assert variables["password"] == ["ALT", "ALT_PASS", "ALT_PW"]
    assert variables["security"] == []
    assert shown["optional"] is True


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("add",), 2, "missing: ID, --type, --key"),
        (("add", "x"), 2, "missing: --type, --key"),
        (("add", "x", "--type", "api_token", "--key", "X"), 2, "missing: --category"),
        (("add", "x", *GITHUB), 2, "no value for token"),
        (("add", "openai", *GITHUB, "--no-secret"), 4, "already there"),
        (("add", "Not-an-id", *GITHUB, "--no-secret"), 4, "not a name"),
        (("add", "x", "--type", "api_tokn", "--key", "X"), 4, "did you mean 'api_token'?"),
        (("add", "x", *GITHUB[:4], "--key", "LD_PRELOAD", "--no-secret"), 4, "LD_PRELOAD"),
        (("add", "x", *GITHUB, "--stdin", "tken"), 2, "its fields: token"),
        (("add", "x", *GITHUB, "--backend", "lokal", "--no-secret"), 4, "did you mean 'local'?"),
    ],
)
def test_add_refuses_what_it_cannot_do_and_changes_nothing(
    cli: Cli, settings: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    before = settings.read_bytes()
    done = cli(*words, stdin=b"value")
    assert done.status == status, done.err
    assert message in done.err
    assert settings.read_bytes() == before
    assert stored(cli) == set()


def test_add_stores_nothing_when_the_value_is_refused(cli: Cli, settings: Path) -> None:
    before = settings.read_bytes()
    done = cli("add", "key", "--type", "ssh_key", "--key", "KEY", "--stdin", "private_key", stdin=b"no key at all\n")
    assert done.status == 3
    assert "no key at all" not in done.err
    assert settings.read_bytes() == before
    assert stored(cli) == set()


def test_add_takes_the_secret_back_when_it_cannot_declare(cli: Cli, settings: Path) -> None:
    """Stored first, declared second: a settings file that cannot be written must not leave a secret nobody knows."""
    settings.chmod(0o444)
    done = cli("add", "github", *GITHUB, "--stdin", "token", stdin=b"ghp-1")
    assert done.status == 4
    settings.chmod(0o644)
    assert cli("add", "github", *GITHUB, "--stdin", "token", stdin=b"ghp-2").status == 0
    assert cli("get", "github").out == b"ghp-2"


def test_add_does_not_overwrite_a_secret_it_does_not_know(cli: Cli, settings: Path) -> None:
    before = settings.read_bytes()
    cli("add", "github", *GITHUB, "--stdin", "token", stdin=b"first")
    settings.write_bytes(before)
    done = cli("add", "github", *GITHUB, "--stdin", "token", stdin=b"second")
    assert done.status == 9
    assert "--overwrite" in done.err
    assert settings.read_bytes() == before
    assert cli("add", "github", *GITHUB, "--no-secret").status == 0
    assert cli("get", "github").out == b"first"
    settings.write_bytes(before)
    assert cli("add", "github", *GITHUB, "--stdin", "token", "--overwrite", stdin=b"second").status == 0
    assert cli("get", "github").out == b"second"


def test_add_of_a_reference_asks_for_no_secret(cli: Cli) -> None:
    cli("set", "shared", stdin=b"there before")
    assert cli("add", "again", *GITHUB, "--path", "team/shared").status == 0
    assert cli("get", "again").out == b"there before"
    assert cli("show", "again", "--json").json["referenced"] is True


def test_add_warns_of_a_key_that_is_probably_not_meant(cli: Cli) -> None:
    done = cli("add", "alt", "--type", "email_smtp", "--key", "ALT_HOST", "--value", "host=h.example", "--no-secret")
    assert done.status == 0
    assert "already ends in _HOST" in done.err


def test_add_of_a_platform_key_stores_nothing(cli: Cli) -> None:
    done = cli("add", "p", "--type", "api_token", "--category", "llm_provider", "--key", "P", "--provider", "acme",
               "--mode", "platform")  # fmt: skip
    assert done.status == 0
    assert cli("show", "p", "--json").json["value"] == "Platform key"


def test_add_with_a_profile_goes_to_the_profiles_file(cli: Cli, settings: Path) -> None:
    profile = settings.with_name("orqo-vault.prod.yaml")
    profile.write_text("credentials: {}\n")
    assert cli("-P", "prod", "add", "github", *GITHUB, "--stdin", "token", stdin=b"g").status == 0
    assert "github" in profile.read_text()
    assert "github" not in settings.read_text()


def test_edit_changes_what_it_is_told_and_keeps_comments(cli: Cli, settings: Path) -> None:
    before = settings.read_text()
    done = cli(
        "edit", "openai", "--name", "Main key", "--description", "ask Ana", "--expires-at", "2099-01-01T00:00:00Z"
    )
    assert done.status == 0, done.err
    shown = cli("show", "openai", "--json").json
    assert (shown["name"], shown["description"]) == ("Main key", "ask Ana")
    after = settings.read_text()
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert len(changed) == 1


def test_edit_merges_values_and_variables(cli: Cli) -> None:
    assert cli("edit", "mail", "--value", "port=2525", "--env", "username=MAIL_USER").status == 0
    assert cli("get", "mail.port").out == b"2525"
    assert cli("get", "mail.host").out == b"smtp.acme.example"
    assert cli("edit", "mail", "--unset", "values.port", "--unset", "env", "--value", "host=mx.example").status == 0
    assert cli("get", "mail.host").out == b"mx.example"
    assert cli("get", "mail.port").out == b"587"


def test_a_disabled_credential_stops_its_runs(filled: Cli) -> None:
    assert filled("edit", "openai", "--disable").status == 0
    assert "openai (disabled)" in filled("list").text
    assert filled("check").status == 3
    assert filled("edit", "openai", "--enable").status == 0
    assert filled("check").status == 0


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("edit", "openai"), 2),
        (("edit", "openai", "--key", "LD_PRELOAD"), 4),
        (("edit", "openai", "--keep-secret"), 2),
        (("edit", "openai", "--name", "X", "--destroy-secret"), 2),
        (("edit", "openai", "--mode", "platform"), 2),
        (("edit", "openai", "--mode", "platform", "--keep-secret", "--destroy-secret"), 2),
        (("edit", "mail", "--value", "pasword=hunter2"), 4),
        (("edit", "mail", "--expires-at", "tomorrow"), 4),
    ],
)
def test_edit_refuses_and_changes_nothing(cli: Cli, settings: Path, words: tuple[str, ...], status: int) -> None:
    before = settings.read_bytes()
    done = cli(*words)
    assert done.status == status, done.err
    assert "hunter2" not in done.err
    assert settings.read_bytes() == before


def test_switching_to_the_platform_keeps_or_destroys_the_own_secret(filled: Cli) -> None:
    assert filled("edit", "openai", "--mode", "platform", "--keep-secret").status == 0
    assert filled("run", "--only", "openai", "--", "true").status == 125
    assert filled("edit", "openai", "--mode", "own").status == 0
    assert filled("get", "openai").out == b"sk-1"
    done = filled("edit", "openai", "--mode", "platform", "--destroy-secret", "--json")
    assert done.json["secret_deleted"] is True
    assert filled("edit", "openai", "--mode", "own").status == 0
    assert filled("get", "openai").status == 3


def test_delete_takes_declaration_and_owned_secret(cli: Cli, settings: Path) -> None:
    cli("set", "pair", "--from-json", "-", stdin=b'{"left": "l", "right": "r"}')
    before = settings.read_text()
    done = cli("delete", "pair", "--yes", "--json")
    assert done.json == {"schema_version": 1, "id": "pair", "secret_deleted": True}
    assert cli("show", "pair").status == 3
    settings.write_text(before)
    assert cli("get", "pair.left").status == 3


@pytest.mark.parametrize("words", [("delete", "openai", "--yes"), ("rm", "mail", "--yes"), ("delete", "mail")])
def test_what_is_used_cannot_be_deleted(filled: Cli, settings: Path, words: tuple[str, ...]) -> None:
    before = settings.read_bytes()
    done = filled(*words)
    assert done.status == 3
    assert "is used by" in done.err
    assert settings.read_bytes() == before
    assert filled("get", words[1] if words[1] == "openai" else "mail.password").status == 0


def test_without_a_terminal_delete_needs_a_yes(cli: Cli, settings: Path) -> None:
    before = settings.read_bytes()
    done = cli("delete", "pair")
    assert done.status == 2
    assert "--yes" in done.err
    assert settings.read_bytes() == before


def test_a_referenced_secret_stays_unless_it_is_asked_for(cli: Cli, settings: Path) -> None:
    cli("set", "shared", stdin=b"s")
    before = settings.read_text()
    assert cli("delete", "shared", "--yes", "--json").json["secret_deleted"] is False
    settings.write_text(before)
    assert cli("get", "shared").out == b"s"
    assert cli("delete", "shared", "--with-secret", "--yes", "--json").json["secret_deleted"] is True
    settings.write_text(before)
    assert cli("get", "shared").status == 3


def test_a_secret_that_two_share_is_not_deleted_with_one(cli: Cli, settings: Path) -> None:
    cli("add", "again", *GITHUB, "--path", "team/shared")
    cli("set", "shared", stdin=b"s")
    before = settings.read_bytes()
    done = cli("delete", "again", "--with-secret", "--yes")
    assert done.status == 3
    assert "'again' is also the secret of shared" in done.err
    assert settings.read_bytes() == before
    assert cli("delete", "again", "--keep-secret", "--yes").status == 0
    assert cli("get", "shared").out == b"s"


def test_delete_from_a_read_only_backend_changes_nothing(cli: Cli, settings: Path) -> None:
    settings.write_text(settings.read_text().replace("key: PAIR", "key: PAIR, backend: frozen"))
    before = settings.read_bytes()
    assert cli("delete", "pair", "--yes").status == 5
    assert settings.read_bytes() == before
    assert cli("delete", "pair", "--keep-secret", "--yes").status == 0


def test_a_secret_that_could_not_be_deleted_is_told_with_its_place(cli: Cli, project: Path, home: Path) -> None:
    cli("set", "shared", stdin=b"s")
    for key in (home / "config" / "orqo-vault" / "keys").iterdir():
        key.unlink()
    done = cli("delete", "shared", "--with-secret", "--yes")
    assert done.status == 5
    assert "is not declared any more" in done.err
    assert "team/shared in local" in done.err


def test_llm_configs_come_and_go(cli: Cli) -> None:
    assert cli("llm", "add", "fast", "--model", "openai:gpt-4o-mini", "--credential", "openai").status == 0
    assert cli("llm", "show", "fast", "--json").json["credential"] == "openai"
    assert cli("llm", "add", "bad", "--model", "x", "--credential", "mail").status == 4
    assert cli("llm", "delete", "fast").status == 2
    assert cli("llm", "rm", "fast", "--yes").status == 0
    assert cli("llm", "show", "fast").status == 3
    done = cli("llm", "delete", "default", "--yes")
    assert done.status == 3
    assert "run default" in done.err


def test_init_writes_what_a_project_needs_and_overwrites_nothing(cli: Cli, settings: Path) -> None:
    done = cli("init")
    assert done.status == 4
    assert "already" in done.err
    settings.unlink()
    done = cli("init", "--json")
    assert done.status == 0, done.err
    assert done.json["written"] == ["orqo-vault.yaml", "orqo-vault.schema.json", ".gitignore"]
    assert "orqo-vault.local.yaml" in (cli.folder / ".gitignore").read_text()
    assert cli("config", "validate").status == 0
    assert cli("add", "github", *GITHUB, "--stdin", "token", stdin=b"g").status == 0
    assert cli("get", "github").out == b"g"


def test_init_writes_where_config_says(cli: Cli, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert cli("-c", str(elsewhere / "creds.yaml"), "init").status == 0
    assert (elsewhere / "creds.yaml").exists()


def test_the_schema_of_the_settings_accepts_them(cli: Cli, project: Path, settings: Path) -> None:
    done = cli("config", "schema")
    (project / "schema.json").write_bytes(done.out)
    checker = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", "schema.json", settings.name],
        cwd=project,
        capture_output=True,
        check=False,
    )
    assert checker.returncode == 0, checker.stdout
