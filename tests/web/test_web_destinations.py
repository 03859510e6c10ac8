"""Nobody reads a secret by sending it somewhere: who changes where it goes, or which one goes, shows they have it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.stage import Answer, Client, Project

SECRET = "canary-password-8c41"


@pytest.fixture(autouse=True)
def stored(project: Project) -> None:
    with project.vault() as vault:
        vault.put("openai", {"token": SECRET})
        vault.update("mail", {"password": SECRET})


def patch(client: Client, credential_id: str, declaration: Any = None, **fields: Any) -> Answer:
    etag = client.api("GET", f"/credentials/{credential_id}").etag
    body = {"declaration": declaration or {}, "fields": fields}
    return client.api("PATCH", f"/credentials/{credential_id}", body, match=etag)


def setting(value: str) -> dict[str, str]:
    return {"op": "set", "value": value}


MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "another host": ("mail", {"values": {"host": "evil.example"}}),
    "no encryption": ("mail", {"values": {"security": "none"}}),
    "another port": ("mail", {"values": {"port": "2525"}}),
    "a test of one's own": ("openai", {"test": {"url": "https://evil.example/"}}),
    "another base address": ("openai", {"test": {"base_url": "https://evil.example"}}),
    "another provider": ("mail", {"provider": "another"}),
}


@pytest.mark.parametrize("name", MOVES)
def test_another_destination_needs_the_secret_again(name: str, project: Project, client: Client) -> None:
    credential_id, declaration = MOVES[name]
    before = project.file.read_text()
    refused = patch(client, credential_id, declaration)
    assert (refused.status, refused.code) == (422, "secret_needed")
    assert project.file.read_text() == before
    field = "token" if credential_id == "openai" else "password"
    given = patch(client, credential_id, declaration, **{field: setting("a-new-secret-1")})
    assert given.status == 200, given.body
    assert project.stored(credential_id) == {field: "a-new-secret-1"}


def test_what_does_not_change_where_it_goes_needs_nothing(client: Client) -> None:
    assert patch(client, "mail", {"name": "Post", "env": {"username": ["MAIL_USER"]}}).status == 200


def test_a_server_that_is_stored_counts_as_a_destination(project: Project, client: Client) -> None:
    assert patch(client, "mail", port=setting("2525")).code == "secret_needed"
    assert project.stored("mail") == {"password": SECRET}


@pytest.mark.parametrize("declaration", [{"path": "openai"}, {"backend": "spare", "path": "stolen"}])
def test_another_place_needs_what_is_stored_there(declaration: dict[str, str], client: Client) -> None:
    """Somebody who may edit ``mail`` would otherwise send the key of ``openai`` to a mail server of their own."""
    mine = {
        "name": "Mine",
        "key": "MINE",
        "category": "custom",
        "type": "api_token",
        "backend": "spare",
        "path": "stolen",
    }
    assert (
        client.api("POST", "/credentials", {"id": "owner", "declaration": mine, "fields": {"token": SECRET}}).status
        == 201
    )
    entry = {"name": "Thief", "key": "THIEF", "category": "custom", "type": "api_token"}
    made = client.api("POST", "/credentials", {"id": "thief", "declaration": entry, "fields": {"token": "t-1234567"}})
    assert made.status == 201
    etag = made.etag
    body = {"declaration": declaration, "fields": {"token": setting("a guess 1234")}}
    assert client.api("PATCH", "/credentials/thief", body, match=etag).code == "other_secret"
    body = {"declaration": declaration | {"test": {"url": "https://evil.example/"}}}
    assert client.api("PATCH", "/credentials/thief", body, match=etag).code == "secret_needed"
    body = {"declaration": declaration, "fields": {"token": setting(SECRET)}}
    assert client.api("PATCH", "/credentials/thief", body, match=etag).status == 200


def test_a_new_credential_for_somebody_elses_secret_with_an_address_of_its_own_needs_it(client: Client) -> None:
    entry = {
        "name": "Thief",
        "key": "THIEF",
        "category": "custom",
        "type": "api_token",
        "path": "openai",
        "test": {"url": "https://evil.example/"},
    }
    assert client.api("POST", "/credentials", {"id": "thief", "declaration": entry}).code == "secret_needed"
    given = {"id": "thief", "declaration": entry, "fields": {"token": "a guess 1234"}}
    assert client.api("POST", "/credentials", given).code == "other_secret"


def test_a_kept_key_is_not_sent_elsewhere_by_way_of_the_platforms(client: Client) -> None:
    etag = client.api("GET", "/credentials/openai").etag
    switched = client.api(
        "PATCH", "/credentials/openai", {"declaration": {"mode": "platform"}, "own_key": "keep"}, match=etag
    )
    assert switched.status == 200, switched.body
    evil = {"test": {"url": "https://evil.example/"}}
    assert patch(client, "openai", evil).code == "secret_needed"
    assert patch(client, "openai", evil | {"mode": "own"}).code == "secret_needed"


def test_a_deleted_declaration_does_not_lend_its_secret_to_the_next(client: Client) -> None:
    etag = client.api("GET", "/credentials/mail").etag
    other = {
        "name": "Other",
        "key": "OTHER",
        "category": "communication",
        "type": "email_smtp",
        "values": {"host": "a.example"},
    }
    assert client.api("POST", "/credentials", {"id": "other", "declaration": other}).status == 201
    gone = client.api("DELETE", "/credentials/mail?secret=keep&replace_with=other", match=etag)
    assert gone.status == 200, gone.body
    entry = other | {"key": "SMTP", "values": {"host": "evil.example"}}
    assert client.api("POST", "/credentials", {"id": "mail", "declaration": entry}).code == "secret_needed"
