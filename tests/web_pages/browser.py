"""A real browser that notices what no page of ours may do: errors in its console, requests to others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium; without one the test fails and says what to install."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("no chromium: apt-get install chromium fonts-dejavu-core (or name one in CHROMIUM)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            chromium_sandbox=os.geteuid() != 0,  # its sandbox refuses root, which CI is in a container
            args=list(ARGUMENTS),
        )
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A tab, and what was wrong in it."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.responses: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)
        page.on("dialog", lambda dialog: (self.errors.append(f"a dialog: {dialog.message}"), dialog.dismiss()))

    def _console(self, message: object) -> None:
        kind, text = message.type, message.text  # type: ignore[attr-defined]  # playwright's own
        # The browser itself reports every refusal, and a page whose form is refused shows it to whoever filled it in.
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.errors.append(text)

    def _request(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]  # playwright's own
        if not url.startswith((self.origin, "data:", "blob:")):
            self.foreign.append(url)

    def check(self) -> None:
        """Raise when anything was wrong."""
        assert not self.errors, self.errors
        assert not self.foreign, self.foreign
