"""Mail logins, tested against a real server: encryption first, then the login, and never a mail."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import trustme

from orqo_vault.probes import Outcome, ProbeResult
from tests.probes.conftest import Stage
from tests.probes.mail_server import PASSWORD, USER, Mail, mail_server
from tests.probes.servers import Website


def login(stage: Stage, mail: Mail, trusted: str, password: str = PASSWORD, **values: Any) -> ProbeResult:
    values = {"host": "localhost", "port": mail.port, "username": USER, **values}
    return stage.test("email_smtp", {"password": password}, values=values, test={"ca_file": trusted})


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_that_works_is_ok_and_sends_no_mail(
    security: str, stage: Stage, certificate: trustme.LeafCert, trusted: str
) -> None:
    with mail_server(security, certificate) as mail:
        result = login(stage, mail, trusted, security=security)
        assert (result.outcome, result.status, result.reason) == (Outcome.OK, 250, "")
        assert mail.logins == [(USER, PASSWORD)]
        assert mail.mailbox.mails == []


def test_encryption_is_meant_where_nothing_is_said(stage: Stage, certificate: trustme.LeafCert, trusted: str) -> None:
    with mail_server("starttls", certificate) as mail:
        assert login(stage, mail, trusted).outcome is Outcome.OK


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_wrong_password_is_failing(security: str, stage: Stage, certificate: trustme.LeafCert, trusted: str) -> None:
    with mail_server(security, certificate) as mail:
        result = login(stage, mail, trusted, "wrong-Password", security=security)
        assert (result.outcome, result.status) == (Outcome.FAILING, 535)
        assert "Authentication credentials invalid" in result.reason
        assert "wrong-Password" not in result.reason


def test_a_server_that_echoes_the_login_gives_nothing_away(
    stage: Stage, certificate: trustme.LeafCert, trusted: str
) -> None:
    sent = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    refusal = f"535 5.7.8 no: {PASSWORD} {sent} {base64.b64encode(PASSWORD.encode()).decode()}x sorry"
    with mail_server("tls", certificate, refusal=refusal) as mail:
        result = login(stage, mail, trusted, PASSWORD + "x", security="tls")
    assert result.reason == "535 5.7.8 no: ******** ******** ******** sorry"


def test_a_password_goes_to_no_other_machine_in_the_clear(stage: Stage, certificate: trustme.LeafCert) -> None:
    values = {"host": "mail.example", "port": 25, "username": USER, "security": "none"}
    secret = {"password": PASSWORD}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("192.0.2.1", 25))])
        result = stage.test("email_smtp", secret, values=values)
    assert (result.outcome, result.reason) == (
        Outcome.REFUSED,
        "mail.example: a secret goes to another machine only encrypted",
    )


def test_on_this_machine_it_may_be_in_the_clear(stage: Stage, certificate: trustme.LeafCert, trusted: str) -> None:
    with mail_server("none", certificate) as mail:
        assert login(stage, mail, trusted, security="none").outcome is Outcome.OK


def test_a_server_that_offers_no_starttls_gets_no_password(
    stage: Stage, certificate: trustme.LeafCert, trusted: str
) -> None:
    with mail_server("none", certificate) as mail:
        result = login(stage, mail, trusted, security="starttls")
        assert (result.outcome, mail.logins) == (Outcome.REFUSED, [])
        assert "does not offer STARTTLS" in result.reason


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_with_the_name_of_another_gets_no_password(
    security: str, stage: Stage, ca: trustme.CA, trusted: str
) -> None:
    with mail_server(security, ca.issue_cert("other.example")) as mail:
        result = login(stage, mail, trusted, security=security)
        assert (result.outcome, mail.logins) == (Outcome.REFUSED, [])
        assert "certificate is not trusted" in result.reason


def test_without_a_user_name_the_server_is_greeted(stage: Stage, certificate: trustme.LeafCert, trusted: str) -> None:
    with mail_server("starttls", certificate) as mail:
        values = {"host": "localhost", "port": mail.port}
        result = stage.test("email_smtp", {}, values=values, test={"ca_file": trusted})
        assert (result.outcome, mail.logins) == (Outcome.OK, [])
        assert "no user name" in result.reason


def test_what_is_no_mail_server_is_unreachable(stage: Stage, site: Website, trusted: str) -> None:
    result = stage.test(
        "email_smtp",
        {"password": PASSWORD},
        values={"host": "localhost", "port": site.port, "username": USER, "security": "tls"},
        test={"ca_file": trusted},
        seconds=2,
    )
    assert result.outcome is Outcome.UNREACHABLE
