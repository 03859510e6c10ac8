"""On a host that has no ledger, an enrolled user is told balance and usage by the gateway, or why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.platform_keys.enrolments import write_enrolment
from orqo_vault.secret import SecretValue
from tests.credits_commands.conftest import Desk
from tests.platform_keys.control_plane_stand_in import ENROLMENT, StandIn, refusal

LINE = {"heading": "openai:gpt-4o", "requests": 2, "own": 1, "input_tokens": 30, "output_tokens": 4, "charged": 80}
FIGURES: dict[str, Any] = {
    "organization": "acme",
    "balance": 5_000_000,
    "held": 1_000_000,
    "available": 4_000_000,
    "overdraft": 2_000_000,
    "usage": {"since": "2026-10-25T00:00:00+00:00", "days": [LINE | {"heading": "2026-11-23"}], "models": [LINE]},
}


@pytest.fixture
def plane() -> Iterator[StandIn]:
    stand_in = StandIn()
    stand_in.answers["balance"] = (200, {}, json.dumps(FIGURES).encode())
    yield stand_in
    stand_in.close()


@pytest.fixture
def enrolled(desk: Desk, plane: StandIn, home: Path) -> Desk:
    """A host whose operator's file names the gateway and no ledger."""
    provider = {"type": "gateway", "address": plane.address}
    desk.file.write_text(json.dumps({"platform_providers": {"openai": provider}}))
    write_enrolment(home / "config" / "orqo-vault", plane.address, SecretValue(ENROLMENT))
    return desk


def test_balance_and_usage_are_what_the_gateway_says(enrolled: Desk, plane: StandIn) -> None:
    assert enrolled("balance", "--plain").out == "acme\t5\t1\t4\t2\n"
    assert enrolled("usage", "--plain").out == "2026-11-23\t2\t1\t30\t4\t0.00008\n"
    said = enrolled("usage", "--by", "model", "--json").json
    assert (said["organization"], said["since"], said["usage"][0]["charged"]["micro"]) == (
        "acme",
        FIGURES["usage"]["since"],
        80,
    )
    assert {each.authorization for each in plane.asked} == {f"Bearer {ENROLMENT}"}


def test_what_it_does_not_tell_is_refused_and_not_left_out(enrolled: Desk) -> None:
    for words in (["--by", "run"], ["--by", "credential"], ["--since", "2026-11-01"], ["--until", "2026-11-01"]):
        done = enrolled("usage", *words)
        assert (done.status, done.out) == (2, "")
    for command in ("history", "holds", "lots"):
        assert enrolled(command, "--json").code == "settings"  # there is no ledger here


def test_another_organizations_name_is_refused(enrolled: Desk) -> None:
    assert enrolled("balance", "--organization", "acme").status == 0
    assert enrolled("balance", "--organization", "beta", "--json").code == "access_denied"


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"[]", b"null", b"{}", b"not json"),
        *(
            json.dumps(FIGURES | {key: None}).encode()
            for key in ("organization", "balance", "held", "overdraft", "usage")
        ),
    ],
)
def test_an_answer_that_is_none_is_an_error_and_no_balance(enrolled: Desk, plane: StandIn, answer: bytes) -> None:
    plane.answers["balance"] = (200, {}, answer)
    done = enrolled("balance", "--json")
    assert (done.status, done.out) == (6, "")


def test_a_gateway_that_refuses_or_is_not_there_says_so(enrolled: Desk, plane: StandIn) -> None:
    plane.answers["balance"] = refusal(401, "unauthorized")
    assert enrolled("balance", "--json").code == "access_denied"
    plane.answers["balance"] = refusal(503, "ledger_unavailable")
    assert enrolled("balance", "--json").code == "ledger_unavailable"


def test_who_is_enrolled_nowhere_is_told_what_is_missing(enrolled: Desk, home: Path) -> None:
    (file,) = (home / "config" / "orqo-vault" / "enrolments").iterdir()
    file.unlink()
    done = enrolled("balance")
    assert (done.status, "names no ledger" in done.err) == (4, True)
