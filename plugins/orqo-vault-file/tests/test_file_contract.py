"""The encrypted-file backend keeps the contract that every backend keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from orqo_vault_file.backend import EncryptedFileBackend, FileSettings

from orqo_vault.backend import BackendContext
from orqo_vault.testing import BackendContract


class TestEncryptedFileBackend(BackendContract):
    @pytest.fixture
    def backend(self, context: BackendContext) -> Iterator[EncryptedFileBackend]:
        with EncryptedFileBackend(FileSettings(), context) as backend:
            yield backend
