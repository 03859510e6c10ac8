"""Looks for what is wrong on this machine before a run meets it. It changes nothing, and says how to put it right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orqo_vault.doctor import (
    backends,
    clock,
    committed,
    leftovers,
    settings_files,
    state_folder,
    trusted_files,
    versions,
)
from orqo_vault.doctor.finding import Finding
from orqo_vault.doctor.subject import Subject, subject

__all__ = ["Finding", "Subject", "examine", "subject"]

Examination = Callable[[Subject], Iterator[Finding]]

EXAMINATIONS: tuple[Examination, ...] = (
    settings_files.examine,
    trusted_files.examine,
    committed.examine,
    state_folder.examine,
    versions.examine,
    backends.examine,
    clock.examine,
    leftovers.examine,
)
"""One file each; what a backend knows about its keys, server and login comes from the backend."""


def examine(examined: Subject) -> tuple[Finding, ...]:
    """Return everything that was found, in the order of the examinations."""
    return tuple(finding for examination in EXAMINATIONS for finding in examination(examined))
