"""``orqo-vault store slot add``: let somebody else open the store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from orqo_vault.backend import Deadline
from orqo_vault_file.commands.asking import new_passphrase
from orqo_vault_file.commands.quiet import QuietCommand
from orqo_vault_file.commands.target import SECONDS, backend_option, json_option, store_to_change

if TYPE_CHECKING:
    from orqo_vault.hookspecs import CommandHost
    from orqo_vault.secret import SecretValue
    from orqo_vault_file.keys.slots import Slot
    from orqo_vault_file.store import Store

_WAYS = "--key-file, --env, --passphrase and --passphrase-file"


@click.command("add", cls=QuietCommand)
@click.option("--key-file", metavar="FILE", help="Make a key file there, readable by you only.")
@click.option("--existing", is_flag=True, help="With --key-file: take the key that is there already.")
@click.option("--env", "variable", is_flag=True, help="Make a key for ORQO_VAULT_KEY and print it, into a pipe only.")
@click.option("--passphrase", is_flag=True, help="Ask for a passphrase, twice and unseen.")
@click.option("--passphrase-file", metavar="FILE", help="Take the passphrase from a file that only you can read.")
@click.option("--label", default="", metavar="NAME", help="Whose it is, as slot list shows it.")
@backend_option
@json_option
@click.pass_obj
def command(
    host: CommandHost,
    key_file: str | None,
    existing: bool,
    variable: bool,
    passphrase: bool,
    passphrase_file: str | None,
    label: str,
    backend_name: str | None,
    as_json: bool,
) -> None:
    """Let another key open the store.

    A colleague's, a machine's, or a passphrase. Whoever holds it can read and write everything in the store.
    Commit the new slot to hand it out.
    """
    _refuse(label, existing and key_file is None, variable and as_json)
    if [key_file is not None, variable, passphrase, passphrase_file is not None].count(True) != 1:
        raise click.UsageError(f"say one of {_WAYS}")
    store = store_to_change(host, backend_name)
    if key_file is not None:
        slot = _by_key_file(host, store, os.path.abspath(key_file), existing, label)
    elif variable:
        slot = _by_variable(store, label)
    else:
        slot = _by_passphrase(store, _passphrase(host, passphrase_file), label)
    if as_json:
        host.print_json({"slot": {"id": slot.id, "kind": slot.kind, "label": slot.label}})
    else:
        host.say(f"added {slot} ({slot.id})")


def _refuse(label: str, nothing_existing: bool, key_in_json: bool) -> None:
    """Raise for what cannot be meant."""
    from orqo_vault_file.keys.slots import is_label

    if not is_label(label):
        raise click.BadParameter("letters, digits and . _ @ + - only, at most 64", param_hint="--label")
    if nothing_existing:
        raise click.UsageError("--existing goes with --key-file")
    if key_in_json:
        raise click.UsageError("--env prints the key and nothing else: it does not go with --json")


def _by_key_file(host: CommandHost, store: Store, path: str, existing: bool, label: str) -> Slot:
    from orqo_vault_file.keys.invitation import with_key_file, with_new_key_file

    if existing:
        return with_key_file(store, path, label, Deadline(SECONDS))
    slot = with_new_key_file(store, path, label, Deadline(SECONDS))
    host.tell(f"made the key file {path}: hand it over on a safe way, and never commit it")
    return slot


def _by_variable(store: Store, label: str) -> Slot:
    from orqo_vault_file.keys.invitation import with_variable

    with click.open_file("-", "w") as stdout:
        if stdout.isatty():
            raise click.UsageError("a key is not printed on a screen: pipe it to what keeps the secrets of your CI")
        handed = with_variable(store, label, Deadline(SECONDS))
        stdout.write(handed.key.compose() + "\n")
    return handed.slot


def _passphrase(host: CommandHost, file: str | None) -> SecretValue:
    from orqo_vault_file.keys.invitation import read_passphrase

    if file is not None:
        return read_passphrase(os.path.abspath(file))
    if not host.interactive:
        raise click.UsageError("nobody is there to type a passphrase: --passphrase-file FILE takes it from a file")
    return new_passphrase(host)


def _by_passphrase(store: Store, passphrase: SecretValue, label: str) -> Slot:
    from orqo_vault_file.keys.invitation import with_passphrase

    return with_passphrase(store, passphrase, label, Deadline(SECONDS))
