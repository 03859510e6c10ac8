"""A project whose page is served on a free port, as ``orqo-vault web`` does it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from orqo_vault import Surroundings, Vault
from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.settings.operator_model import Operator
from orqo_vault.web import Identity, Role, create_app
from orqo_vault.web.serving import Address, listen, origins_of, server
from orqo_vault.web.terminal_login import TerminalLogin

EMPTY = """\
# A comment that stays.
version: 1
organization: acme
default_backend: local
backends:
  local: {type: encrypted-file}
"""


class Site:
    """A project in a folder of its own, and the address of its page."""

    def __init__(self, place: Path, settings: str = EMPTY, *, operator: Operator | None = None) -> None:
        self.place, self.operator = place, operator
        self.organization: str | None = None
        self.settings = place / "project" / "orqo-vault.yaml"
        self.settings.parent.mkdir(parents=True)
        self.settings.write_text(settings)
        self.environ = {
            "HOME": str(place / "home"),
            "XDG_STATE_HOME": str(place / "home" / "state"),
            "XDG_CONFIG_HOME": str(place / "home" / "config"),
        }
        self.login = TerminalLogin()
        self.origin = ""

    def vault(self) -> Vault:
        """Return the project's vault, as it is now; what the operator says is part of it."""
        vault = Vault.open(self.settings, surroundings=Surroundings(environ=self.environ))
        if self.operator is None:
            return vault
        around = replace(vault.surroundings, operator=self.operator, organization=self.organization)
        return Vault(vault.settings, surroundings=around)

    def editor(self) -> SettingsEditor:
        return SettingsEditor(self.settings, environ=self.environ)

    @property
    def address(self) -> str:
        """Return the address with a new login code, as the terminal shows it."""
        return f"{self.origin}/#code={self.login.codes.new()}"

    def session(self) -> dict[str, str]:
        """Return the header that a logged-in page sends."""
        return {"Authorization": f"Bearer {self.login.sessions.begin()}"}

    @contextmanager
    def served(self, *, role: Role = Role.ADMIN, read_only: str | None = None) -> Iterator[Site]:
        """Serve the page while the block runs."""
        self.login = TerminalLogin(Identity("ana", role))
        with listen(Address()) as listening:
            origins = origins_of(Address(), listening.getsockname()[1])
            self.origin = origins[0]
            app = create_app(self.vault, auth=self.login, origins=origins, read_only=read_only)
            running = server(app)
            thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                yield self
            finally:
                running.should_exit = True
                thread.join()
