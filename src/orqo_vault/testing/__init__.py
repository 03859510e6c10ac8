"""What a plugin author and an engine author test with: a backend in memory, and the contract every backend keeps."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orqo_vault.testing.contract import BackendContract
    from orqo_vault.testing.memory import MemoryBackend, MemorySettings

__all__ = ["BackendContract", "MemoryBackend", "MemorySettings"]

# Without this a plugin author sees a bare AssertionError. It must happen before the contract is imported, and an
# engine that only wants MemoryBackend must not need pytest.
if "pytest" in sys.modules:
    sys.modules["pytest"].register_assert_rewrite("orqo_vault.testing.contract")


def __getattr__(name: str) -> Any:
    if name == "BackendContract":
        from orqo_vault.testing.contract import BackendContract

        return BackendContract
    if name in __all__:
        from orqo_vault.testing import memory

        return getattr(memory, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
