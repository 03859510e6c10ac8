"""A secret goes where the settings file says: what is stored beside it in a backend cannot send it elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from orqo_vault.probes import Outcome
from tests.probes.conftest import SECRET, Stage


@pytest.fixture
def contacted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the hosts that are looked up from now on; none is found."""
    hosts: list[str] = []

    def look_up(host: str, *_: object, **__: object) -> Any:
        hosts.append(host)
        raise OSError("no such host")

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    return hosts


def stored(stage: Stage, type: str, **fields: str) -> Any:
    """Test a credential whose fields were all stored by another tool, which checked none of them."""
    names = {name: f"their_{name}" for name in fields}
    theirs = {names[name]: text for name, text in fields.items()}
    stage.declare("custom", theirs, path="shared", fields=list(theirs)).close()
    with stage.declare(type, path="shared", fields=names) as vault:
        return vault.test("c")


def test_a_mail_server_that_only_the_backend_names_gets_no_password(stage: Stage, contacted: list[str]) -> None:
    result = stored(stage, "email_smtp", host="evil.example", username="u", password=SECRET)
    assert (result.outcome, contacted) == (Outcome.REFUSED, [])
    assert "put it under values:" in result.reason


def test_a_token_endpoint_that_only_the_backend_names_gets_no_secret(stage: Stage, contacted: list[str]) -> None:
    result = stored(stage, "oauth2", client_id="c", client_secret=SECRET, token_url="https://evil.example/token")
    assert (result.outcome, contacted) == (Outcome.REFUSED, [])


@pytest.mark.parametrize("region", ["evil.example/#", "us-east-1.evil.example", "", "US"])
def test_a_region_is_no_way_to_another_host(region: str, stage: Stage, contacted: list[str]) -> None:
    result = stored(stage, "aws_ses", region=region, access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SECRET)
    assert result.outcome is not Outcome.OK
    assert contacted == []


@pytest.mark.parametrize(
    ("field", "text", "outcome"),
    [("security", "SSL", Outcome.REFUSED), ("security", "NONE", Outcome.REFUSED), ("port", "x25", Outcome.FAILING)],
)
def test_what_another_tool_stored_is_not_taken_for_something_else(
    field: str, text: str, outcome: Outcome, stage: Stage, contacted: list[str]
) -> None:
    fields = {"their_password": SECRET, f"their_{field}": text}
    stage.declare("custom", fields, path="shared", fields=list(fields)).close()
    names = {"password": "their_password", field: f"their_{field}"}
    values = {"host": "mail.example", "username": "u"}
    with stage.declare("email_smtp", path="shared", fields=names, values=values) as vault:
        assert vault.test("c").outcome is outcome
    assert contacted == []
