"""API tokens and their like, tested against a web server: who is asked, how, and what the answer says."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from orqo_vault.probes import Outcome
from orqo_vault.providers import PRESETS
from tests.probes.conftest import SECRET, Stage
from tests.probes.servers import Asked, Reply, Website


def test_a_key_that_the_provider_takes_is_ok(stage: Stage, site: Website, trusted: str) -> None:
    result = stage.token({"base_url": site.url, "ca_file": trusted}, provider="OpenAI")
    assert (result.outcome, result.status, result.reason) == (Outcome.OK, 200, "")
    assert [(asked.method, asked.path) for asked in site.asked] == [("GET", "/v1/models")]
    assert site.asked[0].headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("provider", PRESETS)
def test_every_preset_sends_the_key_in_one_header_and_never_in_the_address(
    provider: str, stage: Stage, site: Website, trusted: str
) -> None:
    site.answers(200, b'{"ok": true}')
    assert stage.token({"base_url": site.url, "ca_file": trusted}, provider=provider).outcome is Outcome.OK
    (asked,) = site.asked
    assert SECRET not in asked.path
    assert [name for name, value in asked.headers.items() if SECRET in value] == [PRESETS[provider].header]
    assert asked.path == PRESETS[provider].path


def test_a_key_that_the_provider_refuses_is_failing_with_its_words(stage: Stage, site: Website, trusted: str) -> None:
    site.answers(401, b'{"error": {"message": "Your account is not active", "type": "x"}}')
    result = stage.token({"base_url": site.url, "ca_file": trusted}, provider="openai")
    assert (result.outcome, result.status) == (Outcome.FAILING, 401)
    assert result.reason == "401 Unauthorized: Your account is not active"


def test_a_refusal_in_a_good_answer_is_failing(stage: Stage, site: Website, trusted: str) -> None:
    site.answers(200, b'{"ok": false, "error": "invalid_auth"}')
    result = stage.token({"base_url": site.url, "ca_file": trusted}, provider="slack")
    assert (result.outcome, result.reason) == (Outcome.FAILING, "200 OK: invalid_auth")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_cannot_judge_says_nothing_about_the_key(
    status: int, stage: Stage, site: Website, trusted: str
) -> None:
    site.answers(status)
    assert stage.token({"url": site.url, "ca_file": trusted}).outcome is Outcome.UNREACHABLE


def test_a_redirect_is_not_followed(stage: Stage, site: Website, trusted: str) -> None:
    site.answers(302, b"", Location=f"{site.url}/elsewhere")
    result = stage.token({"url": f"{site.url}/here", "ca_file": trusted})
    assert (result.outcome, [asked.path for asked in site.asked]) == (Outcome.FAILING, ["/here"])
    assert "not followed" in result.reason


@pytest.mark.parametrize(
    "echo",
    [
        SECRET,
        SECRET.upper(),
        f"'{SECRET}'",
        f"{SECRET[:8]}****{SECRET[-4:]}",
        SECRET[5:],
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{SECRET}".encode()).decode(),
        quote(SECRET, safe=""),
        "\\u0073" + SECRET[1:],
    ],
)
def test_a_server_that_echoes_the_secret_gives_nothing_away(
    echo: str, stage: Stage, site: Website, trusted: str
) -> None:
    site.answers(401, b'{"message": "no such key: %s, sorry"}' % echo.encode())
    result = stage.token({"url": site.url, "ca_file": trusted})
    assert result.reason == "401 Unauthorized: no such key: ******** sorry"


def test_what_a_server_says_is_cut_and_has_no_control_characters(stage: Stage, site: Website, trusted: str) -> None:
    site.answers(401, json.dumps({"error": "\x1b[31mred\x07 " + "word " * 1000}).encode())
    reason = stage.token({"url": site.url, "ca_file": trusted}).reason
    assert reason.isprintable()
    assert len(reason) < 250


@pytest.mark.parametrize("status", [200, 401])
def test_an_endless_answer_is_cut(status: int, stage: Stage, site: Website, trusted: str) -> None:
    site.answers(status, b'{"error": "' + b"x" * 5_000_000)
    result = stage.token({"url": site.url, "ca_file": trusted})
    assert result.outcome is (Outcome.OK if status == 200 else Outcome.FAILING)
    assert len(result.reason) < 250


def test_a_header_and_a_scheme_of_ones_own(stage: Stage, site: Website, trusted: str) -> None:
    stage.token({"url": site.url, "header": "X-Key", "ca_file": trusted})
    stage.token({"url": site.url, "scheme": "Token", "ca_file": trusted})
    stage.token({"url": site.url, "scheme": "none", "method": "HEAD", "ca_file": trusted})
    stage.token({"url": site.url, "scheme": "Basic", "ca_file": trusted})
    sent = [asked.headers.get("X-Key") or asked.headers["Authorization"] for asked in site.asked]
    basic = base64.b64encode(f"{SECRET}:".encode()).decode()
    assert sent == [SECRET, f"Token {SECRET}", SECRET, f"Basic {basic}"]
    assert site.asked[2].method == "HEAD"


def test_only_the_expected_status_is_good(stage: Stage, site: Website, trusted: str) -> None:
    site.answers(404)
    assert stage.token({"url": site.url, "expect": 404, "ca_file": trusted}).outcome is Outcome.OK
    assert stage.token({"url": site.url, "expect": 200, "ca_file": trusted}).outcome is Outcome.FAILING


def test_a_user_name_and_a_password_are_sent_as_basic(stage: Stage, site: Website, trusted: str) -> None:
    def behave(asked: Asked) -> Reply:
        good = base64.b64encode("ana:pass wörd".encode()).decode()
        return Reply(200 if asked.headers["Authorization"] == f"Basic {good}" else 401)

    site.behave = behave
    test = {"url": site.url, "ca_file": trusted}
    login = {"username": "ana", "password": "pass wörd"}
    assert stage.test("username_password", login, test=test).outcome is Outcome.OK
    assert stage.test("username_password", {**login, "password": "no"}, test=test).outcome is Outcome.FAILING
    site.behave = lambda asked: Reply(403, b'{"error": "%s"}' % asked.headers["Authorization"].encode())
    assert stage.test("username_password", login, test=test).reason == "403 Forbidden: Basic ********"
    site.behave = behave
    pair = {"key": "ana", "secret": "pass wörd"}
    assert stage.test("api_key_pair", pair, test=test).outcome is Outcome.OK


def test_several_fields_go_where_the_declaration_says(stage: Stage, site: Website, trusted: str) -> None:
    test = {"url": site.url, "ca_file": trusted, "headers": {"X-Tenant": "tenant", "X-Key": "api_key"}}
    secret = {"tenant": "acme", "api_key": SECRET}
    assert stage.test("custom", secret, fields=["tenant", "api_key"], test=test).outcome is Outcome.OK
    bare = {"url": site.url, "ca_file": trusted}
    result = stage.test("custom", secret, fields=["tenant", "api_key"], test=bare)
    assert (result.outcome, len(site.asked)) == (Outcome.NOT_TESTABLE, 1)
    assert (site.asked[0].headers["X-Tenant"], site.asked[0].headers["X-Key"]) == ("acme", SECRET)


@pytest.mark.parametrize("secret", [f"{SECRET}\n", f"{SECRET}\r\nX-Other: 1", "schlüssel-geheim"])
def test_a_value_that_no_header_can_carry_is_failing_and_not_sent(
    secret: str, stage: Stage, site: Website, trusted: str
) -> None:
    result = stage.token({"url": site.url, "ca_file": trusted}, secret)
    assert (result.outcome, site.asked) == (Outcome.FAILING, [])
    assert "header can carry" in result.reason
    assert secret.strip()[:5] not in result.reason


def test_without_anything_to_ask_it_is_not_testable(stage: Stage) -> None:
    result = stage.token()
    assert (result.outcome, result.latency_ms) == (Outcome.NOT_TESTABLE, None)
    assert "test: {url:" in result.reason
    assert stage.token(provider="acme").outcome is Outcome.NOT_TESTABLE
    assert stage.token(provider="azure").outcome is Outcome.NOT_TESTABLE
    assert stage.test("username_password", {"username": "u", "password": "p"}).outcome is Outcome.NOT_TESTABLE
