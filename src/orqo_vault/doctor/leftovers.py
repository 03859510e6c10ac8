"""What killed runs left behind: files with secrets in them, agents that still hold keys."""

from __future__ import annotations

from collections.abc import Iterator

from orqo_vault.delivery import leftovers
from orqo_vault.doctor.finding import Finding
from orqo_vault.doctor.subject import Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Yield each folder whose run is gone. Nothing is removed."""
    for left in leftovers(subject.environ):
        fix = "the next run that delivers a file removes it; or rm -r it now"
        yield Finding("warning", f"run {left.pid} was killed and left its secrets here", left.path, fix)
