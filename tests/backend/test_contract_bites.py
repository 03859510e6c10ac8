"""The contract catches each broken backend by the test that is about it, and lets right ones pass whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from orqo_vault.backend import Deadline, Expected, Stored
from orqo_vault.errors import AccessDeniedError
from orqo_vault.secret import Secret
from orqo_vault.testing import BackendContract, MemoryBackend
from tests.backend import broken_conduct, broken_declarations, broken_reading, broken_values, broken_writing
from tests.backend.judge import BROKEN, Refusing, Verdict, verdict

THEMES = (
    broken_conduct,
    broken_declarations,
    broken_reading,
    broken_values,
    broken_writing,
)  # to import them is to fill BROKEN

PROMISES = {name for name in dir(BackendContract) if name.startswith("test_")}


class OpaqueVersions(Refusing):
    """Right: what a version looks like is the backend's own business."""

    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        stored = super().read(reference, deadline=deadline)
        return replace(stored, version=f"v:{stored.version}") if stored else None

    def write(self, reference: Any, secret: Secret, *, if_version: str | Expected, deadline: Deadline) -> str:
        expected = if_version.removeprefix("v:") if isinstance(if_version, str) else if_version
        return f"v:{super().write(reference, secret, if_version=expected, deadline=deadline)}"


class ReadsInOneCall(Refusing):
    """Right: one request for a batch, one refusal for all of it."""

    def read_many(self, references: Iterable[Any], *, deadline: Deadline) -> dict[Any, Stored]:
        wanted = list(dict.fromkeys(references))
        denied = [reference.path for reference in wanted if reference.path.startswith("denied/")]
        if denied:
            raise AccessDeniedError(f"reading {', '.join(denied)} is refused", paths=denied)
        deadline.check("reading a batch")
        with self.shelf.lock:
            return {ref: self.shelf.held[ref.path] for ref in wanted if ref.path in self.shelf.held}


RIGHT: list[type[MemoryBackend]] = [Refusing, OpaqueVersions, ReadsInOneCall]


@pytest.fixture(scope="module")
def judged() -> Verdict:
    """One inner session for all: starting one for each class would take longer than all their tests."""
    return verdict([*BROKEN, *((kind, frozenset[str]()) for kind in RIGHT)])


@pytest.mark.parametrize(("kind", "tests"), BROKEN, ids=[kind.__name__ for kind, _ in BROKEN])
def test_a_broken_backend_is_caught(judged: Verdict, kind: type[MemoryBackend], tests: frozenset[str]) -> None:
    assert judged.failed[kind.__name__] == tests


@pytest.mark.parametrize("kind", RIGHT)
def test_a_right_backend_passes_the_whole_contract(judged: Verdict, kind: type[MemoryBackend]) -> None:
    assert judged.failed[kind.__name__] == set(), judged.said[kind.__name__]
    assert judged.passed[kind.__name__] == PROMISES


def test_every_promise_has_a_backend_that_breaks_it() -> None:
    assert frozenset[str]().union(*(tests for _, tests in BROKEN)) == PROMISES
