"""The operator's and the user's own file: what is not trusted there stops every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from orqo_vault.doctor.finding import Finding, of_error
from orqo_vault.doctor.subject import Subject
from orqo_vault.errors import OrqoVaultError
from orqo_vault.settings.operator import load_operator
from orqo_vault.settings.user import load_user_config
from orqo_vault.vault import Surroundings

FIX = "correct the file"


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with either file."""
    try:
        load_user_config(subject.environ)
    except OrqoVaultError as error:
        yield of_error(error, "the user's file", FIX)
    try:
        load_operator(subject.operator)
    except OrqoVaultError as error:
        yield of_error(error, "the operator's file", FIX)


def trusting(subject: Subject) -> Surroundings:
    """Return the surroundings with the hosts that these files allow; a file that is wrong allows none."""
    allowed = subject.surroundings.allowed_hosts
    for load in (lambda: load_user_config(subject.environ), lambda: load_operator(subject.operator)):
        try:
            found = load()
        except OrqoVaultError:
            continue  # examine() says what is wrong with it
        allowed |= found.allowed_hosts if found is not None else frozenset()
    return replace(subject.surroundings, allowed_hosts=allowed)
