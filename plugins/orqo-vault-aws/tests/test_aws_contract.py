"""The contract of every backend, over HTTP, unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings

from orqo_vault.backend import BackendContext
from orqo_vault.testing import BackendContract
from orqo_vault.testing.contract.refusal import Refusal


class TestAwsBackend(BackendContract):
    """Deletions are for good here: the net of the default is the subject of ``test_aws_deleting.py``."""

    @pytest.fixture
    def backend(self, aws_context: Callable[[], BackendContext]) -> Iterator[AwsBackend]:
        with AwsBackend(AwsSettings(recovery_window_days=0), aws_context()) as backend:
            yield backend


class TestWhatIamDenies(Refusal):
    """Moto has no IAM: the wire denies two paths, alone and as items of a batch."""

    @pytest.fixture
    def backend(self, wire: Any, aws_context: Callable[..., BackendContext]) -> Iterator[AwsBackend]:
        with AwsBackend(AwsSettings(), aws_context(wire.address)) as backend:
            yield backend

    @pytest.fixture
    def denied_references(self, wire: Any) -> Sequence[AwsReference]:
        denied = ["secret/of/others", "payroll"]
        wire.deny(denied)
        return [AwsReference(path=path) for path in denied]
