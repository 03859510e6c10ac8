"""Opens the login address in a browser, without the code on any command line: other users can read those."""

from __future__ import annotations

import webbrowser
from collections.abc import Mapping
from html import escape
from pathlib import Path

from orqo_vault.state import project_state, write_private

FOLDER, NAME = "web", "login.html"


def open_in_browser(address: str, environ: Mapping[str, str], base_dir: Path) -> bool:
    """Open a private file that leads to ``address``; tell whether there is a browser. The code in it soon is void."""
    folder = project_state(environ, base_dir) / FOLDER
    page = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={escape(address)}">'
    write_private(folder, NAME, page.encode())
    return webbrowser.open((folder / NAME).as_uri())
