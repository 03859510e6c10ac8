"""What is remembered of a test: for how long it counts, and that it holds no value."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orqo_vault import Vault
from orqo_vault.errors import ExpiredCredentialError, MissingSecretsError
from orqo_vault.probes import Outcome
from orqo_vault.state import project_state
from orqo_vault.vault.listing import listed
from tests.probes.conftest import SECRET, Stage
from tests.probes.servers import Website


@pytest.fixture
def vault(stage: Stage, plain_site: Website) -> Vault:
    """Return a vault whose credential was tested and works."""
    vault = stage.declare("api_token", {"token": SECRET}, test={"url": plain_site.url})
    assert vault.test("c").outcome is Outcome.OK
    return vault


def remembered(vault: Vault) -> Path:
    return project_state(os.environ, vault.settings.base_dir) / "tests" / "c.json"


def status(vault: Vault) -> str:
    (row,) = listed(vault)
    return row.status.word


def redeclared(vault: Vault, **changes: Any) -> Vault:
    import yaml

    file = vault.settings.files[0]
    settings = yaml.safe_load(file.read_text())
    settings["credentials"]["c"].update(changes)
    file.write_text(yaml.safe_dump(settings))
    return Vault.open(file)


def test_a_result_is_remembered_without_a_value_and_for_this_user_alone(vault: Vault) -> None:
    content = remembered(vault).read_text()
    assert SECRET not in content
    said = json.loads(content)
    assert (said["outcome"], said["status"], said["credential"]) == ("ok", 200, "c")
    assert said["version"] == vault.test("c").version
    assert stat.S_IMODE(remembered(vault).stat().st_mode) == 0o600
    assert stat.S_IMODE(remembered(vault).parent.stat().st_mode) == 0o700
    assert [file.name for file in remembered(vault).parent.iterdir()] == ["c.json"]


def test_the_status_is_that_of_the_last_test(vault: Vault, plain_site: Website) -> None:
    assert status(vault) == "ok"
    plain_site.answers(401)
    vault.test("c")
    assert status(vault) == "failing"
    plain_site.answers(503)
    vault.test("c")
    assert status(vault) == "unreachable"


def test_before_the_first_test_it_is_untested(stage: Stage) -> None:
    assert status(stage.declare("api_token")) == "untested"


def test_another_secret_is_untested(vault: Vault) -> None:
    vault.put("c", {"token": "another"})
    assert status(vault) == "untested"
    vault.test("c")
    vault.update("c", {"token": "a third"})
    assert status(vault) == "untested"
    vault.test("c")
    vault.delete("c")
    assert status(vault) == "untested"


def test_a_secret_that_is_written_through_another_credential_is_untested(stage: Stage, plain_site: Website) -> None:
    vault = stage.declare("api_token", {"token": SECRET}, test={"url": plain_site.url}, path="shared")
    vault.test("c")
    settings = stage.folder / "orqo-vault.yaml"
    more = "  d: {name: D, key: D, category: custom, type: api_token, path: shared}\n"
    settings.write_text(settings.read_text().replace("credentials:\n", f"credentials:\n{more}"))
    with Vault.open(settings) as both:
        both.put("d", {"token": "another"})
        assert [row.status.word for row in listed(both)] == ["untested", "untested"]


def test_another_place_to_ask_is_untested(vault: Vault, plain_site: Website) -> None:
    assert status(redeclared(vault, test={"url": f"{plain_site.url}/other"})) == "untested"


def test_another_name_says_nothing_about_the_secret(vault: Vault) -> None:
    assert status(redeclared(vault, name="Other", description="x")) == "ok"


def test_an_expired_credential_is_expired_and_not_tested(vault: Vault, plain_site: Website) -> None:
    gone = redeclared(vault, expires_at=(datetime.now(UTC) - timedelta(days=1)).isoformat())
    assert status(gone) == "expired"
    with pytest.raises(ExpiredCredentialError):
        gone.test("c")
    assert len(plain_site.asked) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": 99}', "null", '"x"', "\x00"])
def test_a_damaged_result_is_none(content: str, vault: Vault) -> None:
    remembered(vault).write_text(content)
    assert status(vault) == "untested"


def test_a_state_folder_that_cannot_be_written_changes_nothing_about_the_test(vault: Vault) -> None:
    remembered(vault).unlink()
    remembered(vault).parent.rmdir()
    remembered(vault).parent.write_text("in the way")
    assert vault.test("c").outcome is Outcome.OK
    assert status(vault) == "untested"


def test_a_test_is_in_the_audit_log(vault: Vault) -> None:
    vault.close()
    (log,) = project_state(os.environ, vault.settings.base_dir).rglob("audit.jsonl")
    (line,) = [each for each in log.read_text().splitlines() if '"event":"test"' in each]
    assert '"token"' in line
    assert SECRET not in line


def test_a_platform_key_is_never_tested(stage: Stage, plain_site: Website) -> None:
    test = {"url": plain_site.url}
    with stage.declare("api_token", None, mode="platform", provider="openai", test=test) as vault:
        result = vault.test("c")
        assert (result.outcome, status(vault), plain_site.asked) == (Outcome.NOT_TESTABLE, "", [])
        assert "platform key" in result.reason


def test_a_secret_that_is_not_stored_is_named(stage: Stage, plain_site: Website) -> None:
    with (
        stage.declare("api_token", test={"url": plain_site.url}) as vault,
        pytest.raises(MissingSecretsError, match=r"c\.token"),
    ):
        vault.test("c")
