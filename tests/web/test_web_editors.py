"""The page, the command line and an editor at once: nobody's work is lost, and conflicts are shown."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from orqo_vault.cli.main import main
from tests.web.stage import Client, Project


def orqo_vault(project: Project, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["orqo-vault", "-c", str(project.file), *arguments])
    return main()


def test_a_change_that_somebody_else_was_quicker_with_is_refused(project: Project, client: Client) -> None:
    etag = client.api("GET", "/credentials/mail").etag
    first = client.api("PATCH", "/credentials/mail", {"declaration": {"name": "First"}}, match=etag)
    second = client.api("PATCH", "/credentials/mail", {"declaration": {"name": "Second"}}, match=etag)
    assert (first.status, second.status, second.code) == (200, 412, "changed_meanwhile")
    assert "First" in project.file.read_text()
    assert client.api("DELETE", "/credentials/mail", match=etag).status == 412
    assert client.api("PATCH", "/credentials/mail", {"declaration": {}}).status == 428


def test_an_edit_by_hand_is_seen_at_once_and_survives(project: Project, client: Client) -> None:
    etag = client.api("GET", "/credentials/mail").etag
    text = project.file.read_text()
    project.file.write_text(text.replace("Outgoing mail # who sends", "By hand # who wrote") + "# the end\n")
    assert client.api("PATCH", "/credentials/mail", {"declaration": {"key": "MAIL"}}, match=etag).status == 412
    seen = client.api("GET", "/credentials/mail")
    assert seen.json["row"]["name"] == "By hand"
    assert client.api("PATCH", "/credentials/mail", {"declaration": {"key": "MAIL"}}, match=seen.etag).status == 200
    assert (
        project.file.read_text()
        == text.replace("Outgoing mail # who sends", "By hand # who wrote").replace("key: SMTP", "key: MAIL")
        + "# the end\n"
    )


def test_changes_of_different_credentials_do_not_meet(
    project: Project, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = client.api("GET", "/credentials/mail").etag
    assert orqo_vault(project, "edit", "openai", "--name", "By command", monkeypatch=monkeypatch) == 0
    assert client.api("PATCH", "/credentials/mail", {"declaration": {"name": "By page"}}, match=etag).status == 200
    text = project.file.read_text()
    assert "By command" in text
    assert "By page" in text
    assert "# kept" in text


def test_a_secret_that_was_replaced_meanwhile_is_not_overwritten(project: Project, client: Client) -> None:
    with project.vault() as vault:
        vault.put("openai", {"token": "first-token-1"})
    shown = client.api("GET", "/credentials/openai/stored").json
    with project.vault() as vault:
        vault.put("openai", {"token": "second-token-2"})
    body = {"fields": {"token": {"op": "set", "value": "third-token-3"}}, "stored_version": shown["version"]}
    refused = client.api("PATCH", "/credentials/openai", body, match=client.api("GET", "/credentials/openai").etag)
    assert (refused.status, refused.code) == (409, "conflict")
    assert project.stored("openai") == {"token": "second-token-2"}


def test_twenty_editors_at_once_lose_nothing(project: Project, client: Client) -> None:
    """Of those who change one credential at the same revision one wins; those who create all do."""
    etag = client.api("GET", "/credentials/mail").etag
    statuses: list[int] = []

    def rename(number: int) -> None:
        mine = Client(client.port, client.token)
        body = {"declaration": {"name": f"Name {number}"}}
        statuses.append(mine.api("PATCH", "/credentials/mail", body, match=etag).status)

    def create(number: int) -> None:
        mine = Client(client.port, client.token)
        entry = {"name": f"New {number}", "key": f"NEW_{number}", "category": "custom", "type": "api_token"}
        statuses.append(mine.api("POST", "/credentials", {"id": f"new-{number}", "declaration": entry}).status)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(10) for work in (rename, create)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(statuses) == [200] + [201] * 10 + [412] * 9
    rows = client.api("GET", "/credentials?limit=100").json["rows"]
    assert {each["id"] for each in rows} >= {f"new-{n}" for n in range(10)}
    assert "# who sends" in project.file.read_text()


def test_a_file_that_is_read_only_makes_the_page_so_and_says_why(project: Project, client: Client) -> None:
    etag = client.api("GET", "/credentials/mail").etag
    project.file.chmod(0o444)
    who = client.api("GET", "/session").json
    assert "read-only" in who["read_only"]
    refused = client.api("PATCH", "/credentials/mail", {"declaration": {"name": "X"}}, match=etag)
    assert (refused.status, refused.code) == (403, "read_only")
    assert client.api("GET", "/credentials").status == 200


def test_the_pages_of_a_read_only_file_say_why_and_offer_no_change(project: Project, client: Client) -> None:
    project.file.chmod(0o444)  # the bits count, so that this holds for root as well
    before = project.file.read_text()
    for path in ("/credentials", "/credentials/mail", "/llm/default", "/backends"):
        page = client.send("GET", f"/pages{path}").body.decode()
        assert "Nothing can be changed on this page: orqo-vault.yaml is read-only here" in page
        for offered in ('type="submit"', "Delete", "Disable", "Add "):
            assert offered not in page, (path, offered)
    new = {"category": "runtime", "type": "api_token", "name": "N", "key": "N", "secret.token": "t-123456"}
    refused = client.send("POST", "/pages/new", json.dumps(new).encode())
    assert refused.status == 403
    assert "read-only here" in refused.body.decode()
    assert project.file.read_text() == before
    assert not (project.file.parent / "store").exists(), "nothing is stored for what cannot be declared"
    project.file.chmod(0o644)
    assert "Nothing can be changed" not in client.send("GET", "/pages/credentials").body.decode()


def test_a_settings_file_that_is_wrong_is_named_with_its_line(project: Project, client: Client) -> None:
    project.file.write_text(project.file.read_text() + "nonsense: 1\n")
    refused = client.api("GET", "/credentials")
    assert (refused.status, refused.code) == (422, "settings")
    assert Path(project.file).name in refused.json["error"]["message"]
