"""A project served by a real uvicorn in a thread, and a client that says exactly what it is told to."""

from __future__ import annotations

import http.client
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from orqo_vault import Vault
from orqo_vault.vault.audit_log import log_of
from orqo_vault.web import create_app
from orqo_vault.web.auth import Auth
from orqo_vault.web.serving import Address, listen, origins_of, server
from orqo_vault.web.terminal_login import TerminalLogin

SETTINGS = """\
version: 1
default_backend: local
backends:
  local: {type: encrypted-file, path: store}
  spare: {type: encrypted-file, path: spare}  # a second place
credentials:
  openai: {name: OpenAI, key: OPENAI_API_KEY, category: llm_provider, type: api_token, provider: openai}  # kept
  mail:
    name: Outgoing mail # who sends
    key: SMTP
    category: communication
    type: email_smtp
    values: {host: smtp.acme.example}
llm:
  default: {model: "openai:gpt-4o", credential: openai}
runs:
  default: {credentials: [mail], llm: [default]}
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["error"]["code"])

    @property
    def etag(self) -> str:
        return self.headers["etag"]


class Client:
    """Sends requests as the page's script does, unless it is told otherwise."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self.port, self.token = port, token
        self.seen: list[Answer] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str | None] | None = None
    ) -> Answer:
        """Send one request; a header that is None is left out."""
        usual: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Origin": self.origin if method not in ("GET", "HEAD") else None,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json" if method in ("POST", "PATCH") else None,
            "Authorization": f"Bearer {self.token}" if self.token else None,
        }
        said = {name: value for name, value in {**usual, **(headers or {})}.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, said)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, names, response.read())
        finally:
            connection.close()
        self.seen.append(answer)
        return answer

    def api(self, method: str, path: str, body: Any = None, *, match: str | None = None) -> Answer:
        """Send a request to the API."""
        if body is None and method in ("POST", "PATCH"):
            body = {}
        content = None if body is None else json.dumps(body).encode()
        return self.send(method, f"/api/v1{path}", content, {"If-Match": match})

    def log_in(self, code: str) -> Self:
        """Exchange a code for a token, which goes with every request from then on."""
        answer = self.api("POST", "/session", {"code": code})
        assert answer.status == 201, answer.body
        self.token = answer.json["token"]
        return self


class Project:
    """A folder with settings."""

    def __init__(self, folder: Path, settings: str = SETTINGS) -> None:
        self.file = folder / "orqo-vault.yaml"
        self.file.write_text(settings)

    def vault(self) -> Vault:
        return Vault.open(self.file)

    def stored(self, credential_id: str) -> dict[str, str]:
        """Return the plain fields that are stored."""
        with self.vault() as vault:
            found = vault.read(credential_id)
            return found.reveal() if found is not None else {}

    def records(self) -> list[dict[str, Any]]:
        """Return the audit records so far."""
        with self.vault() as vault:
            file = log_of(vault).file
        return [json.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []


@contextmanager
def served(project: Project, auth: Auth, **more: Any) -> Iterator[Client]:
    """Serve the project, and yield somebody who is not logged in."""
    address = Address()
    listening = listen(address)
    port = listening.getsockname()[1]
    app = create_app(project.vault, auth=auth, origins=origins_of(address, port), **more)
    running = server(app)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Client(port)
    finally:
        running.should_exit = True
        thread.join(30)
        listening.close()
        logging.getLogger("uvicorn").handlers.clear()
        assert not thread.is_alive()


@contextmanager
def logged_in(project: Project, **more: Any) -> Iterator[Client]:
    """Serve the project, and yield an administrator from the terminal."""
    login = TerminalLogin()
    with served(project, login, **more) as client:
        yield client.log_in(login.codes.new())
