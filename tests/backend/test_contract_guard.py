"""A contract test cannot be dropped or softened in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orqo_vault.testing import BackendContract

pytest_plugins = "pytester"

ABOUT_REFUSAL = {
    "test_reading_what_is_denied_is_an_error",
    "test_a_batch_with_something_denied_is_an_error_that_names_all_of_it",
    "test_check_calls_what_is_denied_a_problem",
}


def softened(self: object) -> None:
    """Replace a contract test by nothing."""


def test_overriding_a_contract_test_needs_a_reason() -> None:
    with pytest.raises(TypeError, match="test_paths_are_listed_sorted: say why in `deviations`"):
        type("Suite", (BackendContract,), {"test_paths_are_listed_sorted": softened})


def test_deleting_a_contract_test_needs_a_reason() -> None:
    with pytest.raises(TypeError, match="test_paths_are_listed_sorted"):
        type("Suite", (BackendContract,), {"test_paths_are_listed_sorted": None})


def test_a_mixin_cannot_override_behind_the_back() -> None:
    mixin = type("Mixin", (), {"test_paths_are_listed_sorted": softened})

    with pytest.raises(TypeError, match="test_paths_are_listed_sorted"):
        type("Suite", (mixin, BackendContract), {})


def test_an_empty_reason_is_none() -> None:
    with pytest.raises(TypeError, match="test_paths_are_listed_sorted"):
        type(
            "Suite",
            (BackendContract,),
            {"test_paths_are_listed_sorted": softened, "deviations": {"test_paths_are_listed_sorted": " "}},
        )


def test_a_stated_reason_lets_a_test_be_replaced() -> None:
    reason = {"test_paths_are_listed_sorted": "the server sorts by its own locale"}

    suite: Any = type("Suite", (BackendContract,), {"test_paths_are_listed_sorted": softened, "deviations": reason})

    assert suite.test_paths_are_listed_sorted is softened


def test_a_stated_reason_alone_drops_a_test() -> None:
    reason = {"test_paths_are_listed_sorted": "the server cannot list"}

    suite: Any = type("Suite", (BackendContract,), {"deviations": reason})

    assert suite.test_paths_are_listed_sorted is None
    assert BackendContract.test_paths_are_listed_sorted is not None


def test_a_reason_for_a_promise_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="nobody promises: test_paths_are_listed_at_all"):
        type("Suite", (BackendContract,), {"deviations": {"test_paths_are_listed_at_all": "a test of long ago"}})


def test_only_a_backend_that_can_refuse_is_asked_about_refusal() -> None:
    without: Any = type("Suite", (BackendContract,), {})
    given: Any = type("Suite", (without,), {"denied_references": pytest.fixture(lambda self: [])})

    assert {name for name in ABOUT_REFUSAL if getattr(without, name) is None} == ABOUT_REFUSAL
    assert {name for name in ABOUT_REFUSAL if getattr(given, name) is None} == set()


def test_a_plugin_author_sees_what_differs(pytester: pytest.Pytester) -> None:
    """Without assertion rewriting the report would be a bare AssertionError."""
    pytester.makepyfile(
        Path(__file__).with_name("handed_suite.py").read_text(encoding="utf-8")
        + """
    @pytest.fixture
    def kind(self):
        class Shouts(MemoryBackend):
            def read(self, reference, *, deadline):
                stored = super().read(reference, deadline=deadline)
                changed = {name: value.upper() for name, value in stored.secret.reveal().items()}
                return type(stored)(type(stored.secret)(changed), stored.version)
        return Shouts
"""
    )

    result = pytester.runpytest_subprocess("-k", "test_a_secret_may_have_one_field")

    result.stdout.fnmatch_lines(["E*assert {'only': 'X'} == {'only': 'x'}"])
