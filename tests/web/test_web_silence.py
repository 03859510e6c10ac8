"""A canary in every secret field is in no answer, log line or record; what cannot be recorded is not done."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from orqo_vault import Vault
from orqo_vault.web.terminal_login import TerminalLogin
from tests.canary.canaries import CREDENTIALS, Canaries
from tests.web.stage import Client, Project, logged_in, served

READS = ("", "/stored", "/uses")


def settings_with_all_types() -> str:
    lines = [f"  {name}: {{name: {name}, {said}}}" for name, said in CREDENTIALS.items()]
    return "\n".join(["backends: {local: {type: encrypted-file}}", "credentials:", *lines, ""])


def test_a_canary_is_seen_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    canaries = Canaries()
    project = Project(tmp_path, settings_with_all_types())
    with logged_in(project) as client:
        for name, values in canaries.fields.items():
            etag = client.api("GET", f"/credentials/{name}").etag
            fields = {field: {"op": "set", "value": text} for field, text in values.items()}
            stored = client.api("PATCH", f"/credentials/{name}", {"fields": fields}, match=etag)
            assert stored.status == 200, stored.body
        for name, values in canaries.fields.items():
            for path in READS:
                client.api("GET", f"/credentials/{name}{path}")
            client.api("POST", f"/credentials/{name}/test")
            wrong = {field: {"op": "set", "value": text + "\0"} for field, text in values.items()}
            etag = client.api("GET", f"/credentials/{name}").etag
            assert client.api("PATCH", f"/credentials/{name}", {"fields": wrong}, match=etag).status == 422
        for path in ("/credentials", "/forms", "/setup", "/backends", "/llm", "/session", "/openapi.json"):
            assert client.api("GET", path).status == 200
        token = str(client.token)
    seen = b"\n".join(each.body + repr(each.headers).encode() for each in client.seen)
    written = b"\n".join(path.read_bytes() for path in tmp_path.rglob("*.yaml"))
    recorded = repr(project.records()).encode()
    out = "".join(capfd.readouterr()).encode()
    assert token.encode() not in caplog.text.encode() + out + recorded
    for name, secret in canaries.secrets.items():
        for where, text in {"answers": seen, "settings": written, "audit": recorded, "out": out}.items():
            assert secret not in text, (name, where)
        assert secret not in caplog.text.encode(), name


AUDIT = """\
audit:
  fail_mode: closed
  sinks: [{{type: file, path: {log}}}]
"""


def test_what_cannot_be_recorded_is_not_done(tmp_path: Path) -> None:
    operator, log = tmp_path / "operator.yaml", tmp_path / "log" / "audit.jsonl"
    operator.write_text(AUDIT.format(log=log))
    folder = tmp_path / "project"
    folder.mkdir()
    project = Strict(folder, operator)
    with logged_in(project) as client:
        etag = client.api("GET", "/credentials/mail").etag
        log.parent.write_text("in the way")
        before = project.file.read_bytes()
        entry = {"name": "N", "key": "N_KEY", "category": "custom", "type": "api_token"}
        new = {"id": "n", "declaration": entry, "fields": {"token": "canary-token-7"}}
        for answer in (
            client.api("POST", "/credentials", new),
            client.api("PATCH", "/credentials/mail", {"declaration": {"name": "X"}}, match=etag),
            client.api("DELETE", "/credentials/mail?secret=keep", match=etag),
        ):
            assert answer.code == "audit", answer.body
        assert project.file.read_bytes() == before
        log.parent.unlink()
        assert client.api("GET", "/setup").json["missing"] == ["openai", "mail"]


class Strict(Project):
    """A project on a machine whose operator wants every record."""

    def __init__(self, folder: Path, operator: Path) -> None:
        super().__init__(folder)
        self.operator = operator

    def vault(self) -> Vault:
        return Vault.open(self.file, operator=self.operator)


def test_a_bug_of_ours_says_nothing_but_where_to_look(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    login = TerminalLogin()

    def broken() -> Vault:
        raise RuntimeError("canary-in-a-bug-91")

    monkeypatch.setattr(project, "vault", broken)
    with served(project, login) as client:
        client.log_in(login.codes.new())
        answer = client.api("GET", "/credentials")
    assert (answer.status, answer.code) == (500, "internal")
    assert answer.json["error"]["correlation_id"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "canary-in-a-bug" not in caplog.text + answer.body.decode()


def test_every_answer_has_the_headers_that_keep_it_here(client: Client) -> None:
    for path in ("/", "/api/v1/session", "/api/v1/nothing", "/static/session.js", "/anything"):
        headers = client.send("GET", path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers
        assert "set-cookie" not in headers
    assert client.send("GET", "/api/v1/session").headers["cache-control"] == "no-store"
