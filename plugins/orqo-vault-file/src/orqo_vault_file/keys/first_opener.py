"""What opens a store that is being made: a key or passphrase that is at hand, or else a new key file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from orqo_vault.errors import BackendError
from orqo_vault.secret import SecretValue
from orqo_vault_file.keys import key as keys
from orqo_vault_file.keys import key_files, slots
from orqo_vault_file.keys.key_files import Refusal
from orqo_vault_file.keys.openers import KEY, PASSPHRASE_FILE
from orqo_vault_file.keys.slots import Opener

if TYPE_CHECKING:
    from orqo_vault_file.keys.key import Key
    from orqo_vault_file.store import Store


class First(NamedTuple):
    """The opener of a new store's first slot, and where it is kept."""

    opener: Opener
    place: str
    made: bool = False
    """True when a key file was made just now, which must be backed up."""


def at_hand(store: Store, store_id: str) -> First:
    """Return what will open the new store; makes a key file when nothing else is named."""
    openers = store.openers
    label = openers.user_label()
    text = openers.variable(KEY)
    if text:
        return First(Opener(slots.ENVIRONMENT, _key(KEY, keys.parse(text)), label), KEY)
    chosen = openers.chosen_key_file()
    found = key_files.read(chosen, chosen=True) if chosen else None
    if chosen and isinstance(found, str):
        return First(Opener(slots.KEY_FILE, _key(chosen, keys.parse(found)), label), chosen)
    if chosen and isinstance(found, Refusal) and not found.absent:
        raise BackendError(f"{chosen} {found.reason}", hint=found.hint)
    if openers.variable(PASSPHRASE_FILE):
        return _by_passphrase_file(store, label)
    return new_key_file(chosen or openers.default_key_file(store_id), store, label)


def new_key_file(path: str, store: Store, label: str) -> First:
    """Make a key file, never in a place from which it would be committed beside what it opens."""
    _refuse_inside_project(path, store)
    key = keys.new_key()
    text = f"# opens an orqo-vault store: keep a copy in a safe place, never in git\n{key.compose()}\n"
    if not key_files.create(path, text):
        raise BackendError(f"{path} is there already; a key file is never overwritten")
    return First(Opener(slots.KEY_FILE, key, label), path, made=True)


def by_passphrase(passphrase: SecretValue, label: str) -> Opener:
    """Return the opener for a new passphrase slot, with our own parameters and a fresh salt."""
    from orqo_vault_file.keys import passphrases  # unicodedata and Argon2 cost start-up time

    passphrases.refuse_weak(passphrase)
    derivation = passphrases.new_derivation()
    return Opener(slots.PASSPHRASE, derivation.key(passphrase), label, derivation)


def _by_passphrase_file(store: Store, label: str) -> First:
    place, passphrase = store.openers.passphrase_file()
    if isinstance(passphrase, Refusal):
        raise BackendError(f"{place} {passphrase.reason}", hint=passphrase.hint)
    return First(by_passphrase(passphrase, label), place)


def _key(place: str, key: Key | str) -> Key:
    if isinstance(key, str):
        raise BackendError(f"{place} {key}")
    return key


def _refuse_inside_project(path: str, store: Store) -> None:
    folder = os.path.realpath(os.path.dirname(path))
    if path == store.openers.default_key_file(os.path.basename(path).removesuffix(".key")):
        return  # a home folder that is itself a checkout (dotfiles) keeps its configuration where it always does
    inside = os.path.commonpath((folder, store.place())) == store.place()
    while not inside and folder != os.path.dirname(folder):
        inside = os.path.exists(os.path.join(folder, ".git"))
        folder = os.path.dirname(folder)
    if inside:
        raise BackendError(
            f"no key file is made at {path}: it would lie in a git checkout or in the store itself",
            hint="name a place outside; a new store's key file goes to your own configuration folder by default",
        )
