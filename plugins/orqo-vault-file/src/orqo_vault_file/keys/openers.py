"""What on this machine may open a store: keys first, because they cost nothing, then passphrases."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from orqo_vault.secret import SecretValue
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import key_files
from orqo_vault_file.keys.key import Key
from orqo_vault_file.keys.key_files import Refusal
from orqo_vault_file.keys.slots import is_label

if TYPE_CHECKING:
    from orqo_vault.backend import BackendContext
    from orqo_vault_file.keys.passphrases import Derivation

KEY = "ORQO_VAULT_KEY"
KEY_FILE = "ORQO_VAULT_KEY_FILE"
PASSPHRASE_FILE = "ORQO_VAULT_PASSPHRASE_FILE"  # noqa: S105  # the name of a variable, not a password


class Openers:
    """Finds keys and passphrases in the places the user's machine names; remembers what was expensive or asked for."""

    def __init__(self, context: BackendContext, key_file: str | None) -> None:
        self._context = context
        self._environ: Mapping[str, str] = context.environ
        self._setting = key_file
        self._given_keys: list[Key] = []
        self._given_passphrases: list[SecretValue] = []
        self._asked: SecretValue | None = None
        self._derived: dict[Derivation, list[tuple[SecretValue, Key]]] = {}

    def give_key(self, key: Key) -> None:
        """Add a key that the user presents for one command."""
        self._given_keys.append(key)

    def give_passphrase(self, passphrase: SecretValue) -> None:
        """Add a passphrase that the user presents for one command."""
        self._given_passphrases.append(passphrase)

    def variable(self, name: str) -> str | None:
        """Return one of our variables, None when it is not set or empty."""
        return self._environ.get(name) or None

    def user_label(self) -> str:
        """Return the label for a slot that this user makes for themselves."""
        user = self._environ.get("USER", "")
        return user if is_label(user) else ""

    def default_key_file(self, store_id: str) -> str:
        """Return where this machine keeps the key of that store unless somebody says otherwise."""
        return os.path.join(self._context.config_dir, "keys", f"{store_id}.key")

    def chosen_key_file(self) -> str | None:
        """Return the key file somebody named: the environment before the settings."""
        for named in (self.variable(KEY_FILE), self._setting):
            if named:
                return self._absolute(named)
        return None

    def keys(self, store_id: str) -> Iterator[tuple[str, Key | Refusal]]:
        """Yield every place that may hold a key, with the key or why there is none."""
        for key in self._given_keys:
            yield "the key that was given", key
        text = self.variable(KEY)
        yield KEY, _parsed(text) if text else Refusal("not set", absent=True)
        named = self.variable(KEY_FILE)
        if named:
            yield f"{KEY_FILE}={named}", _key_file(self._absolute(named), chosen=True)
        if self._setting:
            path = self._absolute(self._setting)
            yield path, _key_file(path, chosen=True)
        path = self.default_key_file(store_id)
        yield path, _key_file(path, chosen=False)

    def passphrases(self, prompt: str) -> Iterator[tuple[str, SecretValue | Refusal]]:
        """Yield every place that may hold a passphrase; the person at the terminal is asked last, and once."""
        for passphrase in self._given_passphrases:
            yield "the passphrase that was given", passphrase
        if self.variable(PASSPHRASE_FILE):
            yield self.passphrase_file()
        if self._asked is None and self._context.ask_passphrase is not None:
            self._asked = self._context.ask_passphrase(prompt)
        if self._asked is not None:
            yield "the terminal", self._asked

    def passphrase_file(self) -> tuple[str, SecretValue | Refusal]:
        """Return what the file in ``ORQO_VAULT_PASSPHRASE_FILE`` holds, without the line's end."""
        named = self.variable(PASSPHRASE_FILE)
        if named is None:
            return PASSPHRASE_FILE, Refusal("not set", absent=True)
        text = key_files.read(self._absolute(named), chosen=True)
        found = text if isinstance(text, Refusal) else SecretValue(text.removesuffix("\n").removesuffix("\r"))
        return f"{PASSPHRASE_FILE}={named}", found

    def derive(self, derivation: Derivation, passphrase: SecretValue) -> Key:
        """Return the key of a passphrase; the second time for nothing."""
        known = self._derived.setdefault(derivation, [])
        for text, key in known:
            if text == passphrase:
                return key
        key = derivation.key(passphrase)
        known.append((passphrase, key))
        return key

    def _absolute(self, path: str) -> str:
        home = self._environ.get("HOME")
        if path.startswith("~/") and home:
            path = os.path.join(home, path[2:])
        return os.path.join(self._context.base_dir, path)


def _parsed(text: str) -> Key | Refusal:
    key = keys.parse(text)
    return Refusal(key, "copy the whole key line again") if isinstance(key, str) else key


def _key_file(path: str, *, chosen: bool) -> Key | Refusal:
    text = key_files.read(path, chosen=chosen)
    return text if isinstance(text, Refusal) else _parsed(text)
