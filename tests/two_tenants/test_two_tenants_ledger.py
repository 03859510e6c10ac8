"""Two tenants and one ledger: neither sees, spends or makes the other's credits, by whatever name it calls itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orqo_vault.ledger import Use
from tests.two_tenants.conftest import Machine, Tenant, json_of

OPERATORS = (
    ("grant", "{own}", "5", "--period", "p"),
    ("adjust", "{own}", "5", "--reference", "r", "--reason", "r"),
    ("overdraft", "{own}", "1000"),
    ("settle", "{own}", "req-1", "--estimated"),
    ("cancel", "{own}", "req-1"),
    (
        "report",
        "{own}",
        "r",
        "--run",
        "run",
        "--credential",
        "key",
        "--model",
        "openai:gpt-4o",
        "--input",
        "0",
        "--output",
        "0",
    ),
    ("verify",),
    ("init",),
)


def fill(machine: Machine) -> None:
    """Give the one 7 and the other 11 credits, and let each hold 1 under the same ids."""
    with machine.ledger() as ledger:
        for organization, amount in (("my-app/prod", 7_000_000), ("my/app-prod", 11_000_000)):
            ledger.grant(organization, amount, period="2026-11")
            use = Use(organization=organization, run="run", credential="key", provider="openai", model="gpt-4o")
            ledger.reserve(use, 1_000_000, hold="run/key", lasts=timedelta(hours=1))
            ledger.start(organization, "run/key", reference="req-1", model="gpt-4o", estimate=5, gateway="gw")


@pytest.fixture
def trusting(machine: Machine) -> Machine:
    """Both tenants may open the ledger."""
    fill(machine)
    machine.open_ledger_to_tenants()
    return machine


@pytest.fixture
def closed(machine: Machine) -> Machine:
    """Only the gateway's user may."""
    fill(machine)
    machine.close_ledger_to_tenants()
    return machine


def other(tenant: Tenant) -> Tenant:
    return tenant.machine.slash if tenant is tenant.machine.dash else tenant.machine.dash


def test_each_sees_its_own_and_is_refused_the_others(trusting: Machine) -> None:
    for tenant, amount in ((trusting.dash, "7"), (trusting.slash, "11")):
        assert tenant("credits", "balance", "--plain").out.split("\t")[:2] == [tenant.organization, amount]
        for what in ("balance", "holds", "lots", "usage", "history", "unsettled"):
            own = json_of(tenant("credits", what, "--json"))
            assert other(tenant).organization not in str(own)
            refused = tenant("credits", what, "--organization", other(tenant).organization, "--json")
            assert (refused.status, json_of(refused)["error"]["code"]) == (5, "access_denied"), what
            assert refused.out == ""


def test_a_tenant_is_refused_what_is_the_operators_also_for_itself(trusting: Machine) -> None:
    for words in OPERATORS:
        refused = trusting.dash("credits", *(word.format(own=trusting.dash.organization) for word in words))
        assert (refused.status, refused.out) == (5, ""), words
    with trusting.ledger() as ledger:
        assert ledger.balance(trusting.dash.organization).balance == 7_000_000
        request = ledger.find_request(trusting.dash.organization, "req-1")
        assert request is not None
        assert request.state == "started"


@pytest.mark.parametrize("claim", ["my/app-prod", "my-app/prod/../../my/app-prod", "acme", ""])
def test_what_a_project_calls_itself_buys_nothing(trusting: Machine, claim: str) -> None:
    tenant = trusting.dash
    tenant.write("project/orqo-vault.yaml", f'version: 1\norganization: "{claim}"\n' if claim else "version: 1\n")
    tenant.env["ORQO_VAULT_ORGANIZATION"] = claim
    assert tenant("credits", "balance", "--plain").out.split("\t")[:2] == ["my-app/prod", "7"]


@pytest.mark.parametrize("name", ["my-app-prod", "my/app/prod", "my-app/prod ", "MY/APP-PROD", "my\uff0fapp-prod"])
def test_a_name_that_only_looks_like_another_is_another(trusting: Machine, name: str) -> None:
    assert trusting.dash("credits", "balance", "--organization", name).status == 5


def test_a_ledger_that_is_closed_to_tenants_shows_them_nothing(closed: Machine) -> None:
    answer = closed.dash("credits", "balance", "--json")
    assert (answer.status, json_of(answer)["error"]["code"]) == (6, "ledger_unavailable")
    raw = closed.dash.python("-c", f"open({str(closed.vaults / 'ledger.db')!r}, 'rb')")
    assert "PermissionError" in raw.err


def test_an_operators_file_of_ones_own_opens_no_ledger_of_somebody_else(closed: Machine) -> None:
    """It makes the tenant an operator of nothing: what is closed stays closed, and its own ledger buys nothing."""
    tenant = closed.dash
    mine = tenant.write("operator.yaml", f'version: 1\nledger: {{address: "{closed.address}"}}\n')
    assert tenant("credits", "grant", "my-app/prod", "1000", "--period", "p", operator=mine).status == 6
    assert tenant("credits", "init", operator=mine).status == 6

    own_ledger = (
        f'version: 1\norganizations: {{my-app/prod: {{}}}}\nledger: {{address: "sqlite://{tenant.home}/l.db"}}\n'
    )
    mine = tenant.write("operator.yaml", own_ledger)
    assert tenant("credits", "init", operator=mine).status == 0
    assert tenant("credits", "grant", "my-app/prod", "1000", "--period", "p", operator=mine).status == 0
    with closed.ledger() as ledger:
        assert ledger.balance("my-app/prod").balance == 7_000_000


def test_a_tenants_operators_file_is_not_read_by_another(closed: Machine) -> None:
    mine = closed.dash.write("operator.yaml", "version: 1\n")
    closed.dash.home.chmod(0o755)
    mine.chmod(0o644)
    answer = closed.slash("credits", "balance", operator=mine)
    assert answer.status == 4
    assert "belongs to" in answer.err


def test_the_gateways_user_is_in_no_organization_and_works_as_the_operator(closed: Machine) -> None:
    gateway = Tenant(closed, "clerk", closed.gateway, "none")
    assert gateway("credits", "balance", "--plain").out.splitlines() == [
        "my-app/prod\t7\t1\t6\t1",
        "my/app-prod\t11\t1\t10\t1",
    ]
    assert gateway("credits", "grant", "my-app/prod", "1", "--period", "q").status == 0
