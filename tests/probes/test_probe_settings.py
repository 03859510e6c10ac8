"""What ``test:`` may say in the settings file, and what it is refused for."""

from __future__ import annotations

from typing import Any

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.plugins import CREDENTIAL_TYPES, credential_type, installed
from orqo_vault.probes.running import probe_of
from orqo_vault.settings.schema import ProbeEntry
from tests.probes.conftest import Stage

SSH = {"host": "git.example", "user": "git"}


@pytest.mark.parametrize(
    ("type", "test"),
    [
        ("api_token", {"url": "https://api.example/v1/me?full=1"}),
        ("api_token", {"url": "http://127.0.0.1:8080/"}),
        ("api_token", {"url": "http://[::1]:8080/", "method": "HEAD", "expect": 204}),
        ("api_token", {"base_url": "https://llm.corp.example", "ca_file": "corp.pem"}),
        ("api_token", {"url": "https://x.example", "headers": {"X-Key": "token"}}),
        ("oauth2", {"grant": "refresh_token"}),
        ("aws_ses", {"base_url": "https://vpce.example"}),
        ("ssh_key", {**SSH, "port": 2222}),
        ("email_smtp", {"ca_file": "/etc/ssl/corp.pem"}),
    ],
)
def test_it_may_say(type: str, test: dict[str, Any], stage: Stage) -> None:
    vault = stage.declare(type, test=test)
    again = stage.declare(type, test=test)  # from what was compiled
    assert vault.credentials["c"].test == again.credentials["c"].test == test


@pytest.mark.parametrize(
    ("type", "test", "said"),
    [
        ("api_token", {"url": "http://api.example/"}, "must begin with https://"),
        ("api_token", {"url": "http://127.0.0.1.evil.example/"}, "must begin with https://"),
        ("api_token", {"url": "https://ana:pw-4711@api.example/"}, "has a user or a password in it"),
        ("api_token", {"url": "https://api.example/#part"}, "has a fragment"),
        ("api_token", {"url": "ftp://api.example/"}, "test.url"),
        ("api_token", {"url": "https://api.example/a b"}, "test.url"),
        ("api_token", {"url": "https:///path"}, "names no host"),
        ("api_token", {"base_url": "https://api.example?x=1"}, "must not have a query"),
        ("api_token", {"url": "https://a.example", "base_url": "https://b.example"}, "only one of url and base_url"),
        ("api_token", {"url": "https://a.example", "header": "X", "headers": {"Y": "token"}}, "only one of"),
        ("api_token", {"url": "https://a.example", "headers": {"Y": "tokn"}}, "the type has no such field"),
        ("api_token", {"url": "https://a.example", "header": "X: 1\r\nY"}, "test.header"),
        ("api_token", {"scheme": "Bearer"}, "is of use only with a url"),
        ("api_token", {"url": "https://a.example", "method": "DELETE"}, "must be GET or HEAD"),
        ("api_token", {"url": "https://a.example", "expect": 99}, "test.expect"),
        ("api_token", {"host": "git.example"}, "a test of type api_token takes no such key"),
        ("api_token", {"urll": "https://a.example"}, "unknown key"),
        ("email_smtp", {"url": "https://a.example"}, "a test of type email_smtp takes no such key"),
        ("oauth2", {"grant": "password"}, "must be client_credentials or refresh_token"),
        ("ssh_key", {"host": "git.example"}, "user is missing"),
        ("ssh_key", {"user": "git", "port": 22}, "host is missing"),
        ("ssh_key", {**SSH, "host": "-oProxyCommand=x"}, "test.host"),
        ("ssh_key", {**SSH, "user": "-oProxyCommand=x"}, "test.user"),
        ("ssh_key", {**SSH, "port": 70000}, "test.port"),
    ],
)
def test_it_is_refused(type: str, test: dict[str, Any], said: str, stage: Stage) -> None:
    with pytest.raises(SettingsError) as caught:
        stage.declare(type, test=test)
    assert said in str(caught.value)
    assert str(caught.value.location).startswith(str(stage.folder / "orqo-vault.yaml:"))
    assert "pw-4711" not in str(caught.value) + str(caught.value.hint)


@pytest.mark.parametrize("name", installed(CREDENTIAL_TYPES))
def test_every_type_has_a_test_and_keys_that_there_are(name: str) -> None:
    type = credential_type(name)
    assert callable(probe_of(type))
    assert set(type.test_keys) <= set(ProbeEntry.model_fields)
