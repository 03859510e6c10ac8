"""The whole life of a credential of each type through the API, and what stands in the way where it must."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.canary.canaries import CREDENTIALS, Canaries
from tests.web.stage import Client, Project

PLAIN = {"mail": ("host",), "oauth": ("token_url",)}


def declaration(credential_id: str) -> dict[str, Any]:
    pairs = (part.split(": ", 1) for part in CREDENTIALS[credential_id].replace("[tenant, api_key]", "-").split(", "))
    entry: dict[str, Any] = {"name": f"The {credential_id}", **dict(pairs)}
    if entry.get("fields") == "-":
        entry["fields"] = ["tenant", "api_key"]
    return {**entry, "key": f"{entry['key']}_NEW"}


@pytest.mark.parametrize("credential_id", list(CREDENTIALS))
def test_the_whole_life_of_a_type(credential_id: str, project: Project, client: Client) -> None:
    canaries = Canaries()
    new, given = f"{credential_id}-new", dict(canaries.fields[credential_id])
    values = {name: given.pop(name) for name in PLAIN.get(credential_id, ())}
    entry = declaration(credential_id) | ({"values": values} if values else {})

    preview = client.api("POST", "/previews/new", {"id": new, "declaration": entry})
    assert (preview.json["problem"], preview.status) == (None, 200)
    made = client.api("POST", "/credentials", {"id": new, "declaration": entry, "fields": given})
    assert made.status == 201, made.body
    assert {each["name"] for each in preview.json["variables"]} == set(made.json["row"]["variables"])
    assert project.stored(new).items() >= {name: text for name, text in given.items() if name != "private_key"}.items()
    shown = client.api("GET", f"/credentials/{new}/stored").json
    assert set(shown["fields"]) >= set(given)
    assert shown["missing"] == []

    renamed = client.api("PATCH", f"/credentials/{new}", {"declaration": {"name": "Renamed"}}, match=made.etag)
    assert (renamed.status, renamed.json["row"]["name"]) == (200, "Renamed")
    secret = next(each["name"] for each in renamed.json["fields"] if each["secret"])
    replaced = canaries.fields[credential_id][secret] if secret == "private_key" else canaries.plain("replaced")
    every = {name: {"op": "set", "value": text} for name, text in given.items()}
    fields = every | {secret: {"op": "set", "value": replaced}}
    changed = client.api("PATCH", f"/credentials/{new}", {"fields": fields}, match=renamed.etag)
    assert changed.status == 200, changed.body
    assert project.stored(new)[secret].strip() == replaced.strip()

    off = client.api("POST", f"/credentials/{new}/disable", match=changed.etag)
    assert off.json["row"]["enabled"] is False
    on = client.api("POST", f"/credentials/{new}/enable", match=off.etag)
    assert on.json["row"]["enabled"] is True
    gone = client.api("DELETE", f"/credentials/{new}", match=on.etag)
    assert gone.json == {"id": new, "secret_deleted": True}
    assert client.api("GET", f"/credentials/{new}").code == "unknown_credential"

    text = b"".join(each.body for each in client.seen).decode()
    for text_of_secret in (*canaries.fields[credential_id].values(), replaced):
        if text_of_secret not in values.values() and text_of_secret != "eu-central-1":
            assert text_of_secret not in text
            assert json.dumps(text_of_secret)[1:-1] not in text
    assert "# kept" in project.file.read_text()


def test_what_is_used_is_not_deleted_unless_another_takes_its_place(project: Project, client: Client) -> None:
    etag = client.api("GET", "/credentials/openai").etag
    refused = client.api("DELETE", "/credentials/openai", match=etag)
    assert (refused.status, refused.code) == (409, "in_use")
    assert "llm default" in refused.json["error"]["message"]
    uses = client.api("GET", "/credentials/openai/uses").json
    assert uses["llm"] == ["default"]
    assert uses["runs_through_llm"] == {"default": ["default"]}

    other = {"name": "Other", "key": "OTHER_KEY", "category": "llm_provider", "type": "api_token"}
    client.api("POST", "/credentials", {"id": "other", "declaration": other, "fields": {"token": "t-123456"}})
    gone = client.api("DELETE", "/credentials/openai?replace_with=other", match=etag)
    assert gone.status == 200, gone.body
    assert client.api("GET", "/llm/default").json["credential"] == "other"


def test_a_credential_of_another_category_cannot_take_its_place_in_an_llm_config(client: Client) -> None:
    etag = client.api("GET", "/credentials/openai").etag
    refused = client.api("DELETE", "/credentials/openai?replace_with=mail", match=etag)
    assert (refused.status, refused.code) == (409, "in_use")


def test_a_credential_of_another_provider_cannot_take_its_place_in_an_llm_config(
    project: Project, client: Client
) -> None:
    other = {
        "name": "Claude",
        "key": "CLAUDE",
        "category": "llm_provider",
        "type": "api_token",
        "provider": "anthropic",
    }
    made = client.api("POST", "/credentials", {"id": "claude", "declaration": other, "fields": {"token": "t-123456"}})
    assert made.status == 201, made.body
    before = project.file.read_text()

    refused = client.api(
        "DELETE", "/credentials/openai?replace_with=claude", match=client.api("GET", "/credentials/openai").etag
    )

    assert (refused.status, refused.code) == (422, "settings"), refused.body
    assert "claude" in refused.json["error"]["message"]
    assert project.file.read_text() == before
    assert client.api("GET", "/llm/default").json["credential"] == "openai"


def test_a_provider_fits_under_each_of_its_names(client: Client) -> None:
    for model, fits in (("openai-chat:gpt-4o", True), ("OpenAI:gpt-4o", True), ("anthropic:x", False)):
        found = client.api("GET", f"/llm-credentials?model={model}").json["credentials"]
        assert [(each["id"], each["fits"]) for each in found] == [("openai", fits)], model


def test_mode_is_switched_to_the_platforms_key_and_back(project: Project, client: Client) -> None:
    with project.vault() as vault:
        vault.put("openai", {"token": "own-token-1234"})
    etag = client.api("GET", "/credentials/openai").etag
    body: dict[str, Any] = {"declaration": {"mode": "platform"}}
    assert client.api("PATCH", "/credentials/openai", body, match=etag).code == "invalid_field"
    switched = client.api("PATCH", "/credentials/openai", body | {"own_key": "keep"}, match=etag)
    assert switched.json["row"]["value"] == "Platform key"
    fields = {"token": {"op": "set", "value": "never-stored"}}
    refused = client.api("PATCH", "/credentials/openai", {"fields": fields}, match=switched.etag)
    assert (refused.status, refused.code) == (422, "invalid_field")
    back = client.api("PATCH", "/credentials/openai", {"declaration": {"mode": "own"}}, match=switched.etag)
    assert back.status == 200, back.body
    assert back.json["row"]["mode"] == "own"
    assert project.stored("openai") == {"token": "own-token-1234"}
    destroyed = client.api("PATCH", "/credentials/openai", body | {"own_key": "destroy"}, match=back.etag)
    assert destroyed.status == 200
    again = client.api("PATCH", "/credentials/openai", {"declaration": {"mode": "own"}}, match=destroyed.etag)
    assert again.status == 200
    assert project.stored("openai") == {}


def test_llm_configs_are_made_changed_and_deleted(client: Client) -> None:
    made = client.api("POST", "/llm", {"name": "fast", "model": "openai:gpt-4o-mini", "credential": "openai"})
    assert (made.status, made.json["mode"]) == (201, "own")
    changed = client.api("PATCH", "/llm/fast", {"model": "openai:gpt-5"}, match=made.etag)
    assert changed.json["model"] == "openai:gpt-5"
    assert client.api("DELETE", "/llm/fast", match=made.etag).code == "changed_meanwhile"
    assert client.api("DELETE", "/llm/fast", match=changed.etag).status == 204
    refused = client.api("DELETE", "/llm/default", match=client.api("GET", "/llm/default").etag)
    assert refused.code == "in_use"
    assert [each["id"] for each in client.api("GET", "/llm-credentials?model=openai:x").json["credentials"]] == [
        "openai"
    ]


def test_backends_plans_and_what_is_missing_are_shown(project: Project, client: Client) -> None:
    assert [each["name"] for each in client.api("GET", "/backends").json["backends"]] == ["local", "spare"]
    assert set(client.api("GET", "/setup").json["missing"]) == {"openai", "mail"}
    with project.vault() as vault:
        vault.put("openai", {"token": "own-token-1234"})
    assert client.api("GET", "/setup").json["missing"] == ["mail"]
    assert client.api("POST", "/backends/local/check").json["ok"] is True
    plan = client.api("POST", "/plan", {"only": ["openai"]}).json
    assert [each["name"] for each in plan["variables"]] == ["OPENAI_API_KEY"]
    assert client.api("POST", "/plan", {"run": "nightly"}).status == 404


def test_the_preview_tells_conflicts_and_refused_names(client: Client) -> None:
    entry = {"name": "Twin", "key": "OPENAI_API_KEY", "category": "custom", "type": "api_token"}
    twin = client.api("POST", "/previews/new", {"id": "twin", "declaration": entry}).json
    assert twin["variables"][0]["also_set_by"] == ["openai"]
    bad = client.api("POST", "/previews/new", {"id": "twin", "declaration": entry | {"key": "LD_PRELOAD"}}).json
    assert bad["problem"]
    assert "LD_PRELOAD" in bad["problem"]


def test_the_list_is_searched_sorted_and_paged(client: Client) -> None:
    found = client.api("GET", "/credentials?text=smtp&category=communication").json
    assert [each["id"] for each in found["rows"]] == ["mail"]
    assert (found["total"], found["declared"]) == (1, 2)
    last = client.api("GET", "/credentials?sort=name&descending=true&limit=1").json
    assert [each["id"] for each in last["rows"]] == ["mail"]
    assert client.api("GET", "/credentials?sort=password").status == 422
    assert client.api("GET", "/credentials?text=a&text=b").status == 422


def test_a_test_asks_the_saved_destination_and_says_what_came_of_it(project: Project, client: Client) -> None:
    assert client.api("POST", "/credentials/openai/test").code == "missing_secrets"
    with project.vault() as vault:
        vault.put("mail", {"password": "canary-pass-word"})
    tested = client.api("POST", "/credentials/mail/test").json
    assert tested["outcome"] == "unreachable"
    assert client.api("GET", "/credentials/mail").json["row"]["status"] == "unreachable"


def test_what_somebody_does_is_recorded_before_it_is_done(project: Project, client: Client) -> None:
    entry = {"name": "N", "key": "N_KEY", "category": "custom", "type": "api_token"}
    made = client.api("POST", "/credentials", {"id": "n", "declaration": entry, "fields": {"token": "canary-token-7"}})
    client.api("DELETE", "/credentials/n", match=made.etag)
    told = [(each["event"], each["actor"]["name"], each["credentials"][0]["fields"]) for each in project.records()]
    assert told == [("create", "terminal", ["token"]), ("delete", "terminal", [])]
