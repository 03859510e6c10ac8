from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orqo_vault.credential import BoundField, Category, Credential, Mode
from orqo_vault.errors import (
    CredentialError,
    EnvironmentConflictError,
    ExpiredCredentialError,
    NoPlatformProviderError,
    UnsafeNameError,
)
from orqo_vault.planner import Plan, Selection, make_plan
from orqo_vault.planner.availability import refuse_what_is_not_available
from orqo_vault.settings.model import BackendDeclaration, Run, Settings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def credential(credential_id: str, **changes: object) -> Credential:
    declared = {
        "id": credential_id,
        "name": credential_id,
        "key": credential_id.upper(),
        "category": Category.CUSTOM,
        "type": "api_token",
        "backend": "local",
        "at": {"path": credential_id},
        **changes,
    }
    return Credential(**declared)  # type: ignore[arg-type]  # test data


def bound(*variables: str, name: str = "token", required: bool = True, default: str | None = None) -> BoundField:
    return BoundField(name=name, stored_as=name, secret=True, required=required, default=default, variables=variables)


def plan_of(*declared: tuple[Credential, tuple[BoundField, ...]], run: Run | None = None) -> Plan:
    settings = Settings(
        base_dir=Path("/project"),
        backends={
            "local": BackendDeclaration("local", "encrypted-file"),
            "corp": BackendDeclaration("corp", "hashicorp-vault", bootstrap_variables=("VAULT_*", "BAO_TOKEN")),
        },
        credentials={each.id: each for each, _ in declared},
        contracts={each.id: contract for each, contract in declared},
    )
    selection = Selection(run or Run(name=""), tuple(each.id for each, _ in declared))
    return make_plan(settings, selection, now=NOW)


def test_a_plan_names_every_variable_with_where_it_comes_from() -> None:
    plan = plan_of((credential("a"), (bound("A"),)), (credential("b"), (bound("B", "B_ALIAS"),)))
    assert [(each.name, each.credential, each.field) for each in plan.variables] == [
        ("A", "a", "token"),
        ("B", "b", "token"),
        ("B_ALIAS", "b", "token"),
    ]


def test_a_variable_is_sure_only_when_the_run_cannot_start_without_it() -> None:
    fields = (
        bound("S"),
        bound("S_PORT", name="port", required=False, default="587"),
        bound("S_USER", name="user", required=False),
    )
    sure = {each.name: each.sure for each in plan_of((credential("s"), fields)).variables}
    assert sure == {"S": True, "S_PORT": True, "S_USER": False}


def test_nothing_is_sure_of_an_optional_credential() -> None:
    assert [each.sure for each in plan_of((credential("a", optional=True), (bound("A"),))).variables] == [False]


def test_credentials_that_share_a_place_are_read_once() -> None:
    plan = plan_of(
        (credential("a", at={"path": "team"}), (bound("A"),)), (credential("b", at={"path": "team"}), (bound("B"),))
    )
    assert plan.reads == {"local": ("team",)}


def test_a_credential_whose_values_all_stand_in_the_file_is_not_read() -> None:
    plan = plan_of((credential("a", values={"token": "public"}), (bound("A"),)))
    assert plan.reads == {}


def test_every_declared_backends_login_is_removed_also_when_it_is_not_read() -> None:
    assert plan_of((credential("a"), (bound("A"),))).removed == ("BAO_TOKEN", "ORQO_VAULT_*", "VAULT_*")


def test_two_plans_of_one_state_are_equal() -> None:
    declared = (credential("a"), (bound("A"),))
    assert plan_of(declared) == plan_of(declared)


def test_two_credentials_that_set_one_variable_stop_the_plan() -> None:
    with pytest.raises(EnvironmentConflictError, match=r"'a'.*'b'"):
        plan_of((credential("a"), (bound("SAME"),)), (credential("b"), (bound("SAME"),)))


def test_a_dangerous_name_stops_the_plan_unless_the_run_allows_it() -> None:
    declared = (credential("a"), (bound("LD_PRELOAD"),))
    with pytest.raises(UnsafeNameError, match="LD_PRELOAD"):
        plan_of(declared)
    assert plan_of(declared, run=Run(name="r", allow_variables=("LD_PRELOAD",))).variables


def test_an_expired_credential_stops_the_plan_by_name() -> None:
    with pytest.raises(ExpiredCredentialError, match="'a' expired"):
        plan_of((credential("a", expires_at=NOW), (bound("A"),)))


def test_a_disabled_credential_stops_the_plan_and_an_optional_one_is_left_out() -> None:
    with pytest.raises(CredentialError, match="'a' is disabled"):
        plan_of((credential("a", enabled=False), (bound("A"),)))
    assert plan_of((credential("a", enabled=False, optional=True), (bound("A"),))).credentials == ()


def test_a_platform_key_is_planned_without_a_read_and_refused_without_a_provider() -> None:
    plan = plan_of((credential("a", mode=Mode.PLATFORM, backend=None), (bound("A", required=False),)))
    assert plan.reads == {}
    with pytest.raises(NoPlatformProviderError, match="no platform provider is configured"):
        refuse_what_is_not_available(plan)
