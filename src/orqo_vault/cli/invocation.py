"""One invocation of the command line: what stood before the verb, and the vault that follows from it.

It is ``ctx.obj`` of every command, a plugin's too; plugins may rely on what
:class:`~orqo_vault.hookspecs.CommandHost` names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from orqo_vault.cli.terminal import color_wanted, printable, somebody_is_there

if TYPE_CHECKING:
    from pathlib import Path

    from orqo_vault.backend import Backend
    from orqo_vault.edit.editor import SettingsEditor
    from orqo_vault.secret import SecretValue
    from orqo_vault.settings.layers import Layers
    from orqo_vault.settings.model import Settings
    from orqo_vault.vault import Surroundings, Vault


class Invocation:
    """Holds the global options; opens the vault when a command asks for it."""

    def __init__(self, environ: Mapping[str, str], *, json: bool = False) -> None:
        self.json = json
        """Errors are wanted as JSON."""
        self.environ = environ
        self.config: str | None = None
        self.profile: str | None = None
        self.operator: str | None = None
        self.verbosity = 0
        self.quiet = False
        self.no_input = False
        self.color = color_wanted("auto", environ)
        self.failing_as: int | None = None
        """The status of every failure, where the command has one for all (a run: 125)."""
        self._opened: Vault | None = None

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return not self.no_input and somebody_is_there()

    def vault(self, *, allow_older: bool = False) -> Vault:
        """Return the project's vault, opened once. It is closed when the command ends."""
        if self._opened is None:
            from orqo_vault.vault import Vault

            self._opened = Vault.open(
                self.config, profile=self.profile, operator=self.operator, surroundings=self.surroundings(allow_older)
            )
            self._tell_what_was_read(self._opened.settings)
        return self._opened

    def open_vault(self) -> Vault:
        """Return the project's vault as it is now, for somebody who is not at this terminal and closes it."""
        from orqo_vault.vault import Surroundings, Vault

        around = Surroundings(environ=self.environ, notify=self.tell)
        return Vault.open(self.config, profile=self.profile, operator=self.operator, surroundings=around)

    def settings(self) -> Settings:
        """Return the project's declarations. Reading them opens no backend."""
        return self.vault().settings

    def layers(self) -> Layers:
        """Return the settings files as they are written, merged, with the place of every value."""
        from orqo_vault.settings.load import load_layers

        return load_layers(self._named(), profile=self.profile, environ=self.environ)

    def editor(self) -> SettingsEditor:
        """Return what changes the settings file, in the layer the profile chooses."""
        from pathlib import Path

        from orqo_vault.edit.editor import SettingsEditor
        from orqo_vault.settings.find import find_base

        path = find_base(self._named(), environ=self.environ, cwd=Path.cwd())
        return SettingsEditor(path, profile=self.profile, environ=self.environ)

    def surroundings(self, allow_older: bool = False) -> Surroundings:
        """Return what this terminal lends a vault."""
        from orqo_vault.vault import Surroundings

        return Surroundings(
            environ=self.environ,
            ask_passphrase=_ask_passphrase if self.interactive else None,
            notify=self.tell,
            rollback="warn" if allow_older else "refuse",
        )

    def backend(self, type_name: str, name: str | None = None) -> Backend:
        """Return the backend that a plugin's command means: the named one, else the only or default one of its type."""
        from orqo_vault.cli.backend_choice import choose_backend

        vault = self.vault()
        return vault.backends.get(choose_backend(vault.settings, type_name, name))

    def say(self, text: str) -> None:
        """Confirm something on stderr, unless ``-q``."""
        if not self.quiet:
            self.tell(text)

    def tell(self, text: str) -> None:
        """Say something on stderr that must be known, ``-q`` or not."""
        if sys.stderr is not None:
            sys.stderr.write("\n".join(printable(line) for line in text.splitlines()) + "\n")
            sys.stderr.flush()

    def print_json(self, data: Mapping[str, Any]) -> None:
        """Print data on stdout as one JSON object with its ``schema_version``."""
        from orqo_vault.cli.printing import print_json

        print_json(data)

    def print_table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print data on stdout as a table for people."""
        from orqo_vault.cli.printing import print_table

        print_table(columns, rows)

    def close(self) -> None:
        """Close what was opened."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            opened.close()

    def _named(self) -> Path | None:
        from pathlib import Path

        return Path(self.config) if self.config is not None else None

    def _tell_what_was_read(self, settings: Settings) -> None:
        if self.verbosity:
            self.tell(f"settings: {', '.join(map(str, settings.files))}")


def _ask_passphrase(question: str) -> SecretValue:
    from orqo_vault.cli.prompts import ask_hidden  # most runs ask nothing

    return ask_hidden(question, again=False)
