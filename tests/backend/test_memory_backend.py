"""The memory backend keeps the contract: it is the control for every test of the contract itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from orqo_vault.backend import BackendContext
from orqo_vault.testing import BackendContract, MemoryBackend, MemorySettings


class TestMemoryBackend(BackendContract):
    @pytest.fixture
    def backend(self, context: BackendContext) -> Iterator[MemoryBackend]:
        with MemoryBackend(MemorySettings(), context) as backend:
            yield backend

    @pytest.fixture
    def make_backend(self, backend: MemoryBackend) -> Callable[[], MemoryBackend]:
        return lambda: MemoryBackend(backend.settings, backend.context, backend.shelf)
