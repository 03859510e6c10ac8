"""OAuth clients, tested against a token endpoint; above all, that a rotated refresh token is never lost."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from orqo_vault import Vault
from orqo_vault.errors import ConflictError
from orqo_vault.probes import Outcome, ProbeResult
from tests.probes.conftest import Stage
from tests.probes.servers import Asked, Reply, Website

SECRET = {"client_secret": "c1ient:s3cret/x", "refresh_token": "refresh-0001-aaaa", "access_token": "access-0001-bbbb"}


class TokenEndpoint:
    """A token endpoint that rotates: each refresh token works once."""

    def __init__(self, site: Website) -> None:
        self.url = f"{site.url}/token"
        self.current = SECRET["refresh_token"]
        self.issued = 1
        site.behave = self.behave
        self.before_answer: Any = lambda: None

    def behave(self, asked: Asked) -> Reply:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        client = base64.b64encode(b"client:c1ient%3As3cret%2Fx").decode()
        if asked.headers.get("Authorization") != f"Basic {client}":
            return Reply(401, b'{"error": "invalid_client", "error_description": "Client authentication failed"}')
        if form["grant_type"] == "client_credentials":
            return Reply(200, b'{"access_token": "t", "token_type": "bearer"}')
        if form["refresh_token"] != self.current:
            return Reply(
                400, b'{"error": "invalid_grant", "error_description": "token %s was used"}' % self.current.encode()
            )
        self.issued += 1
        self.current = f"refresh-{self.issued:04}-aaaa"
        self.before_answer()
        new = {"access_token": f"access-{self.issued:04}-bbbb", "refresh_token": self.current, "expires_in": 3600}
        return Reply(200, json.dumps(new).encode())


@pytest.fixture
def endpoint(site: Website) -> TokenEndpoint:
    return TokenEndpoint(site)


def client(stage: Stage, endpoint: TokenEndpoint, trusted: str, secret: Any = SECRET, **test: Any) -> Vault:
    values = {"client_id": "client", "token_url": endpoint.url, "scope": "mail.read"}
    return stage.declare("oauth2", secret, values=values, test={"ca_file": trusted, **test})


def asked_with(stage: Stage, endpoint: TokenEndpoint, trusted: str, secret: Any = SECRET, **test: Any) -> ProbeResult:
    with client(stage, endpoint, trusted, secret, **test) as vault:
        return vault.test("c")


def test_a_client_is_tested_without_touching_its_refresh_token(
    stage: Stage, endpoint: TokenEndpoint, site: Website, trusted: str
) -> None:
    assert asked_with(stage, endpoint, trusted).outcome is Outcome.OK
    assert parse_qs(site.asked[0].body.decode()) == {"grant_type": ["client_credentials"], "scope": ["mail.read"]}
    assert endpoint.current == SECRET["refresh_token"]


def test_a_wrong_client_secret_is_failing(stage: Stage, endpoint: TokenEndpoint, trusted: str) -> None:
    result = asked_with(stage, endpoint, trusted, {**SECRET, "client_secret": "other"})
    assert (result.outcome, result.reason) == (
        Outcome.FAILING,
        "401 Unauthorized: Client authentication failed",
    )


@pytest.mark.parametrize("error", ["unauthorized_client", "unsupported_grant_type", "invalid_scope"])
def test_a_client_that_may_not_have_a_token_of_its_own_is_known_all_the_same(
    error: str, stage: Stage, site: Website, trusted: str
) -> None:
    endpoint = TokenEndpoint(site)
    site.answers(400, b'{"error": "%s"}' % error.encode())
    result = asked_with(stage, endpoint, trusted)
    assert result.outcome is Outcome.OK
    assert error in result.reason


def test_an_answer_without_a_token_is_failing(stage: Stage, site: Website, trusted: str) -> None:
    endpoint = TokenEndpoint(site)
    site.answers(200, b"<html>Please log in</html>")
    assert asked_with(stage, endpoint, trusted).outcome is Outcome.FAILING


def test_a_rotated_refresh_token_is_stored(stage: Stage, endpoint: TokenEndpoint, trusted: str) -> None:
    with client(
        stage, endpoint, trusted, {**SECRET, "expires_at": "2027-01-31T12:00:00Z"}, grant="refresh_token"
    ) as vault:
        for _ in range(3):
            assert vault.test("c").outcome is Outcome.OK
        stored = vault.read("c")
        assert stored is not None
        assert stored["refresh_token"].reveal() == endpoint.current == "refresh-0004-aaaa"
        assert stored["access_token"].reveal() == "access-0004-bbbb"
        assert stored["client_secret"].reveal() == SECRET["client_secret"]
        assert not stored["expires_at"].reveal().startswith("2027-01-31")


def test_a_refresh_token_that_was_used_is_failing_and_stays(
    stage: Stage, endpoint: TokenEndpoint, trusted: str
) -> None:
    endpoint.current = "refresh-9999-aaaa"
    with client(stage, endpoint, trusted, grant="refresh_token") as vault:
        result = vault.test("c")
        stored = vault.read("c")
    assert (result.outcome, result.reason) == (Outcome.FAILING, "400 Bad Request: token ******** was used")
    assert stored is not None
    assert stored["refresh_token"].reveal() == SECRET["refresh_token"]


def test_a_write_to_another_field_at_the_same_moment_loses_neither(
    stage: Stage, endpoint: TokenEndpoint, trusted: str
) -> None:
    with client(stage, endpoint, trusted, grant="refresh_token") as vault, Vault(vault.settings) as other:
        endpoint.before_answer = lambda: other.update("c", {"client_secret": "newer-secret"})
        vault.test("c")
        stored = vault.read("c")
    assert stored is not None
    assert (stored["refresh_token"].reveal(), stored["client_secret"].reveal()) == (endpoint.current, "newer-secret")


def test_a_write_between_our_read_and_our_write_loses_neither(
    stage: Stage, endpoint: TokenEndpoint, trusted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client(stage, endpoint, trusted, grant="refresh_token") as vault, Vault(vault.settings) as other:
        write, secrets = vault.backends.write, iter(["newer-secret", "newest-secret"])

        def overtaken(*arguments: Any, **more: Any) -> str:
            if (theirs := next(secrets, None)) is not None:
                other.update("c", {"client_secret": theirs})
            return write(*arguments, **more)

        monkeypatch.setattr(vault.backends, "write", overtaken)
        vault.test("c")
        stored = vault.read("c")
    assert stored is not None
    assert (stored["refresh_token"].reveal(), stored["client_secret"].reveal()) == (endpoint.current, "newest-secret")


def test_a_refresh_token_that_somebody_stored_meanwhile_is_not_overwritten(
    stage: Stage, endpoint: TokenEndpoint, trusted: str
) -> None:
    with client(stage, endpoint, trusted, grant="refresh_token") as vault, Vault(vault.settings) as other:
        endpoint.before_answer = lambda: other.update("c", {"refresh_token": "theirs-and-newer"})
        with pytest.raises(ConflictError, match="somebody else stored another one") as caught:
            vault.test("c")
        stored = vault.read("c")
    assert stored is not None
    assert stored["refresh_token"].reveal() == "theirs-and-newer"
    assert "refresh-0002" not in str(caught.value)


def test_where_nothing_can_be_stored_no_refresh_token_is_used(
    stage: Stage, endpoint: TokenEndpoint, site: Website, trusted: str
) -> None:
    client(stage, endpoint, trusted, grant="refresh_token").close()
    file = stage.folder / "orqo-vault.yaml"
    file.write_text(file.read_text().replace("type: encrypted-file", "type: encrypted-file\n    read_only: true"))
    with Vault.open(file) as vault:
        result = vault.test("c")
    assert (result.outcome, site.asked) == (Outcome.REFUSED, [])
    assert "read_only" in result.reason


def test_an_access_token_is_tested_where_the_declaration_says(stage: Stage, site: Website, trusted: str) -> None:
    endpoint = TokenEndpoint(site)
    site.answers(200)
    assert asked_with(stage, endpoint, trusted, url=f"{site.url}/me").outcome is Outcome.OK
    assert site.asked[0].headers["Authorization"] == f"Bearer {SECRET['access_token']}"


def test_without_a_token_url_it_is_not_testable(stage: Stage) -> None:
    result = stage.test("oauth2", SECRET, values={"client_id": "client"})
    assert result.outcome is Outcome.NOT_TESTABLE
