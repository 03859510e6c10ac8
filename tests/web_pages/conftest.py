"""One browser for the tests of a file, a tab of its own for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from orqo_vault.web import Role

from .browser import Watched, chromium
from .site import EMPTY, Site

Opening = Callable[..., tuple[Site, Page]]


@pytest.fixture(scope="module")  # while it is there its event loop runs, and no other test can have one
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def open_site(browser: Browser, tmp_path: Path) -> Iterator[Opening]:
    """Return what serves a project and shows its page, logged in; afterwards nothing may have gone wrong in it."""
    with ExitStack() as stack:
        watched: list[Watched] = []

        def opened(
            settings: str = EMPTY,
            *,
            site: Site | None = None,
            role: Role = Role.ADMIN,
            read_only: str | None = None,
            **context: Any,
        ) -> tuple[Site, Page]:
            found = stack.enter_context((site or Site(tmp_path, settings)).served(role=role, read_only=read_only))
            tab = stack.enter_context(browser.new_context(reduced_motion="reduce", **context)).new_page()
            tab.set_default_timeout(15_000)
            watched.append(Watched(tab, found.origin))
            tab.goto(found.address)
            tab.get_by_role("heading", level=1, name="Credentials").wait_for()
            return found, tab

        yield opened
        for each in watched:
            each.check()
