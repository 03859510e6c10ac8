"""The backends: plugins, servers, certificates, logins and keys, as each backend judges its own."""

from __future__ import annotations

from collections.abc import Iterator

from orqo_vault.backend import Deadline
from orqo_vault.doctor.finding import Finding, of_error
from orqo_vault.doctor.subject import Subject
from orqo_vault.doctor.trusted_files import trusting
from orqo_vault.errors import OrqoVaultError, PluginError
from orqo_vault.plugins import backend_class
from orqo_vault.vault import Vault

SECONDS = 10.0
"""For each backend: a person waits."""


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with each declared backend. No secret is read while a backend is well."""
    if subject.settings is None:
        return
    with Vault(subject.settings, surroundings=trusting(subject)) as vault:
        for name, declaration in subject.settings.backends.items():
            where = f"backend {name}"
            try:
                backend_class(declaration.type)
            except PluginError as error:
                yield of_error(error, where, f"install the plugin for {declaration.type}")
                continue
            yield from _in(vault, name, where)


def _in(vault: Vault, name: str, where: str) -> Iterator[Finding]:
    deadline, check = Deadline(SECONDS), f"orqo-vault backend check {name} tells whether it is well again"
    try:
        backend = vault.backends.get(name)
        health = backend.check((), deadline=deadline)
    except OrqoVaultError as error:
        yield of_error(error, where, check)
        return
    for each in health.causes:
        yield of_error(each, where, check)
    for concern in health.concerns:
        yield Finding("error" if concern.grave else "warning", concern.what, where, concern.fix)
