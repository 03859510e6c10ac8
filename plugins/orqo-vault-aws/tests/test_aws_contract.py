"""The contract of every backend, over HTTP, unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.settings import AwsSettings

from orqo_vault.backend import BackendContext
from orqo_vault.testing import BackendContract


class TestAwsBackend(BackendContract):
    """Deletions are for good here: the net of the default is the subject of ``test_aws_deleting.py``."""

    @pytest.fixture
    def backend(self, aws_context: Callable[[], BackendContext]) -> Iterator[AwsBackend]:
        with AwsBackend(AwsSettings(recovery_window_days=0), aws_context()) as backend:
            yield backend
