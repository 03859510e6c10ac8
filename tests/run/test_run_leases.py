"""Leases around a run of the command line: renewed, given back whatever ends it, and said when one cannot be kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orqo_vault.backend import Lease
from orqo_vault.backend.leases import SupportsLeases
from orqo_vault.errors import AccessDeniedError, SealedError
from orqo_vault.run.chores import NEVER, Outcome
from orqo_vault.vault.renewal import HeldLease, Renewal

SETTINGS = """\
version: 1
backends:
  db: {{type: lending, log: {log}}}
  other: {{type: lending, log: {log}}}
credentials:
  slow: {{name: Slow, key: SLOW, category: custom, type: api_token, backend: db, path: slow}}
  short: {{name: Short, key: SHORT, category: custom, type: api_token, backend: db, path: lease/1}}
  long: {{name: Long, key: LONG, category: custom, type: api_token, backend: db, path: lease/3600}}
  stuck: {{name: Stuck, key: STUCK, category: custom, type: api_token, backend: other, path: slow}}
runs:
  warn: {{credentials: [short]}}
  signal: {{credentials: [short], on_lease_end: signal}}
  terminate: {{credentials: [short], on_lease_end: terminate}}
"""


class Project:
    """A project whose backend is installed as a plugin is: a distribution on the import path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        site = folder / "site"
        (site / "lending-1.dist-info").mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("lending.py"), site / "lending.py")
        (site / "lending-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: lending\nVersion: 1\n")
        (site / "lending-1.dist-info" / "entry_points.txt").write_text("[orqo_vault.backends]\nlending = lending\n")
        (folder / "orqo-vault.yaml").write_text(SETTINGS.format(log=self.log))
        self.env = {**os.environ, "PYTHONPATH": str(site)}

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "orqo_vault", "run", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.env,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            start_new_session=True,
        )

    def done(self) -> list[str]:
        return self.log.read_text().split()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_while_secrets_are_read_ends_the_run_and_gives_back_what_was_lent(
    project: Project, number: signal.Signals
) -> None:
    with project.start("--only", "slow", "--", "echo", "started") as running:
        assert running.stderr is not None
        assert running.stderr.readline() == "reading\n"
        running.send_signal(number)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (128 + number, "")
    assert "Traceback" not in err
    assert project.done() == ["lent", "revoked"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("only", ["slow,stuck", "stuck,slow", "long,stuck", "stuck,long"])
def test_a_second_backend_that_does_not_answer_holds_up_no_end(
    project: Project, only: str, number: signal.Signals
) -> None:
    with project.start("--only", only, "--", "echo", "started") as running:
        assert running.stderr is not None
        for _ in {"slow", "stuck"} & set(only.split(",")):
            assert running.stderr.readline() == "reading\n"
        while project.done().count("lent") < 2:
            pass
        running.send_signal(number)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (128 + number, "")
    assert "Traceback" not in err
    assert sorted(project.done()) == ["lent", "lent", "revoked", "revoked"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_the_command_runs_is_the_commands_and_the_lease_is_given_back(
    project: Project, number: signal.Signals
) -> None:
    with project.start("--only", "long", "--", "sh", "-c", "echo ready; read x") as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(number)
        assert running.wait(30) == -number
    assert project.done() == ["lent", "revoked"]


def test_a_lease_is_held_while_the_command_runs_and_the_value_is_masked(project: Project) -> None:
    with project.start("--only", "long", "--", "sh", "-c", "cat log; echo $LONG; exit 3") as running:
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out, err) == (3, "lent\n********\n", "orqo-vault: 1 place masked\n")
    assert project.done() == ["lent", "revoked"]


def test_a_lease_is_renewed_in_time(project: Project) -> None:
    script = "while [ $(grep -c renewed log) -lt 2 ]; do :; done; echo renewed"
    with project.start("--run", "warn", "--", "sh", "-c", script) as running:
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out, err) == (0, "renewed\n", "")
    assert project.done()[-1] == "revoked"


def test_warn_says_it_and_goes_on(project: Project) -> None:
    (project.folder / "log.stop").touch()
    with project.start("--run", "warn", "--", "sh", "-c", "echo ready; read x; exit 4") as running:
        assert running.stderr is not None
        said = running.stderr.readline()
        running.communicate("\n", timeout=30)
    assert said.startswith("orqo-vault: the lease of short cannot be renewed: the lease has reached its maximum; ")
    assert running.returncode == 4


def test_signal_tells_the_command_by_sighup(project: Project) -> None:
    (project.folder / "log.stop").touch()
    script = "trap 'echo told; exit 6' HUP; while :; do sleep 0.05; done"
    with project.start("--run", "signal", "--", "sh", "-c", script) as running:
        out, _ = running.communicate(timeout=30)
    assert (running.returncode, out) == (6, "told\n")


def test_terminate_ends_the_command_and_kills_it_when_it_does_not(project: Project) -> None:
    (project.folder / "log.stop").touch()
    script = "trap 'echo told' TERM; while :; do sleep 0.05; done"
    with project.start("--run", "terminate", "--kill-after", "0.2", "--", "sh", "-c", script) as running:
        out, _ = running.communicate(timeout=30)
    assert (running.returncode, out) == (-signal.SIGKILL, "told\n")
    assert project.done() == ["lent", "revoked"]


class Lender(SupportsLeases):
    """Answers renewals from a list: a duration, or an error."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)

    def renew(self, lease: Lease, *, deadline: object) -> Lease:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Lease(lease.id, answer, renewable=True)

    def revoke(self, lease: Lease, *, deadline: object) -> None: ...


def renewal(lender: Lender, told: list[str], *, renewable: bool = True) -> Renewal:
    held = HeldLease(Lease("l", 600, renewable), "db", lender, time.monotonic())  # type: ignore[arg-type]  # it lends, and no more is asked of it
    return Renewal(held, Outcome.TERMINATE, told.append)


def test_renewal_is_due_at_two_thirds_of_the_time() -> None:
    assert 390 < renewal(Lender(), []).due() <= 400


def test_a_renewal_that_gives_less_is_due_sooner_and_the_last_one_is_told() -> None:
    told: list[str] = []
    chore = renewal(Lender(600, 300, 30), told)
    assert chore.do() is Outcome.GO_ON
    assert chore.do() is Outcome.GO_ON
    assert 190 < chore.due() <= 200
    assert chore.do() is Outcome.TERMINATE
    assert chore.due() == NEVER
    assert told == ["orqo-vault: the lease of db cannot be renewed: its maximum is reached; the secret ends in 30 s"]


def test_a_server_that_is_away_is_asked_again() -> None:
    told: list[str] = []
    chore = renewal(Lender(SealedError("db: sealed"), 600), told)
    assert chore.do() is Outcome.GO_ON
    assert 190 < chore.due() <= 200
    assert chore.do() is Outcome.GO_ON
    assert 390 < chore.due() <= 400
    assert told == []


def test_a_refusal_is_the_end_of_it() -> None:
    told: list[str] = []
    assert renewal(Lender(AccessDeniedError("db: denied")), told).do() is Outcome.TERMINATE
    assert told == ["orqo-vault: the lease of db cannot be renewed: db: denied; the secret ends in 600 s"]


def test_a_lease_that_is_not_renewable_is_said_while_there_is_time() -> None:
    told: list[str] = []
    chore = renewal(Lender(), told, renewable=False)
    assert chore.due() <= 400
    assert chore.do() is Outcome.TERMINATE
    assert "it is not renewable; the secret ends in 600 s" in told[0]
