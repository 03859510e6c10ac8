"""What an author gives to the contract, and what the contract makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import pytest

from orqo_vault.backend import Backend, BackendContext
from orqo_vault.testing.contract.place import Place


class ContractFixtures:
    """Only ``backend`` must be given. The rest has defaults that fit most backends."""

    many: ClassVar[int] = 120
    """Secrets written to see that listing and batches have no end. Keep it above one page of a slow server."""
    largest: ClassVar[int] = 64 * 1024
    """Bytes in the largest value; lower it to what the server documents as its limit."""
    threads: ClassVar[int] = 8
    increments: ClassVar[int] = 5
    """How often each thread counts one up in the race for a conditional write."""
    patience: ClassVar[float] = 30.0
    """Seconds one operation may take. An operation that takes longer hangs."""

    @pytest.fixture
    def context(self, tmp_path: Path) -> BackendContext:
        """Folders that are this test's own, no terminal, an empty environment."""
        project = tmp_path / "project"
        project.mkdir()
        return BackendContext(
            name="under-test", base_dir=project, state_dir=tmp_path / "state", config_dir=tmp_path / "config"
        )

    @pytest.fixture
    def backend(self) -> Backend:
        """The backend under test, over an empty place."""
        raise NotImplementedError(f"{type(self).__name__} must give a fixture `backend`")

    @pytest.fixture
    def make_backend(self, backend: Backend) -> Iterator[Callable[[], Backend]]:
        """Makes another instance over the same place, as another process would."""
        with ExitStack() as opened:

            def another() -> Backend:
                return opened.enter_context(type(backend)(backend.settings, backend.context))

            yield another

    @pytest.fixture
    def reference(self, backend: Backend) -> Callable[[str], Any]:
        """Makes a reference to a path; give your own to add what only your references have."""
        return lambda path: backend.Reference(path=path)

    @pytest.fixture
    def denied_references(self) -> Sequence[Any]:
        """References that the backend refuses to read. Give at least two if it can refuse anything."""
        return ()

    @pytest.fixture
    def place(self, backend: Backend, reference: Callable[[str], Any]) -> Place:
        """The backend as the tests speak to it."""
        return Place(backend, reference, self.patience)
