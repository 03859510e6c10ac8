"""The operator's file: all of it, what is wrong with it, and where it is never looked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings import operator
from orqo_vault.settings.operator import load_operator
from orqo_vault.settings.operator_model import (
    Audit,
    AuditSink,
    Ledger,
    Operator,
    Organization,
    PlatformProvider,
    Price,
    Prices,
)

WHOLE = """\
version: 1
production: true
organizations:
  acme: {users: [alice], uids: [1004]}
  beta: {users: [bob]}
backends:
  keys: {type: encrypted-file, path: /var/lib/orqo-vault/keys}
platform_providers:
  openai:
    type: gateway
    address: http://127.0.0.1:8080
    upstream: https://api.openai.com
    backend: keys
    path: openai
    models: [gpt-4o]
    runs: [nightly]
ledger: {address: "postgresql://orqo@db.example/ledger", password_file: /run/secrets/ledger}
prices:
  usd_per_credit: 0.01
  markup_percent: 20
  models:
    "openai:gpt-4o": {input: 2.50, output: "10.00", cached_input: 1.25}
audit:
  fail_mode: open
  sinks:
    - {type: file, path: /var/log/orqo-vault/audit.jsonl}
allowed_hosts: [vault.corp.example]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "etc" / "operator.yaml"
    path.parent.mkdir()
    path.write_text(WHOLE)
    return path


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default place, which must not be this machine's."""
    path = tmp_path / "default" / "operator.yaml"
    monkeypatch.setattr(operator, "DEFAULT_PATH", path)
    return path


def test_everything_the_operator_decides_is_read(file: Path) -> None:
    read = load_operator(file)

    assert (read.file, read.production) == (file, True)
    assert read.organizations == {
        "acme": Organization(name="acme", users=("alice",), uids=(1004,)),
        "beta": Organization(name="beta", users=("bob",)),
    }
    assert read.backends["keys"].type == "encrypted-file"
    assert read.platform_providers == {
        "openai": PlatformProvider(
            name="openai",
            type="gateway",
            backend="keys",
            at={"path": "openai"},
            address="http://127.0.0.1:8080",
            upstream="https://api.openai.com",
            models=("gpt-4o",),
            runs=("nightly",),
        )
    }
    assert read.ledger == Ledger(address="postgresql://orqo@db.example/ledger", password_file="/run/secrets/ledger")
    assert read.audit == Audit(
        sinks=(AuditSink(type="file", options={"path": "/var/log/orqo-vault/audit.jsonl"}),), fail_mode="open"
    )
    assert read.allowed_hosts == {"vault.corp.example"}


def test_prices_keep_every_digit_that_is_written(file: Path) -> None:
    assert load_operator(file).prices == Prices(
        usd_per_credit="0.01",
        markup_percent="20",
        models={"openai:gpt-4o": Price(input="2.50", output="10.00", cached_input="1.25")},
    )


def test_a_machine_without_an_operator_has_the_defaults(nowhere: Path) -> None:
    assert load_operator() is None
    assert Operator().audit is None
    assert Audit().fail_mode == "closed"


def test_the_default_place_is_read(nowhere: Path) -> None:
    nowhere.parent.mkdir()
    nowhere.write_text("production: true\n")

    assert load_operator().production


def test_the_default_place_is_in_etc() -> None:
    assert str(operator.DEFAULT_PATH) == "/etc/orqo-vault/operator.yaml"


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such operator file"):
        load_operator(tmp_path / "operator.yaml")


def test_a_name_that_depends_on_the_working_directory_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)

    with pytest.raises(SettingsError) as caught:
        load_operator(Path("operator.yaml"))

    assert caught.value.hint == "name it with an absolute path"


def test_a_file_that_others_may_write_is_refused(file: Path) -> None:
    file.chmod(0o664)

    with pytest.raises(SettingsError, match="other users may change it"):
        load_operator(file)


WRONG = [
    # what stands there, what stands there instead, what is said
    ("version: 1", "version: 2", "version: must be 1"),
    ("production: true", "production: yes", "production: must be true or false"),
    ("production: true", "prodction: true", "prodction: unknown key"),
    ("users: [bob]", "users: [alice]", "caller of another organization"),
    ("users: [bob]", "uids: [1004]", "caller of another organization"),
    ("uids: [1004]", "uids: [-1]", "uids"),
    ("type: encrypted-file, path", "type: encrypted-file, pfad", "backends.keys.pfad: unknown key"),
    ("backend: keys", "backend: kyes", "no such backend in this file"),
    ("    backend: keys\n", "", "path: needs a backend"),
    ("    path: openai\n", "", "platform_providers.openai"),
    ("    path: openai\n", "    path: openai\n    at: {path: x}\n", "stands beside at"),
    ("    type: gateway\n", "", "type: is missing"),
    ("https://api.openai.com", "http://api.openai.com", "must begin with https"),
    ("https://api.openai.com", "https://me@api.openai.com", "without a user"),
    ("http://127.0.0.1:8080", "http://10.0.0.1:8080", "must begin with https"),
    ("postgresql://orqo@", "mysql://orqo@", "must begin with sqlite"),
    ("/run/secrets/ledger", "secrets/ledger", "must be an absolute path"),
    ("input: 2.50", "input: 0.0000025", "no price in USD for a million tokens"),
    ("input: 2.50", "input: 2500000", "no price in USD for a million tokens"),
    ("input: 2.50", "input: -1", "not negative"),
    ("input: 2.50", "input: free", "decimal number"),
    ("input: 2.50, ", "", "input: is missing"),
    ("usd_per_credit: 0.01", "usd_per_credit: 0", "must be more than 0"),
    ("markup_percent: 20", "markup_percent: twenty", "decimal number"),
    ("fail_mode: open", "fail_mode: opne", "must be closed or open"),
    ("[vault.corp.example]", "['https://vault.corp.example']", "must be a host name"),
]


@pytest.mark.parametrize(("there", "instead", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_place(file: Path, there: str, instead: str, said: str) -> None:
    assert WHOLE.count(there) == 1
    file.write_text(WHOLE.replace(there, instead))

    with pytest.raises(SettingsError, match=said) as caught:
        load_operator(file)

    assert caught.value.location is not None
    assert caught.value.location.file == str(file)
    assert caught.value.location.line


CANARY = "c4n4ry-5ecret"


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("orqo@db.example", f"orqo:{CANARY}@db.example"),
        ("db.example/ledger", f"db.example/ledger?password={CANARY}"),
        ("path: /var/log", f"api_token: {CANARY}, path: /var/log"),
        ("path: /var/log", f"login: {{client_secret: {CANARY}}}, path: /var/log"),
        ("path: /var/log", f"logins: [{{api_token: {CANARY}}}], path: /var/log"),
        ("path: /var/log", f"api_key: [{CANARY}], path: /var/log"),
        ("type: encrypted-file, ", f"type: not-installed, nodes: [{{password: {CANARY}}}], "),
        ("password_file: /run/secrets/ledger", f"password: {CANARY}"),
        ("type: encrypted-file, ", f"type: encrypted-file, token: {CANARY}, "),
        ("type: encrypted-file, ", f"type: not-installed, secret_id: {CANARY}, "),
        ("    path: openai\n", f"    path: openai\n    api_key: {CANARY}\n"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(file: Path, there: str, instead: str) -> None:
    file.write_text(WHOLE.replace(there, instead, 1))

    with pytest.raises(SettingsError) as caught:
        load_operator(file)

    assert CANARY not in f"{caught.value} {caught.value.hint}"


def test_a_file_that_names_places_may_name_them_like_secrets(file: Path) -> None:
    file.write_text("audit: {sinks: [{type: http, token_file: /run/secrets/t, key_id: k, secret_id_file: /s}]}\n")

    assert set(load_operator(file).audit.sinks[0].options) == {"token_file", "key_id", "secret_id_file"}


@pytest.mark.parametrize("variable", ["ORQO_VAULT_OPERATOR", "ORQO_VAULT_OPERATOR_FILE", "ORQO_OPERATOR"])
def test_no_variable_names_the_file(file: Path, nowhere: Path, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, str(file))
    monkeypatch.chdir(file.parent)

    assert load_operator() is None
    assert os.getcwd() == str(file.parent)
