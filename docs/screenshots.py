"""Makes the pictures in docs/images: ``python docs/screenshots.py`` serves an example project and looks at it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.web_pages.browser import chromium  # noqa: E402  # the checkout's tests are no package that is installed
from tests.web_pages.project import full_site  # noqa: E402  # same

IMAGES = ROOT / "docs" / "images"
SHOTS = {
    "credentials": "/credentials",
    "new-category": "/new",
    "new-form": "/new/llm_provider/api_token?provider=anthropic",
    "credential": "/credentials/mail",
    "llm": "/llm",
    "llm-form": "/llm/default",
    "backends": "/backends",
    "credits": "/credits",
    "audit": "/audit",
}
ALSO = ("credentials",)
"""What is looked at in the dark and on a telephone as well."""


def shoot(views: dict[str, dict[str, object]]) -> None:
    """Save a picture of each page; ``views`` are the kinds of browser by what their pictures' names end in."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, full_site(Path(place)).served() as site, chromium() as browser:
        for ending, options in views.items():
            tab = browser.new_context(reduced_motion="reduce", **options).new_page()  # type: ignore[arg-type]  # as below
            tab.goto(site.address)
            tab.locator("#app h1").wait_for()
            if not ending:
                tab.get_by_role("button", name="Log out").click()
                tab.screenshot(path=IMAGES / "login.png", caret="initial")
                tab.goto(site.address)
                tab.locator("#app h1").wait_for()
            for name, address in SHOTS.items():
                if ending and name not in ALSO:
                    continue
                tab.goto(site.origin + address)
                tab.locator("#app h1").wait_for()
                tab.wait_for_load_state("networkidle")
                tab.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
                tab.screenshot(path=IMAGES / f"{name}{ending}.png", caret="initial")


if __name__ == "__main__":
    wide = {"width": 1200, "height": 760}
    shoot(
        {
            "": {"viewport": wide},
            "-dark": {"viewport": wide, "color_scheme": "dark"},
            "-small": {"viewport": {"width": 390, "height": 760}},
        }
    )
