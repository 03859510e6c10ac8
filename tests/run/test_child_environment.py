from __future__ import annotations

import pytest

from orqo_vault.errors import EnvironmentConflictError
from orqo_vault.run.child_environment import child_environment, inherited, overridden
from orqo_vault.settings.model import Run

PARENT = {
    "PATH": "/bin",
    "HOME": "/home/ana",
    "LC_ALL": "C.UTF-8",
    "ORQO_VAULT_KEY": "k",
    "VAULT_TOKEN": "t",
    "AWS_ACCESS_KEY_ID": "engine",
    "EDITOR": "vi",
}
REMOVED = ("ORQO_VAULT_*", "VAULT_*", "AWS_ACCESS_KEY_ID")


def test_what_opens_the_backends_is_not_inherited() -> None:
    child = child_environment(PARENT, {}, run=Run(name=""), removed=REMOVED)
    assert child == {"PATH": "/bin", "HOME": "/home/ana", "LC_ALL": "C.UTF-8", "EDITOR": "vi"}


def test_a_credential_may_deliver_a_variable_that_was_stripped_from_the_parent() -> None:
    child = child_environment(PARENT, {"AWS_ACCESS_KEY_ID": "run"}, run=Run(name=""), removed=REMOVED)
    assert child["AWS_ACCESS_KEY_ID"] == "run"


def test_a_clean_environment_keeps_only_what_programs_need_to_find_themselves() -> None:
    child = child_environment(PARENT, {"TOKEN": "x"}, run=Run(name=""), removed=REMOVED, clean=True)
    assert child == {"PATH": "/bin", "HOME": "/home/ana", "LC_ALL": "C.UTF-8", "TOKEN": "x"}


def test_a_runs_own_inherit_list_wins_over_a_clean_environment() -> None:
    run = Run(name="nightly", inherit=("PATH", "ED*"))
    assert inherited(PARENT, run=run, removed=REMOVED, clean=True) == {"PATH": "/bin", "EDITOR": "vi"}


def test_inherit_none_leaves_only_what_the_run_sets() -> None:
    run = Run(name="sealed", inherit="none")
    assert child_environment(PARENT, {"TOKEN": "x"}, run=run, removed=REMOVED) == {"TOKEN": "x"}


def test_an_inherit_list_cannot_bring_a_login_back() -> None:
    run = Run(name="nightly", inherit=("VAULT_TOKEN", "ORQO_VAULT_KEY", "PATH"))
    assert inherited(PARENT, run=run, removed=REMOVED) == {"PATH": "/bin"}


def test_by_default_the_run_overrides_what_was_inherited() -> None:
    child = child_environment({"TOKEN": "old"}, {"TOKEN": "new"}, run=Run(name=""), removed=())
    assert child["TOKEN"] == "new"


def test_on_conflict_keep_leaves_the_inherited_value() -> None:
    run = Run(name="r", on_conflict="keep")
    assert child_environment({"TOKEN": "old"}, {"TOKEN": "new"}, run=run, removed=())["TOKEN"] == "old"


def test_on_conflict_error_names_every_variable_and_no_value() -> None:
    run = Run(name="r", on_conflict="error")
    with pytest.raises(EnvironmentConflictError) as refused:
        child_environment({"A": "old-a", "B": "old-b"}, {"B": "new", "A": "new"}, run=run, removed=())
    assert "A, B" in str(refused.value)
    assert "old" not in str(refused.value)
    assert "new" not in str(refused.value)


def test_overridden_names_are_sorted() -> None:
    assert overridden({"B": "", "A": ""}, ["B", "C", "A"]) == ["A", "B"]
