"""What the pages are made of: nothing from elsewhere, nothing inline, and vendored files that are what they were."""

from __future__ import annotations

import base64
import re
from hashlib import sha384
from pathlib import Path

import orqo_vault.web

WEB = Path(orqo_vault.web.__file__).parent
VENDOR = WEB / "static" / "vendor"
TEMPLATES = sorted((WEB / "templates").glob("*.html"))


def test_vendored_files_are_what_their_makers_published() -> None:
    said = dict(reversed(line.split("  ")) for line in (VENDOR / "SHA384").read_text().splitlines())
    files = {each.name for each in VENDOR.iterdir() if each.suffix in (".js", ".css")}
    assert set(said) == files
    for name, digest in said.items():
        assert base64.b64encode(sha384((VENDOR / name).read_bytes()).digest()).decode() == digest.removeprefix(
            "sha384-"
        )


def test_vendored_files_come_with_their_licences() -> None:
    for name in ("htmx", "tabler"):
        assert list(VENDOR.glob(f"{name}-*.min.*"))
        assert (VENDOR / f"{name}-LICENSE").stat().st_size > 500


def test_no_page_names_another_site() -> None:
    for file in (*TEMPLATES, *(WEB / "static").glob("*.*")):
        found = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+[^\"'\s)]*", file.read_text()))
        assert found <= {"http://www.w3.org/2000/svg"}, file.name


def test_no_page_has_script_or_style_in_it() -> None:
    for file in TEMPLATES:
        text = file.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|\bjs:", text), file.name
        assert all("src=" in each for each in re.findall(r"<script[^>]*>", text)), file.name
        assert "|safe" not in text.replace("}[name]|safe", ""), f"{file.name}: only the icons are safe as they are"


def test_our_own_style_and_script_stay_small() -> None:
    for name, most in (("pages.css", 110), ("pages.js", 200), ("theme.js", 25)):
        assert len((WEB / "static" / name).read_text().splitlines()) <= most, name
