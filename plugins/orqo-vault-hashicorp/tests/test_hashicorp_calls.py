"""How many requests things cost, counted in the server's audit log; and threads, processes, forks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.testing import LocalServer

from orqo_vault.backend import Deadline
from orqo_vault.errors import AccessDeniedError

MakeBackend = Callable[..., HashicorpBackend]


def soon() -> Deadline:
    return Deadline(30)


@pytest.fixture
def login(server: LocalServer, auth_mount: Callable[[str], str], reader: str, tmp_path: Path) -> dict[str, Any]:
    """An AppRole login with the right to read the test's mount."""
    mount = auth_mount("approle")
    server.api("POST", f"auth/{mount}/role/engine", {"token_policies": [reader], "token_ttl": "10m"})
    role_id = server.api("GET", f"auth/{mount}/role/engine/role-id")["data"]["role_id"]
    secret_id = server.api("POST", f"auth/{mount}/role/engine/secret-id", {})["data"]["secret_id"]
    (tmp_path / "secret-id").write_text(secret_id)
    secret_id_file = str(tmp_path / "secret-id")
    return {"method": "approle", "mount": mount, "role_id": role_id, "secret_id_file": secret_id_file}


def stored(server: LocalServer, mount: str, count: int) -> list[HashicorpReference]:
    for number in range(count):
        server.api("POST", f"{mount}/data/p{number}", {"data": {"token": f"value {number}"}})
    return [HashicorpReference(path=f"p{number}") for number in range(count)]


class TestBudget:
    def test_a_hundred_credentials_on_three_paths_are_three_reads_and_one_login(
        self, server: LocalServer, mount: str, login: dict[str, Any], open_backend: MakeBackend
    ) -> None:
        paths = stored(server, mount, 3)
        before = len(server.calls())

        found = open_backend({"auth": login}, environ={}).read_many(
            [paths[number % 3] for number in range(100)], deadline=soon()
        )

        calls = server.calls()[before:]
        assert set(found) == set(paths)
        assert sorted(calls[1:]) == [f"read {mount}/data/p{number}" for number in range(3)]
        assert calls[0].endswith("/login")

    def test_what_is_said_beforehand_is_what_the_server_counts(
        self, server: LocalServer, mount: str, login: dict[str, Any], open_backend: MakeBackend
    ) -> None:
        paths = stored(server, mount, 4)
        backend = open_backend({"auth": login}, environ={})
        before = len(server.calls())
        said = backend.calls(paths)
        assert len(server.calls()) == before

        backend.read_many(paths, deadline=soon())
        backend.close()

        calls = server.calls()[before:]
        assert said == (
            sum(call.endswith("/login") for call in calls),
            sum(call.startswith(f"read {mount}/") for call in calls),
            sum("revoke" in call for call in calls),
        )
        assert sum(said) == len(calls)

    def test_a_token_that_is_given_costs_no_login(self, open_backend: MakeBackend) -> None:
        leased = HashicorpReference(path="creds/role", engine="database")
        assert open_backend().calls([HashicorpReference(path="mail"), leased]) == (0, 2, 1)

    def test_a_second_run_in_the_same_process_logs_in_no_more(
        self, server: LocalServer, mount: str, login: dict[str, Any], open_backend: MakeBackend
    ) -> None:
        paths = stored(server, mount, 3)
        backend = open_backend({"auth": login}, environ={})
        backend.read_many(paths, deadline=soon())
        before = len(server.calls())

        backend.read_many(paths, deadline=soon())

        assert sorted(server.calls()[before:]) == [f"read {mount}/data/p{number}" for number in range(3)]

    def test_a_missing_one_does_not_make_the_others_be_read_again(
        self, server: LocalServer, mount: str, login: dict[str, Any], open_backend: MakeBackend
    ) -> None:
        paths = [*stored(server, mount, 5), HashicorpReference(path="gone")]
        before = len(server.calls())

        assert len(open_backend({"auth": login}, environ={}).read_many(paths, deadline=soon())) == 5

        assert max(Counter(server.calls()[before:]).values()) == 1

    def test_a_given_token_is_used_without_asking_about_it(
        self, server: LocalServer, mount: str, reader: str, open_backend: MakeBackend
    ) -> None:
        """A token that may be used once is enough for one read."""
        paths = stored(server, mount, 1)
        made = server.api("POST", "auth/token/create", {"policies": [reader], "num_uses": 1})
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": made["auth"]["client_token"]}

        assert open_backend(environ=environ).read(paths[0], deadline=soon()) is not None

    def test_a_hundred_denied_paths_are_one_question_and_no_login(
        self, server: LocalServer, mount: str, login: dict[str, Any], open_backend: MakeBackend
    ) -> None:
        backend = open_backend({"auth": login, "mount": "secret"}, environ={})
        before = len(server.calls())

        with pytest.raises(AccessDeniedError) as caught:
            backend.read_many([HashicorpReference(path=f"p{number}") for number in range(100)], deadline=soon())

        calls = Counter(server.calls()[before:])
        assert len(caught.value.paths) == 100
        assert sum(count for call, count in calls.items() if call.endswith("/login")) == 1
        assert calls["read auth/token/lookup-self"] <= 2


class TestThreads:
    def test_fifty_threads_share_one_login_and_sixteen_connections(
        self, server: LocalServer, mount: str, login: dict[str, Any], open_backend: MakeBackend
    ) -> None:
        paths = stored(server, mount, 50)
        backend = open_backend({"auth": login}, environ={})
        start = Barrier(50, timeout=30)
        found: dict[int, str] = {}
        before = len(server.calls())

        def read(number: int) -> None:
            start.wait()
            for _ in range(5):
                secret = backend.read(paths[number], deadline=soon())
                assert secret is not None
                found[number] = secret.secret["token"].reveal()

        threads = [Thread(target=read, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert found == {number: f"value {number}" for number in range(50)}
        assert sum(call.endswith("/login") for call in server.calls()[before:]) == 1

    def test_a_token_that_ends_under_many_threads_is_replaced_once(
        self, server: LocalServer, mount: str, login: dict[str, Any], open_backend: MakeBackend
    ) -> None:
        paths = stored(server, mount, 40)
        backend = open_backend({"auth": login}, environ={})
        backend.read(paths[0], deadline=soon())
        server.api("POST", f"sys/leases/revoke-prefix/auth/{login['mount']}", {"sync": True})
        before = len(server.calls())

        assert len(backend.read_many(paths, deadline=soon())) == 40

        assert sum(call.endswith("/login") for call in server.calls()[before:]) == 1


class TestFork:
    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
    def test_a_forked_child_goes_on_without_a_login_and_leaves_the_parents_token(
        self, server: LocalServer, mount: str, login: dict[str, Any], open_backend: MakeBackend
    ) -> None:
        paths = stored(server, mount, 3)
        backend = open_backend({"auth": login}, environ={})
        backend.read_many(paths, deadline=soon())
        before = len(server.calls())

        child = os.fork()
        if child == 0:
            code = 1
            try:
                found = backend.read_many(paths, deadline=soon())
                backend.close()
                code = 0 if len(found) == 3 else 2
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)

        assert os.waitstatus_to_exitcode(status) == 0
        assert len(backend.read_many(paths, deadline=soon())) == 3
        calls = server.calls()[before:]
        assert Counter(calls) == Counter({f"read {mount}/data/p{number}": 2 for number in range(3)})

    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
    def test_a_child_that_never_used_the_backend_can_close_it(self, open_backend: MakeBackend) -> None:
        backend = open_backend()
        child = os.fork()
        if child == 0:
            backend.close()
            os._exit(0)

        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class TestImports:
    def test_nothing_heavy_is_imported_before_something_is_read(self) -> None:
        program = (
            "import sys\n"
            "import orqo_vault_hashicorp.plugin\n"
            "from orqo_vault_hashicorp.settings import HashicorpSettings\n"
            "HashicorpSettings(address='https://vault:8200', auth={'method': 'approle', 'role_id': 'x'})\n"
            "heavy = {'hvac', 'urllib3', 'requests', 'pydantic', 'ssl', 'http', 'logging', 'asyncio', 'botocore'}\n"
            "print(*sorted(heavy & set(sys.modules)))\n"
        )
        # -S would hide the installed packages; -I keeps this process's environment out.
        done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)

        assert done.stdout.split() in ([], ["pluggy"]), done.stdout

    def test_reading_imports_no_hvac_and_no_requests(
        self, server: LocalServer, mount: str, login: dict[str, Any], tmp_path: Path
    ) -> None:
        stored(server, mount, 2)
        program = (
            "import sys\n"
            "from pathlib import Path\n"
            "from orqo_vault.backend import BackendContext, Deadline\n"
            "from orqo_vault_hashicorp.backend import HashicorpBackend\n"
            "from orqo_vault_hashicorp.reference import HashicorpReference\n"
            "from orqo_vault_hashicorp.settings import HashicorpSettings\n"
            f"settings = HashicorpSettings(address={server.address!r}, mount={mount!r}, auth={login!r})\n"
            "here = Path('.')\n"
            "context = BackendContext(name='corp', base_dir=here, state_dir=here, config_dir=here)\n"
            "with HashicorpBackend(settings, context) as backend:\n"
            "    found = backend.read_many([HashicorpReference(path='p0'), HashicorpReference(path='p1')],\n"
            "                              deadline=Deadline(20))\n"
            "heavy = {'hvac', 'requests', 'pydantic', 'asyncio', 'botocore', 'concurrent'}\n"
            "print(len(found), *sorted(heavy & set(sys.modules)))\n"
        )
        done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)

        assert done.stdout.split() == ["2"]
