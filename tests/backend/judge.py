"""Runs the contract over backend classes, in one inner session, and tells which of its tests each one failed."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from orqo_vault.backend import Deadline, Stored
from orqo_vault.errors import AccessDeniedError
from orqo_vault.testing import MemoryBackend

SUITE = Path(__file__).with_name("handed_suite.py")
QUIET = ["-qq", "--tb=short", "--noconftest", "--import-mode=importlib", "-c", os.devnull, "--rootdir", SUITE.parent]
ALONE = [f"-pno:{plugin}" for plugin in ("cacheprovider", "randomly", "timeout", "xdist", "hypothesispytest")]

Kind = TypeVar("Kind", bound=type[MemoryBackend])
BROKEN: list[tuple[type[MemoryBackend], frozenset[str]]] = []


def caught_by(*tests: str) -> Callable[[Kind], Kind]:
    """Say which tests of the contract must fail for this backend."""

    def enter(kind: Kind) -> Kind:
        BROKEN.append((kind, frozenset(tests)))
        return kind

    return enter


class Refusing(MemoryBackend):
    """A right backend that refuses everything below ``denied/``. The broken ones differ from it in one thing."""

    def read(self, reference: Any, *, deadline: Deadline) -> Stored | None:
        if reference.path.startswith("denied/"):
            raise AccessDeniedError(f"reading {reference.path!r} is refused", paths=[reference.path])
        return super().read(reference, deadline=deadline)


class Verdict:
    """A pytest plugin: hands classes to the suite, each for the tests it is to be judged by (none named: all)."""

    def __init__(self, judged: Sequence[tuple[type[MemoryBackend], frozenset[str]]]) -> None:
        self.judged = judged
        self.passed: dict[str, set[str]] = defaultdict(set)
        self.failed: dict[str, set[str]] = defaultdict(set)
        self.said: dict[str, str] = {}

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        test = metafunc.function.__name__
        kinds = [kind for kind, tests in self.judged if test in tests or not tests]
        metafunc.parametrize("kind", kinds, ids=lambda kind: kind.__name__)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        # pytest makes one skipped item of a test that no class is handed to
        handed = [item for item in items if isinstance(item, pytest.Function)]
        items[:] = [item for item in handed if isinstance(item.callspec.params["kind"], type)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test, _, parameters = report.nodeid.rpartition("::")[2].partition("[")
        kind = next(name for name in parameters.rstrip("]").split("-") if name in self._names())
        if report.failed:
            self.failed[kind].add(test)
            self.said[kind] = report.longreprtext
        elif report.when == "call":
            self.passed[kind].add(test)

    def _names(self) -> set[str]:
        return {kind.__name__ for kind, _ in self.judged}


def verdict(judged: Sequence[tuple[type[MemoryBackend], frozenset[str]]]) -> Verdict:
    """Run the suite over the classes."""
    found = Verdict(judged)
    status = pytest.main([*map(str, QUIET), *ALONE, str(SUITE)], plugins=[found])
    assert status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED), f"the suite did not run: {status!r}"
    return found
