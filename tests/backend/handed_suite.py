"""The contract over the classes that judge.py hands in; never collected by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from orqo_vault.backend import BackendContext, BackendReference
from orqo_vault.testing import BackendContract, MemoryBackend


class TestHanded(BackendContract):
    @pytest.fixture(autouse=True)
    def _own_patience(self, kind: type[MemoryBackend]) -> None:
        self.patience = getattr(kind, "patience", 30.0)  # type: ignore[misc]  # of this one test's instance

    @pytest.fixture
    def backend(self, kind: type[MemoryBackend], context: BackendContext) -> MemoryBackend:
        return kind(kind.Settings(), context)

    @pytest.fixture
    def make_backend(self, backend: MemoryBackend) -> Callable[[], MemoryBackend]:
        return lambda: type(backend)(backend.settings, backend.context, backend.shelf)

    @pytest.fixture
    def denied_references(self) -> Sequence[BackendReference]:
        return [BackendReference(path="denied/one"), BackendReference(path="denied/two")]
