"""Requests that are not meant well: none is obeyed, none learns anything, and the server goes on."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from itertools import product
from typing import Any

import pytest

from orqo_vault.web import create_app
from orqo_vault.web.limits import BODY_BYTES
from orqo_vault.web.terminal_login import TerminalLogin
from tests.web.in_process import Caller
from tests.web.stage import Client, Project, logged_in, served

CANARY = "canary-4f1f-hostile-token"
WRONG_HOSTS = ("evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "127.0.0.1:{port}.evil", "")
WRONG_ORIGINS = ("http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost")
WRONG_SITES = ("cross-site", "same-site", "none", "nonsense")
WRONG_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "",
    "application/json, x",
)
WRONG_TOKENS = ("", "Bearer ", "Bearer x", "Basic dGVzdDp0ZXN0", f"Bearer {'a' * 43}", "Bearer null")
WRONG_METHODS = ("PUT", "TRACE", "OPTIONS", "CONNECT", "BREW")


def combinations() -> list[tuple[str, str, dict[str, str | None]]]:
    """Return what each request says differently, one thing wrong or two."""
    found: list[tuple[str, str, dict[str, str | None]]] = []
    for method, host in product(("GET", "POST"), WRONG_HOSTS):
        found.append((method, "/api/v1/credentials", {"Host": host}))
    for method, origin in product(("GET", "POST", "DELETE"), WRONG_ORIGINS):
        found.append((method, "/api/v1/credentials/openai", {"Origin": origin}))
    for method, site in product(("POST", "PATCH", "DELETE"), WRONG_SITES):
        found.append((method, "/api/v1/credentials/openai", {"Sec-Fetch-Site": site}))
    found += [("POST", "/api/v1/credentials", {"Content-Type": each}) for each in WRONG_TYPES]
    found += [("GET", "/api/v1/credentials", {"Authorization": each}) for each in WRONG_TOKENS]
    found += [("DELETE", "/api/v1/credentials/openai", {"Authorization": each}) for each in WRONG_TOKENS]
    found += [(method, "/api/v1/credentials", {}) for method in WRONG_METHODS]
    found += [
        ("GET", "/api/v1/credentials", {"Sec-Fetch-Site": "cross-site"}),
        ("GET", "/api/v1/credentials", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
        ("GET", "/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}),
        ("POST", "/api/v1/credentials", {"Content-Encoding": "gzip"}),
        ("POST", "/api/v1/credentials", {"Origin": None, "Sec-Fetch-Site": None, "Authorization": None}),
        ("GET", "/api/v1/credentials", {"Authorization": None, "Cookie": "session=admin"}),
        ("GET", "/api/v1/credentials", {"Authorization": None, "X-Forwarded-User": "admin"}),
        ("GET", "/api/v1/credentials", {"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1:{port}"}),
    ]
    return found


def test_no_hostile_combination_is_obeyed(project: Project) -> None:
    with project.vault() as vault:
        vault.put("openai", {"token": CANARY})
    before = project.file.read_bytes()
    tried = combinations()
    assert len(tried) >= 60
    with logged_in(project) as client:
        for method, path, wrong in tried:
            said = {name: text.format(port=client.port) if text else text for name, text in wrong.items()}
            body = b'{"id": "x", "declaration": {}}' if method in ("POST", "PATCH", "PUT") else None
            answer = client.send(method, path, body, said)
            assert 400 <= answer.status < 500, (method, path, said, answer)
            assert CANARY.encode() not in answer.body
        assert client.api("GET", "/session").status == 200
    assert project.file.read_bytes() == before
    assert project.stored("openai") == {"token": CANARY}


def test_a_name_that_was_bound_to_this_address_is_not_this_site(client: Client) -> None:
    """DNS rebinding: the browser sends the attacker's own name, and its script is of the same origin."""
    host = f"rebound.example:{client.port}"
    for method, path in (("GET", "/"), ("GET", "/static/session.js"), ("POST", "/api/v1/session")):
        answer = client.send(method, path, b"{}", {"Host": host, "Origin": f"http://{host}"})
        assert answer.status == 421, (method, path)


def test_a_header_that_is_there_twice_is_refused(client: Client) -> None:
    for name, text in (("Host", f"127.0.0.1:{client.port}"), ("Authorization", f"Bearer {client.token}")):
        request = (
            f"GET /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\n{name}: {text}\r\n{name}: {text}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", client.port), 10) as raw:
            raw.sendall(request.encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 400")


def test_of_ten_thousand_guesses_none_is_a_code(project: Project) -> None:
    """In process, as fast as can be: five a minute are looked at, the others are turned away."""
    login = TerminalLogin()
    caller = Caller(create_app(project.vault, auth=login, origins=["http://127.0.0.1:8000"]))

    async def guess() -> list[int]:
        return [
            (await caller.send("POST", "/api/v1/session", {"code": secrets.token_urlsafe(16)})).status
            for _ in range(10_000)
        ]

    login.codes.new()
    statuses = asyncio.run(guess())
    assert statuses.count(401) == 5
    assert set(statuses) == {401, 429}


def test_a_code_is_good_once_and_a_token_ends_with_its_session(project: Project) -> None:
    login = TerminalLogin()
    with served(project, login) as client:
        code = login.codes.new()
        client.log_in(code)
        assert client.api("POST", "/session", {"code": code}).code == "bad_code"
        assert client.api("DELETE", "/session").status == 204
        assert client.api("GET", "/session").status == 401


BOMBS: dict[str, tuple[bytes, int]] = {
    "too large": (b'{"id": "' + b"a" * BODY_BYTES + b'"}', 413),
    "deep": (b"[" * 100_000, 400),
    "deep and whole": (b'{"id": "a", "declaration": ' + b'{"a":' * 2000 + b"1" + b"}" * 2001, 400),
    "a key twice": (b'{"id": "a", "id": "b"}', 400),
    "not UTF-8": (b'{"id": "\xff"}', 400),
    "half a character": (b'{"id": "a", "declaration": {"name": "\\ud800"}}', 400),
    "no number": (b'{"id": "a", "declaration": {"a": NaN}}', 400),
    "an endless number": (b'{"id": "a", "declaration": {"a": 1e999}}', 400),
    "a long number": (b'{"id": "a", "declaration": {"a": ' + b"9" * 100_000 + b"}}", 400),
    "many keys": (json.dumps({"id": "a", "declaration": {f"k{n}": n for n in range(5000)}}).encode(), 422),
    "no object": (b"[]", 422),
    "nothing": (b"", 400),
    "the mask": (b'{"id": "a", "declaration": {}, "fields": {"token": "********"}}', 422),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_body_that_is_none_is_refused(name: str, client: Client) -> None:
    body, status = BOMBS[name]
    answer = client.send("POST", "/api/v1/credentials", body)
    assert answer.status == status, answer.body
    assert len(answer.body) < 5000
    assert client.api("GET", "/session").status == 200


def test_what_was_typed_is_not_quoted(client: Client) -> None:
    bodies: list[dict[str, Any]] = [
        {"id": "n", "declaration": {}, "fields": {CANARY: CANARY}},
        {"id": "n", "declaration": {}, "fields": {"token": [CANARY]}},
        {"id": "n", "declaration": {}, CANARY: CANARY},
        {"id": CANARY * 20, "declaration": {}},
        {"id": "n", "declaration": {"type": "api_token", "token": CANARY}},
        {"id": "n", "declaration": {"type": "api_token", "values": {"token": CANARY}}},
        {"id": "n", "declaration": {"type": CANARY}},
        {"id": "n", "declaration": {"type": "api_token", "key": CANARY, "name": "n", "category": "custom"}},
    ]
    for body in bodies:
        answer = client.api("POST", "/credentials", body)
        assert 400 <= answer.status < 500
        assert CANARY.encode() not in answer.body, answer.body


def test_sixty_changes_a_minute_are_enough(client: Client) -> None:
    statuses = [client.api("POST", "/credentials/none/enable", match='"0"').status for _ in range(61)]
    assert statuses == [404] * 60 + [429]


def test_who_connects_and_says_nothing_is_hung_up_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orqo_vault.web.timed_http.HEADER_SECONDS", 0.2)
    monkeypatch.setattr("orqo_vault.web.bodies.BODY_SECONDS", 0.2)
    with logged_in(project) as client:
        for said in (b"", b"GET / HTTP/1.1\r\nHost: ", b"GET / HTTP/1.1\r\n\r\nGET /"):
            with socket.create_connection(("127.0.0.1", client.port), 20) as raw:
                raw.sendall(said)
                while raw.recv(1000):
                    continue
        head = (
            f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nOrigin: {client.origin}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        with socket.create_connection(("127.0.0.1", client.port), 20) as raw:
            raw.sendall(head.encode())
            assert raw.recv(100).startswith(b"HTTP/1.1 408")
