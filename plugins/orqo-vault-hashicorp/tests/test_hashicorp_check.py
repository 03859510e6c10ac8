"""What check says, what policy prints, and who may be sent which login."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from orqo_vault_hashicorp.backend import HashicorpBackend
from orqo_vault_hashicorp.reference import HashicorpReference
from orqo_vault_hashicorp.settings import HashicorpSettings
from orqo_vault_hashicorp.testing import Authority, FaultServer, LocalServer
from orqo_vault_hashicorp.testing.fault_server import Seen, answer, kv2
from pydantic import TypeAdapter, ValidationError

from orqo_vault.backend import BackendContext, Deadline, Health
from orqo_vault.backend.policy import SupportsPolicy
from orqo_vault.errors import AccessDeniedError, OrqoVaultError, SealedError, SettingsError

MakeBackend = Callable[..., HashicorpBackend]
MakeContext = Callable[..., BackendContext]
MAIL = HashicorpReference(path="mail")


def soon() -> Deadline:
    return Deadline(30)


def refusal(
    settings: HashicorpSettings, context: BackendContext, kind: type[OrqoVaultError], said: str | None = None
) -> OrqoVaultError:
    """Return the error of a read that must fail."""
    with HashicorpBackend(settings, context) as backend, pytest.raises(kind, match=said) as caught:
        backend.read(MAIL, deadline=soon())
    return caught.value


class TestCheck:
    def examined(self, behave: Any, make_context: MakeContext, *references: HashicorpReference) -> Health:
        with FaultServer(behave) as server:
            environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": "t"}
            with HashicorpBackend(HashicorpSettings(), make_context(environ=environ)) as backend:
                return backend.check(references, deadline=soon())

    def test_a_server_that_is_fine_has_no_problem(self, open_backend: MakeBackend, stored: HashicorpReference) -> None:
        health = open_backend().check([stored], deadline=soon())

        assert (health.problems, health.absent) == ((), ())

    def test_every_denied_path_is_named_with_its_capability(
        self, server: LocalServer, open_backend: MakeBackend
    ) -> None:
        token = server.api("POST", "auth/token/create", {"policies": ["default"]})["auth"]["client_token"]
        backend = open_backend({"mount": "secret"}, environ={"VAULT_ADDR": server.address, "VAULT_TOKEN": token})

        problems = backend.check([MAIL, HashicorpReference(path="crm")], deadline=soon()).problems

        assert len(problems) == 2
        assert 'path "secret/data/mail" { capabilities = ["read"] }' in problems[0]
        assert "secret/data/crm" in problems[1]

    def test_a_token_that_has_ended_is_the_one_problem(self, server: LocalServer, open_backend: MakeBackend) -> None:
        backend = open_backend(environ={"VAULT_ADDR": server.address, "VAULT_TOKEN": "ended"})

        (problem,) = backend.check([MAIL, HashicorpReference(path="crm")], deadline=soon()).problems

        assert "the token is not valid any more" in problem

    def test_a_server_that_is_not_there_is_the_one_problem(self, make_context: MakeContext) -> None:
        with FaultServer(lambda seen: b"") as gone:
            address = gone.address
        environ = {"VAULT_ADDR": address, "VAULT_TOKEN": "t"}
        with HashicorpBackend(HashicorpSettings(), make_context(environ=environ)) as backend:
            (problem,) = backend.check([MAIL], deadline=soon()).problems

        assert "cannot be reached" in problem

    @pytest.mark.parametrize(
        ("status", "said"),
        [(501, "not initialized"), (503, "sealed"), (472, "disaster-recovery"), (474, "cannot reach the active")],
    )
    def test_a_server_that_answers_and_cannot_help_is_said(
        self, make_context: MakeContext, status: int, said: str
    ) -> None:
        health = self.examined(lambda seen: answer(status, {}), make_context, MAIL)

        assert not health.usable
        assert said in health.problems[0]

    @pytest.mark.parametrize("status", [429, 473])
    def test_a_standby_that_hands_on_is_only_a_note(self, make_context: MakeContext, status: int) -> None:
        def behave(seen: Seen) -> bytes:
            return answer(status, {}) if "health" in seen.target else kv2({"password": "x"})

        health = self.examined(behave, make_context, MAIL)

        assert health.usable
        assert "standby" in " ".join(health.notes)

    def test_a_clock_that_is_wrong_is_noted(self, make_context: MakeContext) -> None:
        def behave(seen: Seen) -> bytes:
            headers = {"Date": "Mon, 01 Jan 2024 00:00:00 GMT"}
            return answer(200, {}, headers) if "health" in seen.target else kv2({"password": "x"})

        health = self.examined(behave, make_context, MAIL)

        assert "ahead of the server's" in " ".join(each.what for each in health.concerns)

    def test_a_sealed_server_is_told_by_reads_and_check_until_it_is_unsealed(
        self, raft: LocalServer, authority: Authority, make_context: MakeContext
    ) -> None:
        raft.api("POST", "secret/data/sealed", {"data": {"password": "hunter2"}})
        environ = {
            "VAULT_ADDR": raft.address,
            "VAULT_TOKEN": raft.root_token,
            "VAULT_CACERT": str(authority.certificate),
        }
        reference = HashicorpReference(path="sealed")
        with HashicorpBackend(HashicorpSettings(), make_context(environ=environ)) as backend:
            assert backend.read(reference, deadline=soon()) is not None
            raft.seal()
            try:
                with pytest.raises(SealedError):
                    backend.read(reference, deadline=soon())
                assert "sealed" in backend.check([reference], deadline=soon()).problems[0]
            finally:
                raft.unseal()

            assert backend.read(reference, deadline=soon()) is not None


class TestPolicy:
    REFERENCES = (
        HashicorpReference(path="team/mail"),
        HashicorpReference(path="team/mail", version=2),
        HashicorpReference(path="crm", mount="old", kv_version=1),
        HashicorpReference(engine="database", path="creds/engine"),
        HashicorpReference(engine="pki", path="issue/web", parameters=("common_name=x",)),
    )

    def test_it_is_exactly_what_these_references_need(self, open_backend: MakeBackend, mount: str) -> None:
        backend = open_backend(environ={})
        assert isinstance(backend, SupportsPolicy)

        rules = dict(re.findall(r'path "(.*)" \{\n  capabilities = \[(.*)\]', backend.policy(self.REFERENCES)))

        assert rules == {
            f"{mount}/data/team/mail": '"read"',
            "old/crm": '"read"',
            "database/creds/engine": '"read"',
            "pki/issue/web": '"create", "update"',
            "sys/leases/renew": '"update"',
            "sys/leases/revoke": '"update"',
        }

    def test_the_server_takes_it_and_it_is_enough_and_no_more(
        self, server: LocalServer, mount: str, open_backend: MakeBackend, stored: HashicorpReference
    ) -> None:
        server.api("POST", f"{mount}/data/other", {"data": {"password": "x"}})
        policy = open_backend(environ={}).policy([stored])
        server.api("PUT", f"sys/policies/acl/least-{mount}", {"policy": policy})
        token = server.api("POST", "auth/token/create", {"policies": [f"least-{mount}"]})["auth"]["client_token"]
        backend = open_backend(environ={"VAULT_ADDR": server.address, "VAULT_TOKEN": token})

        assert backend.read(stored, deadline=soon()) is not None
        with pytest.raises(AccessDeniedError):
            backend.read(HashicorpReference(path="other"), deadline=soon())


class TestWhoGetsTheLogin:
    """A settings file from a hostile checkout must not be able to collect a token."""

    @pytest.mark.parametrize("place", ["variable", "file"])
    def test_the_environments_token_does_not_go_to_another_server(
        self, make_context: MakeContext, tmp_path: Path, place: str
    ) -> None:
        environ = {"VAULT_ADDR": "https://vault.corp.example:8200", "HOME": str(tmp_path)}
        if place == "variable":
            environ["VAULT_TOKEN"] = "hvs.secret"
        (tmp_path / ".vault-token").write_text("hvs.secret")
        with FaultServer(lambda seen: kv2({"a": "b"})) as hostile:
            settings = HashicorpSettings(address=hostile.address)
            caught = refusal(settings, make_context(environ=environ), AccessDeniedError, "is not sent to")

        assert hostile.seen == []
        assert hostile.address in str(caught.hint)

    @pytest.mark.parametrize(
        "home", ["http://127.0.0.1:1", "https://127.0.0.1", "http://localhost", "not an address", ""]
    )
    def test_another_port_or_scheme_is_another_server(self, make_context: MakeContext, home: str) -> None:
        with FaultServer(lambda seen: kv2({"a": "b"})) as hostile:
            context = make_context(environ={"VAULT_ADDR": home, "VAULT_TOKEN": "hvs.secret"})
            refusal(HashicorpSettings(address=hostile.address), context, AccessDeniedError)

        assert hostile.seen == []

    def test_the_users_own_file_may_allow_a_host(self, make_context: MakeContext) -> None:
        with FaultServer(lambda seen: kv2({"a": "b"})) as allowed:
            hosts = frozenset({allowed.address.removeprefix("http://")})
            context = make_context(environ={"VAULT_TOKEN": "hvs.secret"}, allowed_hosts=hosts)
            with HashicorpBackend(HashicorpSettings(address=allowed.address), context) as backend:
                assert backend.read(MAIL, deadline=soon()) is not None

    def test_a_pods_own_token_goes_only_where_the_environment_says(
        self, make_context: MakeContext, tmp_path: Path
    ) -> None:
        auth: Any = {"method": "kubernetes", "role": "engine"}
        with FaultServer(lambda seen: answer(400, {})) as hostile:
            settings = HashicorpSettings(address=hostile.address, auth=auth)
            refusal(settings, make_context(environ={}), AccessDeniedError, "the pod's own token is not sent")

        assert hostile.seen == []

    def test_plain_http_to_another_machine_is_refused(self, make_context: MakeContext) -> None:
        context = make_context(environ={"VAULT_TOKEN": "t"})
        for address in ("http://vault.corp.example:8200", "http://10.0.0.1"):
            caught = refusal(HashicorpSettings(address=address), context, SettingsError, "is not encrypted")
            assert "allow_http" in str(caught.hint)

    def test_no_address_at_all_is_said(self, make_context: MakeContext) -> None:
        refusal(HashicorpSettings(), make_context(environ={}), SettingsError, "there is no address")

    @pytest.mark.parametrize(
        "address",
        ["vault:8200", "ftp://vault", "https://", "https://u:Zq7@vault", "https://vault:99999", "https://v?Zq7"],
    )
    def test_an_address_that_is_none_is_said_and_never_quoted(self, make_context: MakeContext, address: str) -> None:
        caught = refusal(HashicorpSettings(address=address), make_context(), SettingsError)

        assert "Zq7" not in str(caught)


class TestSettings:
    @pytest.mark.parametrize(
        "options",
        [
            {"auth": {"method": "approle", "role_id": "r", "secret_id_env": "S", "mount": "m", "namespace": "n"}},
            {"auth": {"method": "kubernetes", "role": "r"}, "connections": 4, "kv_version": 1},
            {"auth": {"method": "aws", "role": "r", "server_id": "s"}, "ca_file": "ca.pem"},
            {},
        ],
    )
    def test_what_pydantic_validates_is_what_the_class_makes_itself(self, options: dict[str, Any]) -> None:
        validated = TypeAdapter(HashicorpSettings).validate_python(options)

        assert validated == HashicorpSettings(**options)
        assert type(validated.auth) is type(HashicorpSettings(**options).auth)

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"auth": {"method": "approl", "role_id": "r"}}, "approle"),
            ({"auth": {"method": "approle"}}, "exactly one of role_id"),
            ({"auth": {"method": "approle", "role_id": "r", "secret_id": "Zq7"}}, "secret_id"),
            ({"auth": {"method": "token", "token_env": "A", "token_file": "b"}}, "at most one"),
            ({"auth": {"method": "userpass", "username": "../x", "password_env": "P"}}, "username"),
            ({"auth": {"method": "kubernetes"}}, "role"),
            ({"auth": {"method": "cert"}}, "client_certificate"),
            ({"client_key": "k"}, "client_certificate"),
            ({"mount": "/secret/"}, "mount"),
            ({"connections": 0}, "connections"),
        ],
    )
    @pytest.mark.parametrize(
        "by", [TypeAdapter(HashicorpSettings).validate_python, lambda given: HashicorpSettings(**given)]
    )
    def test_a_wrong_setting_is_explained_whoever_reads_it(self, options: Any, said: str, by: Any) -> None:
        with pytest.raises(ValueError, match=said) as caught:
            by(options)

        error = caught.value
        shown = str(error.errors(include_input=False)) if isinstance(error, ValidationError) else str(error)
        assert "Zq7" not in shown

    @pytest.mark.parametrize(
        "options",
        [
            {"path": "a/../b"},
            {"path": "a", "mount": "x/../y"},
            {"path": "a", "version": 0},
            {"path": "a", "engine": "database", "kv_version": 1},
            {"path": "a", "parameters": ["a=b"]},
            {"path": "a", "engine": "pki", "parameters": ["=b"]},
            {"path": "a", "mount": ""},
        ],
    )
    def test_a_reference_that_makes_no_sense_is_refused(self, options: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"path|mount|version|engine|parameters"):
            TypeAdapter(HashicorpReference).validate_python(options)
