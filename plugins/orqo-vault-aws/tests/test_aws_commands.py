"""``orqo-vault restore`` and ``orqo-vault adopt``, with the host that the command line gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from click.testing import CliRunner

from orqo_vault.errors import AccessDeniedError, MissingSecretsError, PendingDeletionError
from orqo_vault.plugins import command


@dataclass
class Host:
    """What a command is given, by hand."""

    account: Any
    interactive: bool = False
    said: list[str] = field(default_factory=list)
    printed: list[Mapping[str, Any]] = field(default_factory=list)

    def backend(self, type_name: str, name: str | None = None) -> Any:
        assert (type_name, name) == ("aws-secrets-manager", None)
        return self.account.backend

    def say(self, text: str) -> None:
        self.said.append(text)

    def print_json(self, data: Mapping[str, Any]) -> None:
        self.printed.append(data)


def _run(account: Any, name: str, *arguments: str) -> Host:
    host = Host(account)
    result = CliRunner().invoke(command(name), arguments, obj=host, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return host


def test_restore_brings_back_and_names_what_it_did(account: Any) -> None:
    for path in ("mail", "crm"):
        account.put(path, {"password": "canary"})
        account.delete(path)
    with pytest.raises(PendingDeletionError):
        account.get("mail")

    host = _run(account, "restore", "mail", "crm", "--json")

    assert account.get_all("mail", "crm").keys() == {"mail", "crm"}
    assert host.printed == [{"restored": ["mail", "crm"]}]
    assert host.said == ["mail: restored", "crm: restored"]


def test_adopt_allows_to_change_what_others_made(account: Any) -> None:
    account.raw("CreateSecret", Name="theirs", SecretString='{"a": "1"}')
    with pytest.raises(AccessDeniedError):
        account.put("theirs", {"a": "2"})

    _run(account, "adopt", "theirs")

    account.put("theirs", {"a": "2"})
    assert account.get("theirs") == {"a": "2"}


@pytest.mark.parametrize("name", ["restore", "adopt"])
def test_where_there_is_nothing_it_is_said_and_the_rest_is_done(account: Any, name: str) -> None:
    account.raw("CreateSecret", Name="there", SecretString="x")
    account.put("mine", {"a": "x"})
    account.delete("mine")
    present = {"restore": "mine", "adopt": "there"}[name]

    with pytest.raises(MissingSecretsError, match="gone") as caught:
        _run(account, name, "gone", present)

    assert caught.value.paths == ("gone",)
    assert account.get(present) is not None


def test_a_path_that_cannot_be_one_is_a_usage_error(account: Any) -> None:
    result = CliRunner().invoke(command("restore"), ["a b"], obj=Host(account))

    assert result.exit_code == 2
    assert account.wire.calls == []
