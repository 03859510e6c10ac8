"""Two hundred hostile texts in every text field: each page is built as with harmless ones, and shows them as text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from orqo_vault import Vault
from orqo_vault.web import create_app
from orqo_vault.web.terminal_login import TerminalLogin
from tests.web.hostile_texts import HOSTILE, hostile_settings
from tests.web.in_process import Caller

HEAD = "version: 1\ndefault_backend: local\nbackends:\n  local: {type: encrypted-file, path: store}\n"
REVISION = re.compile("[0-9a-f]{32}")
SHOWN_IN = {"value", "aria-label", "placeholder", "for", "id", "name", "aria-labelledby", "data-shows", "hx-target"}
"""The attributes that may carry a text of somebody's; none of them is ever run, and none is followed."""


class Built(HTMLParser):
    """What a browser makes of a page: elements with their attributes, and texts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Any] = []
        self.texts: list[str] = []
        self.feed(REVISION.sub("revision", html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = ((name, None if name in SHOWN_IN else text) for name, text in attrs)
        # A query that was asked for is asked for again, quoted; what is followed is the path.
        self.elements.append((tag, tuple((name, text and text.partition("?")[0]) for name, text in kept)))
        self.texts += [text for _, text in attrs if text]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.elements.append(("declaration", decl))

    def unknown_decl(self, data: str) -> None:
        self.elements.append(("unknown", data))

    def handle_pi(self, data: str) -> None:
        self.elements.append(("instruction", data))


def caller_of(file: Path, settings: str) -> Caller:
    file.write_text(settings)
    with Vault.open(file) as once:
        loaded, around = once.settings, once.surroundings
    login = TerminalLogin()
    app = create_app(lambda: Vault(loaded, surroundings=around), auth=login, origins=["http://127.0.0.1:8000"])
    return Caller(app, headers={"authorization": f"Bearer {login.sessions.begin()}"})


async def built(caller: Caller, method: str, path: str, body: Mapping[str, str] | None = None) -> Built:
    answer = await caller.send(method, f"/pages{path}", body)
    assert answer.status in (200, 404, 409, 422), answer.body
    return Built(answer.body.decode())


def plain(number: int) -> str:
    """Return a harmless text: as many of them, all different."""
    return f"harmless{number:03}"


def test_what_stands_in_the_settings_is_text_on_every_page(tmp_path: Path) -> None:
    hostile = caller_of(tmp_path / "hostile.yaml", HEAD + hostile_settings(HOSTILE))
    harmless = caller_of(tmp_path / "harmless.yaml", HEAD + hostile_settings([plain(n) for n in range(len(HOSTILE))]))

    async def look() -> None:
        for path in ("/llm", "/backends"):
            assert (await built(hostile, "GET", path)).elements == (await built(harmless, "GET", path)).elements
        listed = [await built(hostile, "GET", f"/credentials?sort=id&offset={at}") for at in range(0, 201, 50)]
        same = [await built(harmless, "GET", f"/credentials?sort=id&offset={at}") for at in range(0, 201, 50)]
        assert [each.elements for each in listed] == [each.elements for each in same]
        names = {text for each in listed for text in each.texts}
        assert names >= set(HOSTILE), "each is shown as the text that it is"
        for n, text in enumerate(HOSTILE):
            for part in ("", "/delete", "/uses"):
                path = f"/credentials/c{n}{part}"
                one = await built(hostile, "GET", path)
                assert one.elements == (await built(harmless, "GET", path)).elements, text
                assert any(text in each for each in one.texts), text
            config, same_config = await built(hostile, "GET", f"/llm/m{n}"), await built(harmless, "GET", f"/llm/m{n}")
            assert config.elements == same_config.elements, text

    asyncio.run(look())


NEW = {"category": "runtime", "type": "username_password", "name": "N", "key": "KEY", "secret.password": "x"}
CUSTOM = {"category": "custom", "type": "custom", "name": "N", "key": "KEY", "fields": "a"}
FORMS = [
    *(
        ("POST", "/new-preview", {**NEW, field: "{}"})
        for field in ("key", "provider", "category", "type", "expires_at")
    ),
    ("POST", "/new-preview", {**CUSTOM, "fields": "{}"}),
    *(("POST", "/new", {**NEW, field: "{}"}) for field in ("key", "id", "category", "type", "expires_at", "backend")),
    ("POST", "/new", {**CUSTOM, "fields": "{}"}),
    ("POST", "/llm", {"name": "{}", "model": "x:y", "credential": "plain"}),
    ("POST", "/llm", {"name": "n", "model": "x:y", "credential": "{}"}),
    ("PATCH", "/credentials/plain", {"revision": "old", "name": "{}", "description": "{}", "expires_at": "{}"}),
    ("POST", "/credentials/plain/delete", {"revision": "old", "replace_with": "{}", "typed": "{}"}),
    ("GET", "/credentials?text={}", None),
    ("GET", "/new/runtime/api_token?provider={}", None),
    ("GET", "/new-fields?fields={}", None),
    ("GET", "/llm-picker?model={}&credential={}", None),
    ("GET", "/new/{}", None),
    ("GET", "/credentials/{}", None),
    ("GET", "/llm/{}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), FORMS)
def test_what_is_typed_comes_back_as_text(
    method: str, path: str, body: dict[str, str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orqo_vault.web.site.WRITES_A_MINUTE", 10_000)
    caller = caller_of(tmp_path / "orqo-vault.yaml", HEAD + hostile_settings([]))

    async def look() -> None:
        for text in HOSTILE:
            filled = {name: said.replace("{}", text) for name, said in body.items()} if body else None
            page = await built(caller, method, path.replace("{}", quote(text, safe="")), filled)
            for element in page.elements:
                assert "hacked" not in str(element), (text, element)
            assert not {tag for tag, _ in page.elements} & {"script", "iframe", "object", "base", "meta", "comment"}

    asyncio.run(look())
