"""Every way in which a secret leaves a vault is recorded first, by name and version, and never by value."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orqo_vault import Surroundings, Vault
from orqo_vault.errors import AuditError, MissingSecretsError, OrqoVaultError
from orqo_vault.vault.audit_log import log_of
from orqo_vault.vault.copying import copy_secrets, parcels
from orqo_vault.vault.exporting import export_selection
from orqo_vault.vault.manifest import manifest
from orqo_vault.vault.masking import values_to_mask

SETTINGS = """\
version: 1
organization: acme
default_backend: local
backends:
  local: {type: encrypted-file, path: store}
  spare: {type: encrypted-file, path: spare}
credentials:
  openai: {name: OpenAI, key: OPENAI_API_KEY, category: llm_provider, type: api_token}
  mail: {name: Mail, key: SMTP, category: communication, type: email_smtp, values: {host: smtp.acme.example}}
  later: {name: Later, key: LATER, category: custom, type: api_token}
  cert: {name: Cert, key: CERT, category: custom, type: api_token, deliver: {token: file}}
  extra: {name: Extra, key: EXTRA, category: custom, type: api_token, optional: true}
runs:
  default: {credentials: [openai, mail, extra]}
  nightly: {credentials: [openai]}
  broken: {credentials: [openai, later]}
"""
TOKEN, PASSWORD = "canary-token-5f2e", "canary-password-91ab"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "orqo-vault.yaml").write_text(SETTINGS)
    with Vault.open(folder / "orqo-vault.yaml") as vault:
        vault.put("openai", {"token": TOKEN})
        vault.update("mail", {"username": "engine", "password": PASSWORD})
    return folder


@pytest.fixture
def vault(project: Path) -> Vault:
    return Vault.open(project / "orqo-vault.yaml")


def recorded(vault: Vault) -> list[dict[str, Any]]:
    file = log_of(vault).file
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_storing_a_secret_reveals_nothing(vault: Vault) -> None:
    assert recorded(vault) == []


def test_a_run_is_one_record_with_all_of_its_credentials(vault: Vault) -> None:
    with vault.prepare() as run:
        [record] = recorded(vault)

    assert (record["event"], record["outcome"], record["run"], record["run_id"]) == (
        "run",
        "granted",
        "default",
        run.id,
    )
    assert [(each["id"], each["fields"]) for each in record["credentials"]] == [
        ("openai", ["token"]),
        ("mail", ["username", "password"]),
        ("extra", []),
    ]
    assert all(each["mode"] == "own" and each["backend"] == "local" for each in record["credentials"])
    assert [bool(each["version"]) for each in record["credentials"]] == [True, True, False]
    assert (record["organization"], record["folder"]) == ("acme", str(vault.settings.base_dir))
    assert record["actor"]["uid"] == os.geteuid()
    assert record["actor"]["user"] == getpass.getuser()
    assert record["actor"]["pid"] == os.getpid()


def test_a_record_names_the_version_that_was_read(vault: Vault) -> None:
    version = vault.put("openai", {"token": "another"})
    vault.value("openai", "token")

    assert recorded(vault)[-1]["credentials"][0]["version"] == version


WAYS: dict[str, tuple[Callable[[Vault], object], str, list[str]]] = {
    "environment": (lambda vault: vault.environment(run="nightly"), "environment", ["token"]),
    "value": (lambda vault: vault.value("mail", "password"), "get", ["password"]),
    "read": (lambda vault: vault.read("mail"), "read", ["username", "password"]),
    "export": (lambda vault: export_selection(vault, "json", run="nightly", name="x"), "export", ["token"]),
    "redact": (lambda vault: values_to_mask(vault, run="nightly"), "redact", ["token"]),
    "test": (lambda vault: vault.test("openai"), "test", ["token"]),
    "copy": (
        lambda vault: list(copy_secrets(vault, "local", "spare", parcels(vault, "local", "spare", ["openai"]))),
        "copy",
        ["token"],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_out_is_recorded_once(vault: Vault, way: str) -> None:
    go, event, fields = WAYS[way]

    go(vault)

    [record] = recorded(vault)
    assert (record["event"], record["credentials"][0]["fields"]) == (event, fields)


@pytest.mark.parametrize("way", WAYS)
def test_in_no_way_out_does_a_value_reach_the_log(vault: Vault, way: str) -> None:
    WAYS[way][0](vault)

    written = (
        b"".join(path.read_bytes() for path in log_of(vault).file.parent.iterdir()) + log_of(vault).head.read_bytes()
    )
    assert written
    assert not [secret for secret in (TOKEN, PASSWORD) if secret.encode() in written]


def test_a_copy_and_an_export_say_where_to(vault: Vault) -> None:
    WAYS["copy"][0](vault)
    WAYS["export"][0](vault)

    assert [record["target"] for record in recorded(vault)] == ["spare", "json"]


def test_what_stands_in_the_settings_is_no_secret(vault: Vault) -> None:
    vault.value("mail", "host")
    vault.value("mail", "port")

    assert recorded(vault) == []


def test_looking_at_a_credential_that_is_not_stored_reveals_nothing(vault: Vault) -> None:
    assert vault.read("later") is None
    with pytest.raises(MissingSecretsError):
        vault.value("later", "token")

    assert recorded(vault) == []


def test_a_run_that_is_refused_is_recorded_as_such(vault: Vault) -> None:
    with pytest.raises(MissingSecretsError):
        vault.prepare(run="broken")

    [record] = recorded(vault)
    assert (record["outcome"], record["run"], record["run_id"]) == ("missing_secrets", "broken", None)
    assert [(each["id"], each["fields"]) for each in record["credentials"]] == [("openai", []), ("later", [])]


def test_the_caller_says_for_whom_and_why(vault: Vault) -> None:
    acting = vault.acting(actor="workflow 7, step 2", reason="ticket 4711")
    acting.value("openai", "token")
    vault.value("openai", "token")

    first, second = recorded(vault)
    assert (first["actor"]["name"], first["reason"]) == ("workflow 7, step 2", "ticket 4711")
    assert (second["actor"]["name"], second["reason"]) == (None, None)


def test_surroundings_say_it_for_every_record(project: Path) -> None:
    around = Surroundings(actor="engine", reason="scheduled")
    with Vault.open(project / "orqo-vault.yaml", surroundings=around) as vault:
        vault.acting(reason="by hand").value("openai", "token")

        [record] = recorded(vault)
        assert (record["actor"]["name"], record["reason"]) == ("engine", "by hand")


@pytest.mark.parametrize("text", ["two\nlines", "\x1b[2J", "x" * 501])
def test_a_reason_is_one_short_line_or_nothing_is_read(vault: Vault, text: str) -> None:
    with pytest.raises(AuditError) as caught:
        vault.acting(reason=text)

    assert text not in str(caught.value)


def operated(project: Path, audit: str) -> Vault:
    """Return the vault of a machine whose operator's file says that about audit."""
    file = project.parent / "operator.yaml"
    file.write_text(f"audit: {audit}\n")
    file.chmod(0o600)
    return Vault.open(project / "orqo-vault.yaml", operator=file)


def blocked(project: Path) -> Path:
    """Return where no log can be written, whoever tries."""
    (project.parent / "file").write_text("")
    return project.parent / "file" / "audit.jsonl"


CLOSED: dict[str, Callable[[Vault], object]] = {
    **{name: way[0] for name, way in WAYS.items()},
    "prepare": lambda vault: vault.prepare(run="nightly"),
}


@pytest.mark.parametrize("way", CLOSED)
def test_closed_means_that_what_cannot_be_recorded_does_not_happen(project: Path, way: str) -> None:
    vault = operated(project, f"{{sinks: [{{type: file, path: {blocked(project)}}}]}}")

    with pytest.raises(AuditError, match="nothing was handed over"):
        CLOSED[way](vault)

    assert not (project / "spare").exists() or way != "copy"


@pytest.mark.parametrize("way", CLOSED)
def test_open_means_a_warning(project: Path, way: str) -> None:
    said: list[str] = []
    vault = operated(project, f"{{fail_mode: open, sinks: [{{type: file, path: {blocked(project)}}}]}}")
    vault = Vault(vault.settings, surroundings=_telling(vault.surroundings, said))

    assert CLOSED[way](vault)

    assert said[:1] == [f"not recorded in the audit log: {blocked(project)} cannot be written: Not a directory"]


def test_without_an_operator_a_run_goes_on_unrecorded_and_says_so(vault: Vault) -> None:
    said: list[str] = []
    log_of(vault).file.parent.write_text("a file where the folder should be")
    vault = Vault(vault.settings, surroundings=_telling(vault.surroundings, said))

    assert vault.environment(run="nightly") == {"OPENAI_API_KEY": TOKEN}

    assert said == [f"not recorded in the audit log: {log_of(vault).file} cannot be written: Not a directory"]


def test_a_refused_run_keeps_its_error_when_it_cannot_be_recorded(project: Path) -> None:
    vault = operated(project, f"{{sinks: [{{type: file, path: {blocked(project)}}}]}}")

    with pytest.raises(MissingSecretsError):
        vault.prepare(run="broken")


def test_every_sink_gets_the_record(project: Path) -> None:
    logs = [project.parent / name / "audit.jsonl" for name in ("one", "two")]
    sinks = ", ".join(f"{{type: file, path: {log}}}" for log in logs)
    operated(project, f"{{sinks: [{sinks}]}}").value("openai", "token")

    assert [len(log.read_text().splitlines()) for log in logs] == [1, 1]


def test_an_operator_may_want_no_records(project: Path) -> None:
    vault = operated(project, "{sinks: []}")
    vault.value("openai", "token")

    with pytest.raises(AuditError, match="elsewhere: nowhere"):
        log_of(vault)


def test_an_operator_who_names_no_sink_gets_the_local_log(project: Path) -> None:
    vault = operated(project, "{fail_mode: closed}")
    vault.value("openai", "token")

    assert len(recorded(vault)) == 1


def test_a_sink_that_is_not_installed_stops_what_would_be_recorded(project: Path) -> None:
    vault = operated(project, "{fail_mode: open, sinks: [{type: carrier-pigeon}]}")

    with pytest.raises(OrqoVaultError, match="'carrier-pigeon' is not installed"):
        vault.value("openai", "token")


def test_options_of_a_sink_are_checked_where_they_stand(project: Path) -> None:
    with pytest.raises(OrqoVaultError, match=r"operator\.yaml:1:\d+: audit\.sinks\[0\]: path must be the absolute"):
        operated(project, "{sinks: [{type: file, path: audit.jsonl}]}")
    with pytest.raises(OrqoVaultError, match=r"audit\.sinks\[0\].*unknown"):
        operated(project, "{sinks: [{type: file, path: /a/b, colour: red}]}")


def test_the_organization_is_the_operators_where_it_knows_the_user(project: Path) -> None:
    file = project.parent / "operator.yaml"
    file.write_text(f"organizations: {{beta: {{uids: [{os.geteuid()}]}}, gamma: {{users: [nobody-else]}}}}\n")
    vault = Vault.open(project / "orqo-vault.yaml", operator=file)
    vault.value("openai", "token")

    assert recorded(vault)[0]["organization"] == "beta"


def test_a_file_is_recorded_before_it_is_made(project: Path) -> None:
    with Vault.open(project / "orqo-vault.yaml") as vault:
        vault.put("cert", {"token": TOKEN})
        with vault.acting(event="run").prepare(only=["cert"]) as run:
            made = manifest(run, vault)
            [record] = recorded(vault)

    assert record["credentials"][0]["fields"] == ["token"]
    assert made["credentials"][0]["fields"]["token"]["deliver"] == "file"
    assert made["credentials"][0]["fields"]["token"]["variables"] == ["CERT_FILE"]


def test_closed_makes_no_file_either(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    Vault.open(project / "orqo-vault.yaml").put("cert", {"token": TOKEN})
    vault = operated(project, f"{{sinks: [{{type: file, path: {blocked(project)}}}]}}")
    memory = tmp_path_factory.mktemp("memory")
    around = replace(vault.surroundings, environ={**vault.surroundings.environ, "XDG_RUNTIME_DIR": str(memory)})

    with pytest.raises(AuditError):
        Vault(vault.settings, surroundings=around).prepare(only=["cert"])

    assert list(memory.iterdir()) == []


def test_the_manifest_of_a_run_names_everything_and_no_value(vault: Vault) -> None:
    with vault.prepare() as run:
        made = manifest(run, vault)

    text = json.dumps(made)
    assert TOKEN not in text
    assert PASSWORD not in text
    assert (made["schema_version"], made["run_id"], made["run"], made["organization"]) == (1, run.id, "default", "acme")
    by_id = {each["id"]: each for each in made["credentials"]}
    assert by_id["openai"]["fields"] == {"token": {"deliver": "env", "variables": ["OPENAI_API_KEY"]}}
    assert by_id["mail"]["fields"]["password"]["variables"] == ["SMTP", "SMTP_PASSWORD"]
    assert by_id["mail"]["fields"]["host"]["variables"] == ["SMTP_HOST"]
    assert by_id["extra"]["fields"] == {}
    assert (by_id["openai"]["mode"], by_id["openai"]["backend"], by_id["openai"]["path"]) == ("own", "local", "openai")
    assert by_id["openai"]["version"] == recorded(vault)[0]["credentials"][0]["version"]


def _telling(around: Surroundings, said: list[str]) -> Surroundings:
    return replace(around, notify=said.append)
