"""Finds the values to mask in a text that a run wrote, possibly some time ago, without starting a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orqo_vault.credential import Credential
from orqo_vault.planner import select
from orqo_vault.secret import SecretValue
from orqo_vault.vault.auditing import use
from orqo_vault.vault.reading import read_secrets
from orqo_vault.vault.vault import Vault


class ToMask(NamedTuple):
    """The secret values that are stored, and the credentials that have none stored."""

    values: tuple[SecretValue, ...]
    without: tuple[str, ...]


def values_to_mask(vault: Vault, *, only: Iterable[str] | None = None, run: str | None = None) -> ToMask:
    """Return every stored secret field of a selection, chosen as :meth:`Vault.prepare` chooses it.

    Disabled and expired credentials are read too: their values stand in older output. What a backend makes anew at
    every read is not read, since it never stood anywhere. Raises what reading raises: all of it or nothing.
    """
    selection = select(vault.settings, only=only, run=run)
    chosen = [vault.credentials[credential_id] for credential_id in selection.credentials]
    read = [each for each in chosen if _is_kept(vault, each)]
    with vault.asking("redact", read, run=selection.run.name or None) as asked:
        stored = read_secrets(vault.backends, read, vault.settings.contracts, vault.surroundings.seconds)
        secret = {
            each.id: [
                bound.name
                for bound in vault.settings.contracts[each.id]
                if bound.secret and bound.name in stored[each.id].secret
            ]
            for each in read
            if each.id in stored
        }
        # Who may choose the text can find out whether a guess is right, so this is on record as a reveal is.
        asked.granted(use(each, stored[each.id], secret[each.id]) for each in read if each.id in stored)
    return ToMask(
        values=tuple(stored[each].secret[name] for each, names in secret.items() for name in names),
        without=tuple(each.id for each in chosen if not secret.get(each.id)),
    )


def _is_kept(vault: Vault, credential: Credential) -> bool:
    return credential.backend is not None and not vault.backends.place(credential)[1].made_when_read
