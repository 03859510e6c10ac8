"""A gateway as a user of its own, and two tenants: the platform's key stays there, and each has what is its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.gateway.harness import exchange
from tests.two_tenants.conftest import Machine, Tenant, json_of
from tests.two_tenants.platform import ASK, KEY, PROJECT, Platform
from tests.two_tenants.searching import found_in, places_of_files, places_of_process, processes_of
from tests.two_tenants.users import python_as, require_root

ASK_AND_WAIT = f"""{ASK}
ask()
print(os.getpid(), os.environ["OPENAI_API_KEY"], flush=True)
for line in sys.stdin:
    print(ask(), flush=True)
"""
SPY = """
import sys
for place in sys.argv[1:]:
    try:
        open(place, "rb").read(1)
        print("read", place)
    except OSError as error:
        print(type(error).__name__, place)
"""


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    require_root()
    folder = Path(tempfile.mkdtemp(prefix="orqo-vault-test-"))
    folder.chmod(0o755)
    running = Platform(Machine(folder))
    yield running
    running.close()
    shutil.rmtree(folder)


class Running(NamedTuple):
    """A run that has asked once, and asks again when it is told to go on."""

    supervisor: subprocess.Popen[str]
    child: int
    token: str

    def asks_again(self) -> str:
        """Let it ask again; return what it was told."""
        assert self.supervisor.stdin is not None
        assert self.supervisor.stdout is not None
        self.supervisor.stdin.write("\n")
        self.supervisor.stdin.flush()
        return self.supervisor.stdout.readline()


@contextmanager
def running(tenant: Tenant) -> Iterator[Running]:
    """Start a run that lasts until its block ends. Its output is not masked, so that it can tell its token."""
    program = tenant.write("project/program.py", ASK_AND_WAIT)
    words = ["--operator", str(tenant.machine.operator), "run", "--mask", "never", "--", sys.executable, str(program)]
    started = subprocess.Popen(
        python_as(tenant.uid, "-m", "orqo_vault", *words),
        env=tenant.env,
        cwd=tenant.project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    try:
        said = started.stdout.readline().split()
        assert len(said) == 2
        yield Running(started, int(said[0]), said[1])
    finally:
        started.communicate(timeout=60)  # the end of its input is the run's end
    assert started.returncode == 0


def tenants(platform: Platform) -> tuple[Tenant, Tenant]:
    return platform.machine.dash, platform.machine.slash


def enrolment_of(tenant: Tenant) -> Path:
    (file,) = (tenant.home / ".config/orqo-vault/enrolments").iterdir()
    return file


def test_the_platforms_key_is_nowhere_but_with_the_gateway(platform: Platform) -> None:
    """Looked for while a run is on its way and after it: in memory, environment, arguments, open files, and files."""
    machine = platform.machine
    with running(machine.dash) as run:
        ours = processes_of(machine.dash.uid)
        assert {run.child, run.supervisor.pid} <= set(ours)
        held = {pid: list(places_of_process(pid)) for pid in ours}
        assert [place for places in held.values() for place, data in places if found_in(data, KEY)] == []
        with_token = {place for place, data in held[run.child] if found_in(data, run.token)}
        assert {f"/proc/{run.child}/environ", f"/proc/{run.child}/mem"} <= with_token  # what is there is found
        outside = [
            (place, data)
            for pid in processes_of(machine.gateway)
            for place, data in places_of_process(pid)
            if not place.endswith("/mem")
        ]
        assert [place for place, data in outside if found_in(data, KEY)] == []
        assert run.asks_again() == "the quick brown fox \n"
    files = list(places_of_files(machine.folder))
    assert len(files) > 10
    assert [place for place, data in files if found_in(data, KEY)] == []
    assert not found_in(platform.gateway.text.encode(), KEY)
    in_gateway = {
        place for pid in processes_of(machine.gateway) for place, data in places_of_process(pid) if found_in(data, KEY)
    }
    assert {place.rpartition("/")[2] for place in in_gateway} == {"mem"}  # and there it is


def test_neither_tenant_can_look_into_the_gateway_or_the_other(platform: Platform) -> None:
    dash, slash = tenants(platform)
    with running(dash) as run:
        places = [
            *(f"/proc/{pid}/{name}" for pid in (platform.gateway.popen.pid, run.child) for name in ("environ", "mem")),
            str(enrolment_of(dash)),
            str(dash.project / "orqo-vault.yaml"),
            str(platform.machine.vaults / "ledger.db"),
            str(platform.machine.vaults / "keys"),
        ]
        said = slash.python("-c", SPY, *places)
        assert said.out.splitlines() == [f"PermissionError {place}" for place in places]


def test_the_same_ids_are_two_runs_and_each_pays_for_its_own(platform: Platform) -> None:
    dash, slash = tenants(platform)
    before = [platform.balance(tenant).balance for tenant in (dash, slash)]
    tokens = []
    for tenant in (dash, slash):
        asked = {
            "run": "same",
            "name": "n",
            "credential": "same",
            "provider": "openai",
            "models": [],
            "budget": 500_000,
        }
        enrolment = enrolment_of(tenant).read_text().strip()
        status, said = exchange(platform.gateway.port, "POST", "/orqo/v1/runs", token=enrolment, body=asked)
        assert status == 201
        tokens.append(said["token"])
    assert [platform.balance(tenant).held for tenant in (dash, slash)] == [500_000, 500_000]

    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
    status, _ = exchange(platform.gateway.port, "POST", "/openai/v1/chat/completions", token=tokens[0], body=body)
    assert status == 200
    status, _ = exchange(
        platform.gateway.port, "DELETE", "/orqo/v1/runs/same", token=enrolment_of(slash).read_text().strip()
    )
    assert status == 204
    statuses = [
        exchange(platform.gateway.port, "POST", "/openai/v1/chat/completions", token=token, body=body)[0]
        for token in tokens
    ]
    assert statuses == [200, 401]
    exchange(platform.gateway.port, "DELETE", "/orqo/v1/runs/same", token=enrolment_of(dash).read_text().strip())
    after = [platform.balance(tenant) for tenant in (dash, slash)]
    assert [each.held for each in after] == [0, 0]
    assert before[0] > after[0].balance
    assert before[1] == after[1].balance


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_another_tenants_run_is_not_kept_alive_or_ended(platform: Platform, method: str) -> None:
    dash, slash = tenants(platform)
    with running(dash) as run:
        run_id = _run_id(platform)
        path = f"/orqo/v1/runs/{run_id}" + ("/heartbeat" if method == "POST" else "")
        stranger = enrolment_of(slash).read_text().strip()
        status, _ = exchange(platform.gateway.port, method, path, token=stranger)
        assert status == (404 if method == "POST" else 204)  # ending what is not there is fine
        assert run.asks_again() == "the quick brown fox \n"


def _run_id(platform: Platform) -> str:
    with platform.machine.ledger() as ledger:
        return ledger.holds("my-app/prod")[0].run


@pytest.mark.parametrize("kind", ["run token", "enrolment"])
def test_a_token_of_one_kind_is_none_of_the_other(platform: Platform, kind: str) -> None:
    dash, _ = tenants(platform)
    with running(dash) as run:
        if kind == "run token":
            said = exchange(platform.gateway.port, "GET", "/orqo/v1/balance", token=run.token)
        else:
            body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
            enrolment = enrolment_of(dash).read_text().strip()
            said = exchange(platform.gateway.port, "POST", "/openai/v1/chat/completions", token=enrolment, body=body)
        assert said[0] == 401


def test_a_project_file_that_names_the_other_organization_spends_its_own_users_credits(platform: Platform) -> None:
    dash, slash = tenants(platform)
    before = [platform.balance(tenant).balance for tenant in (dash, slash)]
    slash.write("project/orqo-vault.yaml", PROJECT.format(organization=dash.organization))
    slash.write("project/program.py", f"{ASK}\nask()\n")
    done = slash("run", "--", sys.executable, "program.py")
    assert done.status == 0, done
    after = [platform.balance(tenant).balance for tenant in (dash, slash)]
    assert after[0] == before[0]
    assert after[1] < before[1]
    assert slash("credits", "balance", "--plain").out.split("\t")[0] == "my/app-prod"


def test_each_is_told_its_own_figures_and_no_others(platform: Platform) -> None:
    dash, slash = tenants(platform)
    for tenant, other in ((dash, slash), (slash, dash)):
        (told,) = json_of(tenant("credits", "balance", "--json"))["organizations"]
        balance = platform.balance(tenant)
        assert (told["organization"], told["balance"]["micro"]) == (tenant.organization, balance.balance)
        assert told["overdraft"]["micro"] == balance.overdraft
        for command in ("balance", "usage"):
            refused = tenant("credits", command, "--organization", other.organization)
            assert (refused.status, refused.out) == (5, "")
        assert tenant("credits", "history").status == 6
        assert tenant("credits", "grant", tenant.organization, "5", "--period", "mine").status == 6
    usage = json_of(dash("credits", "usage", "--by", "model", "--json"))["usage"]
    assert [line["heading"] for line in usage] == ["openai:gpt-4o"]
    assert dash("credits", "usage", "--by", "run").status == 2


def test_the_others_enrolment_cannot_be_taken_by_a_link(platform: Platform) -> None:
    dash, slash = tenants(platform)
    mine = enrolment_of(slash)
    kept = mine.read_text()
    mine.unlink()
    mine.symlink_to(enrolment_of(dash))
    try:
        refused = slash("credits", "balance")
        assert refused.status == 5, refused
        assert dash.organization not in refused.out
    finally:
        mine.unlink()
        slash.write(str(mine.relative_to(slash.home)), kept)


def test_the_others_own_credentials_stay_its_own(platform: Platform) -> None:
    dash, slash = tenants(platform)
    settings = (
        "version: 1\nbackends: {local: {type: encrypted-file, path: store}}\n"
        "credentials: {own: {name: Own, key: OWN, category: custom, type: api_token}}\n"
    )
    file = dash.write("own.yaml", settings)
    assert dash("-c", str(file), "set", "own", stdin="dash-secret-0123").status == 0
    assert dash("-c", str(file), "get", "own").out == "dash-secret-0123"
    stolen = slash("-c", str(file), "get", "own")
    assert (stolen.status != 0, stolen.out) == (True, "")
    dash.home.chmod(0o755)
    for place in (dash.home / "store").rglob("*"):
        place.chmod(0o755 if place.is_dir() else 0o644)
    (dash.home / "store").chmod(0o755)
    copied = slash.write("own.yaml", settings.replace("path: store", f"path: {dash.home}/store"))
    stolen = slash("-c", str(copied), "get", "own")
    dash.home.chmod(0o700)
    assert (stolen.status != 0, stolen.out) == (True, "")  # even a store that lies open is encrypted
    assert "dash-secret" not in stolen.err
