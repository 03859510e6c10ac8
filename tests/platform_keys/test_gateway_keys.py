"""``gateway`` as a tenant sees it: a run token and an address, kept alive by heartbeats, void when the run ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orqo_vault.backend import Deadline
from orqo_vault.chore import Outcome
from orqo_vault.errors import (
    AccessDeniedError,
    BackendUnavailableError,
    EnvironmentConflictError,
    HeldByRunsInFlightError,
    InsufficientCreditsError,
    LedgerUnavailableError,
    MissingSecretsError,
    OrqoVaultError,
    PlatformKeyRefusedError,
    SettingsError,
)
from orqo_vault.platform_keys.control_plane import ControlPlane
from orqo_vault.platform_keys.enrolments import enrolment_path, write_enrolment
from orqo_vault.secret import SecretValue
from orqo_vault.state import config_root
from tests.platform_keys.control_plane_stand_in import ENROLMENT, TOKEN, StandIn, refusal

if TYPE_CHECKING:
    from tests.platform_keys.conftest import Stage


@pytest.fixture
def plane() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


@pytest.fixture
def enrolled(stage: Stage, plane: StandIn) -> Stage:
    """Return a tenant's machine: no ledger, no key, an address and an enrolment."""
    stage.operates({"type": "gateway", "address": plane.address}, ledger=None, backends=None)
    write_enrolment(Path(config_root(os.environ)), plane.address, SecretValue(ENROLMENT))
    return stage


@pytest.fixture
def fifo(enrolled: Stage) -> Path:
    """Return a FIFO: a child that reads it goes on until the test writes."""
    path = enrolled.project / "fifo"
    os.mkfifo(path)
    return path


def started(stage: Stage, fifo: Path, *options: str) -> subprocess.Popen[str]:
    words = stage.words("run", *options, "--", "sh", "-c", f"echo up; read line < {fifo}")
    child = subprocess.Popen(words, cwd=stage.project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"
    return child


def test_a_run_gets_a_token_and_an_address_and_the_token_is_void_when_it_ends(enrolled: Stage, plane: StandIn) -> None:
    done = enrolled.types("run", "--", "printenv", "OPENAI_API_KEY", "OPENAI_BASE_URL")
    assert done.status == 0
    assert TOKEN not in done.out + done.err  # it is masked as any secret is
    assert f"{plane.address}/openai/v1" in done.out
    assert plane.verbs() == ["begin", "end"]
    begun, ended = plane.asked
    assert begun.authorization == f"Bearer {ENROLMENT}"
    run = begun.body.pop("run")
    assert begun.body == {
        "name": "default",
        "credential": "openai",
        "provider": "openai",
        "models": ["gpt-4o"],
        "budget": 1_000_000,
    }
    assert ended.path == f"/orqo/v1/runs/{run}"


def test_it_is_asked_before_anything_is_read_and_taken_back_when_that_fails(enrolled: Stage, plane: StandIn) -> None:
    with enrolled.vault() as vault, pytest.raises(MissingSecretsError, match=r"own\.token"):
        vault.prepare(run="nightly")
    assert plane.verbs() == ["begin", "end"]


def test_a_credential_that_would_set_the_address_too_is_a_conflict_before_anything_is_asked(
    enrolled: Stage, plane: StandIn
) -> None:
    settings = enrolled.project / "orqo-vault.yaml"
    settings.write_text(settings.read_text().replace("key: OWN_KEY", "key: OPENAI_BASE_URL"))
    with enrolled.vault() as vault, pytest.raises(EnvironmentConflictError, match="OPENAI_BASE_URL"):
        vault.prepare(run="nightly")
    assert plane.asked == []


def test_the_plan_names_the_variables_and_asks_nobody(enrolled: Stage, plane: StandIn) -> None:
    with enrolled.vault() as vault:
        plan = vault.plan()
    assert {each.name for each in plan.variables if each.sure} == {"OPENAI_API_KEY", "OPENAI_BASE_URL"}
    assert [each.supplied for each in plan.platform] == ["gateway"]
    assert plane.asked == []


def test_heartbeats_go_on_while_the_command_runs(enrolled: Stage, plane: StandIn, fifo: Path) -> None:
    plane.heartbeat_seconds = 0.05
    child = started(enrolled, fifo)
    for _ in range(3):
        plane.wait_for("heartbeat")
    fifo.write_text("\n")
    child.communicate(timeout=30)
    assert child.returncode == 0
    assert plane.verbs()[-1] == "end"


@pytest.mark.parametrize(("policy", "status"), [("warn", 0), ("terminate", -signal.SIGTERM)])
def test_a_token_that_is_revoked_is_said_and_the_runs_policy_decides(
    enrolled: Stage, plane: StandIn, fifo: Path, policy: str, status: int
) -> None:
    settings = enrolled.project / "orqo-vault.yaml"
    settings.write_text(settings.read_text().replace("budget: 1}", f"budget: 1, on_lease_end: {policy}}}"))
    plane.heartbeat_seconds = 0.05
    plane.answers["heartbeat"] = refusal(404, "unknown_run")
    child = started(enrolled, fifo)
    plane.wait_for("heartbeat")
    if policy == "warn":
        fifo.write_text("\n")
    _, said = child.communicate(timeout=30)
    assert child.returncode == status
    assert "platform key is void: the gateway has revoked it" in said
    assert plane.verbs().count("heartbeat") == 1


def test_a_gateway_that_is_away_for_a_moment_is_asked_again(enrolled: Stage, plane: StandIn) -> None:
    plane.heartbeat_seconds = 30
    said: list[str] = []
    with enrolled.vault() as vault, vault.prepare(keep_alive=False) as run:
        (chore,) = run.chores(said.append)
        plane.answers["heartbeat"] = refusal(503, "ledger_unavailable")
        assert chore.do() is Outcome.GO_ON
        assert 0 < chore.due() < 30
        del plane.answers["heartbeat"]
        assert chore.do() is Outcome.GO_ON
    assert said == []


def test_sigterm_is_the_commands_and_the_token_is_void_afterwards(enrolled: Stage, plane: StandIn, fifo: Path) -> None:
    child = started(enrolled, fifo)
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=30)
    assert child.returncode == -signal.SIGTERM
    assert plane.verbs() == ["begin", "end"]


def test_after_kill_9_nothing_is_given_back_and_nobody_beats(enrolled: Stage, plane: StandIn, fifo: Path) -> None:
    plane.heartbeat_seconds = 0.05
    child = started(enrolled, fifo)
    plane.wait_for("heartbeat")
    child.kill()
    child.wait(timeout=30)
    beaten = plane.verbs().count("heartbeat")
    fd = os.open(fifo, os.O_RDWR)  # whoever still reads it goes on
    os.write(fd, b"\n")
    os.close(fd)
    child.communicate(timeout=30)
    assert "end" not in plane.verbs()
    assert plane.verbs().count("heartbeat") - beaten <= 1  # one may have been on its way


def test_an_engine_that_drives_nothing_loses_no_token(enrolled: Stage, plane: StandIn) -> None:
    plane.heartbeat_seconds = 0.05
    with enrolled.vault() as vault:
        with vault.prepare() as run:
            for _ in range(3):
                plane.wait_for("heartbeat")
            assert not run.key_ended.is_set()
            plane.answers["heartbeat"] = refusal(404, "unknown_run")
            assert run.key_ended.wait(30)
        assert plane.verbs()[-1] == "end"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(401, "unknown_enrolment"), AccessDeniedError),
        (refusal(402, "insufficient_credits", available=5, required=7_000_000), InsufficientCreditsError),
        (refusal(409, "held_by_in_flight"), HeldByRunsInFlightError),
        (refusal(403, "not_allowed"), PlatformKeyRefusedError),
        (refusal(503, "ledger_unavailable"), LedgerUnavailableError),
        (refusal(500, "bug"), BackendUnavailableError),
        ((307, {"Location": "http://127.0.0.1:9/elsewhere"}, b""), PlatformKeyRefusedError),
        ((201, {}, b"not json"), PlatformKeyRefusedError),
        ((201, {}, b'{"token": "short"}'), PlatformKeyRefusedError),
        (
            (
                201,
                {},
                b'{"token": "%s", "base_url": "http://gateway.example/openai/v1", "heartbeat_seconds": 9}'
                % TOKEN.encode(),
            ),
            PlatformKeyRefusedError,
        ),
    ],
    ids=["401", "402", "409", "403", "503", "500", "a redirect", "no JSON", "no token", "an address in clear"],
)
def test_every_refusal_has_its_own_error_and_none_repeats_the_gateways_words(
    enrolled: Stage, plane: StandIn, answer: Any, error: type[OrqoVaultError]
) -> None:
    plane.answers["begin"] = answer
    with enrolled.vault() as vault, pytest.raises(error) as caught:
        vault.prepare()
    assert TOKEN not in f"{caught.value} {caught.value.hint}"
    assert plane.verbs()[0] == "begin"
    if isinstance(caught.value, InsufficientCreditsError):
        assert (caught.value.available, caught.value.required) == (5, 7_000_000)
        assert "7 are required" in str(caught.value)


def test_how_long_to_wait_is_what_the_gateway_says(enrolled: Stage, plane: StandIn) -> None:
    status, _, body = refusal(409, "held_by_in_flight", available=1, required=2)
    plane.answers["begin"] = (status, {"Retry-After": "17"}, body)
    with enrolled.vault() as vault, pytest.raises(HeldByRunsInFlightError) as caught:
        vault.prepare()
    assert caught.value.retry_after == 17


def test_a_gateway_that_is_not_there_stops_the_run(enrolled: Stage, plane: StandIn) -> None:
    gone = "http://127.0.0.1:1"
    enrolled.operates({"type": "gateway", "address": gone})
    write_enrolment(Path(config_root(os.environ)), gone, SecretValue(ENROLMENT))
    done = enrolled.types("run", "--json", "--", "true")
    assert (done.status, done.error["code"]) == (125, "unavailable")


def test_no_proxy_is_used(enrolled: Stage, plane: StandIn) -> None:
    dead = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), "http://127.0.0.1:1")
    assert enrolled.types("run", "--", "true", env=dead).status == 0


def test_an_enrolment_never_goes_in_clear_to_another_machine() -> None:
    gateway = ControlPlane("http://gateway.example", SecretValue(ENROLMENT))
    with pytest.raises(SettingsError, match="neither on this machine nor https"):
        gateway.balance(Deadline(1))


def test_the_balance_is_what_the_gateway_tells(enrolled: Stage, plane: StandIn) -> None:
    said = ControlPlane(plane.address, SecretValue(ENROLMENT)).balance(Deadline(10))
    assert (said["organization"], said["available"]) == ("acme", 4)


def test_enrolling_keeps_a_file_for_this_user_only(stage: Stage, plane: StandIn) -> None:
    stage.operates({"type": "gateway", "address": plane.address}, ledger=None, backends=None)
    refused = stage.types("run", "--json", "--", "true")
    assert refused.error["code"] == "access_denied"
    assert refused.error["hint"] == f"orqo-vault llm enrol {plane.address}"
    done = stage.types("llm", "enrol", plane.address, stdin=f"{ENROLMENT}\n")
    assert done.status == 0
    assert ENROLMENT not in done.out + done.err
    file = enrolment_path(Path(config_root(os.environ)), plane.address)
    assert (file.stat().st_mode & 0o777, file.read_text()) == (0o600, ENROLMENT + "\n")
    assert stage.types("run", "--", "true").status == 0


@pytest.mark.parametrize("stdin", ["sk-something-else\n", "", "ove_ short\n"])
def test_what_is_no_enrolment_is_not_kept(stage: Stage, stdin: str) -> None:
    done = stage.types("llm", "enrol", "https://gateway.example", stdin=stdin)
    assert done.status != 0
    assert not enrolment_path(Path(config_root(os.environ)), "https://gateway.example").exists()


def test_an_enrolment_that_others_may_read_is_refused(enrolled: Stage, plane: StandIn) -> None:
    enrolment_path(Path(config_root(os.environ)), plane.address).chmod(0o640)
    with enrolled.vault() as vault, pytest.raises(AccessDeniedError, match="nobody else may read"):
        vault.prepare()
    assert plane.asked == []
