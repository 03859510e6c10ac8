"""Who may do what, when an operator's proxy says who comes; and that nobody else can say so."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings.operator import load_operator
from orqo_vault.web import Role, create_app
from orqo_vault.web.serving import Address, Tls, check_address
from orqo_vault.web.trusted_headers import TrustedHeaders, trusted_headers
from tests.web.in_process import Caller
from tests.web.stage import Answer, Project

PROOF = "p" * 40
OPERATOR = """\
web:
  address: https://vault.acme.example
  proxies: [127.0.0.1, 10.1.0.0/16]
  secret_file: {secret}
  users: {{admin: [ana]}}
  groups: {{viewer: [staff, ops], editor: [ops]}}
"""


@pytest.fixture
def caller(project: Project, tmp_path: Path) -> Caller:
    secret, operator = tmp_path / "proof", tmp_path / "operator.yaml"
    secret.write_text(PROOF + "\n")
    operator.write_text(OPERATOR.format(secret=secret))
    found = load_operator(operator)
    assert found is not None
    assert found.web is not None
    app = create_app(project.vault, auth=trusted_headers(found.web), origins=[found.web.address])
    return Caller(
        app,
        host="vault.acme.example",
        origin="https://vault.acme.example",
        headers={"x-orqo-vault-proxy": PROOF, "x-forwarded-user": "ana"},
    )


def ask(caller: Caller, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    return asyncio.run(caller.send(method, f"/api/v1{path}", body, **headers))


def as_(caller: Caller, name: str, groups: str = "") -> dict[str, str]:
    return {"x_forwarded_user": name, "x_forwarded_groups": groups}


def test_the_highest_role_of_a_person_and_their_groups_counts(caller: Caller) -> None:
    for name, groups, role in (
        ("ana", "staff", "admin"),
        ("bob", "staff, ops", "editor"),
        ("eve", "other,staff", "viewer"),
    ):
        assert ask(caller, "GET", "/session", **as_(caller, name, groups)).json["role"] == role
    assert ask(caller, "GET", "/session", **as_(caller, "zoe", "other")).status == 401


ROLES = [
    ("GET", "/credentials", None, Role.VIEWER),
    ("POST", "/plan", {}, Role.VIEWER),
    ("POST", "/previews/new", {"id": "n", "declaration": {}}, Role.VIEWER),
    ("POST", "/credentials", {"id": "n", "declaration": {}}, Role.EDITOR),
    ("PATCH", "/credentials/mail", {}, Role.EDITOR),
    ("POST", "/credentials/mail/test", {}, Role.EDITOR),
    ("POST", "/credentials/mail/disable", {}, Role.EDITOR),
    ("DELETE", "/credentials/mail", None, Role.ADMIN),
    ("DELETE", "/llm/default", None, Role.ADMIN),
    ("PATCH", "/credentials/mail", {"own_key": "destroy"}, Role.ADMIN),
]


@pytest.mark.parametrize(("method", "path", "body", "role"), ROLES)
def test_each_role_may_do_its_own(caller: Caller, method: str, path: str, body: Any, role: Role) -> None:
    people = {Role.VIEWER: ("eve", "staff"), Role.EDITOR: ("bob", "ops"), Role.ADMIN: ("ana", "")}
    for each, (name, groups) in people.items():
        status = ask(caller, method, path, body, **as_(caller, name, groups)).status
        assert (status == 403) == (each < role), (each, status)


def test_nobody_but_the_proxy_says_who_comes(caller: Caller) -> None:
    for headers in (
        {"x_orqo_vault_proxy": ""},
        {"x_orqo_vault_proxy": PROOF[:-1]},
        {"x_forwarded_user": ""},
        {"x_forwarded_user": "a" * 300},
    ):
        assert ask(caller, "GET", "/session", **headers).status == 401
    caller.peer = "10.2.0.1"
    assert ask(caller, "GET", "/session").status == 401
    caller.peer = "10.1.2.3"
    assert ask(caller, "GET", "/session").status == 200
    caller.peer = "::ffff:10.1.2.3"
    assert ask(caller, "GET", "/session").status == 200


def test_another_site_cannot_use_the_proxys_login(caller: Caller) -> None:
    """A browser sends the proxy's cookie by itself; it also says where the request comes from."""
    for headers in ({"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}):
        assert ask(caller, "POST", "/credentials", {"id": "n", "declaration": {}}, **headers).status == 403


def test_their_name_stands_in_the_audit_log(caller: Caller, project: Project) -> None:
    etag = ask(caller, "GET", "/credentials/mail").etag
    ask(caller, "PATCH", "/credentials/mail", {"declaration": {"name": "N"}}, if_match=etag)
    assert [each["actor"]["name"] for each in project.records()] == ["ana"]


def test_a_proxy_that_every_local_user_could_play_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="proof"):
        TrustedHeaders(proxies=["127.0.0.1"], users={}, groups={})
    with pytest.raises(SettingsError, match="shorter"):
        TrustedHeaders(proxies=["127.0.0.1"], users={}, groups={}, proof=b"short")
    for wrong in ("proxies: [127.0.0.1]\n  users: {admin: [ana]}", "proxies: [0.0.0.0/0]", "proxies: [10.0.0.1]"):
        file = tmp_path / "operator.yaml"
        file.write_text(f"web:\n  address: https://v.example\n  {wrong}\n")
        with pytest.raises(SettingsError, match="web"):
            load_operator(file)


def test_listening_beyond_this_machine_needs_tls_and_people_who_are_known() -> None:
    tls = Tls(Path("c.pem"), Path("k.pem"))
    for host in ("127.0.0.1", "::1", "localhost"):
        check_address(Address(host), people_are_known=False)
    check_address(Address("0.0.0.0", tls=tls), people_are_known=True)
    for host, known, with_tls in (
        ("0.0.0.0", True, None),
        ("0.0.0.0", False, tls),
        ("10.0.0.1", False, None),
        ("vault.example", True, None),
    ):
        with pytest.raises(SettingsError):
            check_address(Address(host, tls=with_tls), people_are_known=known)
