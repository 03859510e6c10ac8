"""Values go in by pipe, file, variable or JSON, and come out byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (b"sk-1", b"sk-1"),
        (b"sk-1\n", b"sk-1"),
        (b"sk-1\r\n", b"sk-1"),
        (b"sk-1\n\n", b"sk-1\n\n"),
        (b" sk-1 ", b" sk-1 "),
        (b"a\nb\n", b"a\nb\n"),
        ("snowman ☃ \U0001f600".encode(), "snowman ☃ \U0001f600".encode()),
    ],
)
def test_a_piped_value_loses_the_newline_of_its_only_line_and_nothing_else(cli: Cli, typed: bytes, kept: bytes) -> None:
    assert cli("set", "pair", "left", stdin=typed).status == 0
    assert cli("get", "pair.left").out == kept


def test_exact_keeps_the_newline(cli: Cli) -> None:
    assert cli("set", "pair", "left", "--exact", stdin=b"sk-1\n").status == 0
    assert cli("get", "pair.left").out == b"sk-1\n"


def test_the_field_may_follow_a_dot(cli: Cli) -> None:
    assert cli("set", "pair.left", stdin=b"l").status == 0
    assert cli("get", "pair.left").out == b"l"


def test_without_a_field_the_primary_one_is_meant(cli: Cli) -> None:
    done = cli("set", "openai", stdin=b"sk-1\n")
    assert (done.status, done.out) == (0, b"")
    assert "openai: stored token in local" in done.err
    assert cli("get", "openai").out == b"sk-1"


@pytest.mark.parametrize("credential", ["login", "pair", "mail"])
def test_where_several_fields_could_be_meant_none_is_guessed(cli: Cli, credential: str) -> None:
    done = cli("set", credential, stdin=b"secret-value")
    assert done.status == 2
    assert "has several fields" in done.err
    assert "secret-value" not in done.err


def test_a_file_is_read(cli: Cli, project: Path) -> None:
    (project / "token").write_bytes(b"from-file\n")
    assert cli("set", "openai", "--from-file", "token").status == 0
    assert cli("get", "openai").out == b"from-file"


def test_a_key_file_of_several_lines_is_kept_whole(cli: Cli, project: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (project / "id").write_bytes(key)
    assert cli("set", "deploy", "--from-file", "id").status == 0
    assert cli("get", "deploy.private_key").out == key
    assert cli("get", "deploy.public_key").text.startswith("ssh-ed25519 ")


def test_a_variable_is_taken_as_it_is(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "from-env\n")
    assert cli("set", "pair", "left", "--from-env", "TOKEN").status == 0
    assert cli("get", "pair.left").out == b"from-env\n"


def test_a_value_given_where_a_variables_name_belongs_is_not_repeated(cli: Cli) -> None:
    done = cli("set", "openai", "--from-env", "sk-live-123456")
    assert done.status == 2
    assert "sk-live" not in done.err


def test_json_replaces_all_fields(cli: Cli) -> None:
    assert cli("set", "login", "--from-json", "-", stdin=b'{"username": "ana", "password": "pw"}').status == 0
    assert cli("get", "login.username").out == b"ana"
    assert cli("set", "mail", "--from-json", "-", stdin=b'{"port": 2525}').status == 0
    assert cli("get", "mail.port").out == b"2525"
    assert cli("get", "mail.password").status == 3


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'"sk-live-1"', b'{"token": null}', b'{"token": ["sk-live-1"]}'])
def test_json_of_another_shape_is_refused_without_a_word_of_it(cli: Cli, text: bytes) -> None:
    done = cli("set", "openai", "--from-json", "-", stdin=text)
    assert done.status == 2
    assert "sk-live" not in done.err


def test_a_field_can_be_cleared(cli: Cli) -> None:
    cli("set", "mail", "--from-json", "-", stdin=b'{"username": "ana", "password": "pw"}')
    done = cli("set", "mail", "--clear", "username")
    assert done.status == 0
    assert "cleared username" in done.err
    assert cli("get", "mail.username").status == 3
    assert cli("get", "mail.password").out == b"pw"


@pytest.mark.parametrize(
    "words",
    [
        ("set", "openai", "--from-file", "x", "--from-env", "X"),
        ("set", "openai", "token", "--from-json", "-"),
        ("set", "openai", "--clear", "token", "--from-json", "-"),
        ("set", "mail", "host", "--from-env", "HOME"),
        ("set", "openai", "--from-file", "no-such-file"),
        ("set", "openai", "--from-file", "."),
    ],
)
def test_what_contradicts_itself_is_a_wrong_command_line(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli(*words).status == 2


@pytest.mark.parametrize("words", [("openai",), ("pair", "left"), ("mail", "password")])
def test_an_empty_value_is_refused_for_it_is_an_accident(cli: Cli, words: tuple[str, ...]) -> None:
    done = cli("set", *words, stdin=b"\n")
    assert done.status == 2
    assert "--clear" in done.err


def test_an_empty_variable_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNSET_BY_ACCIDENT", "")
    done = cli("set", "openai", "--from-env", "UNSET_BY_ACCIDENT")
    assert done.status == 2
    assert "empty" in done.err


def test_an_empty_value_that_is_meant_is_a_value(cli: Cli) -> None:
    assert cli("set", "pair", "left", "--exact", stdin=b"").status == 0
    done = cli("get", "pair.left")
    assert (done.status, done.out) == (0, b"")


def test_bytes_that_are_not_text_are_refused(cli: Cli) -> None:
    done = cli("set", "openai", stdin=b"\xff\xfe")
    assert done.status == 2
    assert "base64" in done.err


def test_more_than_a_mebibyte_is_refused(cli: Cli) -> None:
    assert cli("set", "openai", stdin=b"x" * (1024 * 1024 + 1)).status == 2


@pytest.mark.parametrize(
    "words",
    [
        ("set", "openai", "hunter2-is-secret"),
        ("set", "openai", "token", "hunter2-is-secret"),
        ("set", "openai", "token", "--hunter2-is-secret"),
        ("set", "openai", "token", "-----BEGIN KEY-----\nhunter2-is-secret\n-----END KEY-----"),
        (
            "add",
            "x",
            "--type",
            "api_token",
            "--key",
            "X",
            "--category",
            "runtime",
            "--value",
            "token=hunter2-is-secret",
        ),
        ("add", "x", "--type", "api_token", "--key", "X", "--category", "runtime", "--value", "hunter2-is-secret"),
        (
            "add",
            "x",
            "--type",
            "api_token",
            "--key",
            "X",
            "--category",
            "runtime",
            "--from-env",
            "token=hunter2-is-secret",
        ),
        ("add", "x", "--type", "custom", "--key", "X", "--field", "a", "--value", "a=hunter2-is-secret"),
        ("edit", "openai", "--value", "token=hunter2-is-secret"),
        ("get", "openai.hunter2-is-secret"),
    ],
)
def test_a_value_typed_where_none_belongs_is_refused_and_not_repeated(cli: Cli, words: tuple[str, ...]) -> None:
    done = cli(*words, stdin=b"x")
    assert done.status in (2, 3)
    assert "hunter2" not in done.err + done.text


def test_a_field_that_is_not_there_is_named_by_those_that_are(cli: Cli) -> None:
    done = cli("set", "login", "pasword", stdin=b"x")
    assert done.status == 2
    assert "username, password" in done.err


def test_set_answers_in_json_without_the_value(cli: Cli) -> None:
    done = cli("set", "openai", "--json", stdin=b"sk-live-1")
    assert done.json["schema_version"] == 1
    assert (done.json["id"], done.json["stored"], done.json["backend"]) == ("openai", ["token"], "local")
    assert "sk-live-1" not in done.text


def test_get_answers_in_json(filled: Cli) -> None:
    assert filled("get", "openai.token", "--json").json["value"] == "sk-1"


def test_get_of_nothing_says_how_to_store_it(cli: Cli) -> None:
    done = cli("get", "openai")
    assert done.status == 3
    assert "orqo-vault set openai token" in done.err


def test_get_without_a_primary_secret_names_the_fields(cli: Cli) -> None:
    done = cli("get", "pair")
    assert done.status == 2
    assert "left, right" in done.err


def test_get_shows_what_stands_in_the_settings_and_what_is_the_default(cli: Cli) -> None:
    assert cli("get", "mail.host").out == b"smtp.acme.example"
    assert cli("get", "mail.port").out == b"587"


def test_writing_to_a_read_only_backend_is_denied(cli: Cli, settings: Path) -> None:
    settings.write_text(settings.read_text().replace("path: team/shared", "path: team/shared, backend: frozen"))
    done = cli("set", "shared", stdin=b"x")
    assert done.status == 5
    assert "read_only" in done.err


def test_a_platform_key_has_nothing_to_set(cli: Cli) -> None:
    done = cli("set", "hosted", stdin=b"x")
    assert done.status == 3
    assert "--mode own" in done.err


def test_a_quiet_set_says_only_what_must_be_known(cli: Cli) -> None:
    first = cli("-q", "set", "openai", stdin=b"sk-1")
    assert "back this file up" in first.err
    assert cli("-q", "set", "openai", stdin=b"sk-2").err == ""


def test_json_given_as_bytes_may_have_any_utf8_text(cli: Cli) -> None:
    value = 'quote " dollar $ \u2603 \n end'
    assert cli("set", "openai", "--from-json", "-", stdin=json.dumps({"token": value}).encode()).status == 0
    assert cli("get", "openai").out == value.encode()
