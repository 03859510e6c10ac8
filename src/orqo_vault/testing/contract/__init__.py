"""What every backend promises, as tests: a plugin subclasses the contract in its own tests and gives one fixture.

    class TestMyBackend(BackendContract):
        @pytest.fixture
        def backend(self, context):
            with MyBackend(MySettings(path="here"), context) as backend:
                yield backend

The place must be empty at the start of each test. ``read_only`` is not tested here: the core refuses such writes
before a backend sees them. NUL is not among the values: the core refuses it before it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getattr_static
from typing import Any, ClassVar

from orqo_vault.testing.contract.concurrency import Concurrency
from orqo_vault.testing.contract.conditions import ConditionalWrites
from orqo_vault.testing.contract.deadlines import Deadlines
from orqo_vault.testing.contract.declaration import Declaration
from orqo_vault.testing.contract.deleting import Deleting
from orqo_vault.testing.contract.listing import Listing
from orqo_vault.testing.contract.reading import Reading
from orqo_vault.testing.contract.refusal import Refusal
from orqo_vault.testing.contract.silence import Silence
from orqo_vault.testing.contract.writing import Writing

__all__ = ["BackendContract"]


class BackendContract(
    Reading,
    Writing,
    ConditionalWrites,
    Deleting,
    Listing,
    Concurrency,
    Deadlines,
    Refusal,
    Silence,
    Declaration,
):
    """Subclass it and give the fixture ``backend``; see :class:`ContractFixtures` for what else may be given."""

    deviations: ClassVar[Mapping[str, str]] = {}
    """Test of the contract that this backend cannot pass → why. One that the subclass does not replace is dropped."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._ask_about_refusal()
        changed = {name for name in _promises() if getattr(cls, name, None) is not getattr(BackendContract, name)}
        changed -= cls._unasked()
        explained = {name for name, reason in cls.deviations.items() if reason.strip()}
        if changed - explained:
            raise TypeError(f"{cls.__name__} changes {', '.join(sorted(changed - explained))}: say why in `deviations`")
        unknown = set(cls.deviations).difference(_promises())
        if unknown:
            raise TypeError(f"{cls.__name__} deviates from what nobody promises: {', '.join(sorted(unknown))}")
        for name in explained - changed:
            setattr(cls, name, None)  # not collected: neither a skip nor a pass that proves nothing

    @classmethod
    def _ask_about_refusal(cls) -> None:
        """Take the tests about refusals out when there is nothing to ask them about."""
        unasked = cls._unasked()
        for name, test in _ABOUT_REFUSAL.items():
            if name not in vars(cls):
                setattr(cls, name, None if name in unasked else test)

    @classmethod
    def _unasked(cls) -> frozenset[str]:
        given = getattr_static(cls, "denied_references")  # a fixture looked up the usual way is a new object each time
        return frozenset(_ABOUT_REFUSAL) if given is _NO_DENIED_REFERENCES else frozenset()


_ABOUT_REFUSAL = {name: test for name, test in vars(Refusal).items() if name.startswith("test_")}
_NO_DENIED_REFERENCES = getattr_static(BackendContract, "denied_references")


def _promises() -> list[str]:
    return [name for name in dir(BackendContract) if name.startswith("test_")]
