"""What a person does on more than one page."""

from __future__ import annotations

from playwright.sync_api import Page


def save(tab: Page, button: str = "Save") -> None:
    """Save a credential, and wait until its page is there anew, with all it asks for."""
    with (
        tab.expect_response(lambda each: each.url.endswith("/audit") and "/credentials/" in each.url),
        tab.expect_response(lambda each: each.request.method in ("POST", "PATCH") and "preview" not in each.url) as got,
    ):
        tab.get_by_role("button", name=button, exact=True).click()
    assert got.value.status == 204, got.value.text()
