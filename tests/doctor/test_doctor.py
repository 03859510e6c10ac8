"""``doctor``: it finds each fault that is planted, says how to put it right, and is silent where there is none."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from orqo_vault_hashicorp.testing import Authority

from tests.doctor import faults
from tests.doctor.conftest import Machine
from tests.doctor.faults import FAULTS, Expected


def found(expected: Expected, findings: list[dict[str, str]]) -> bool:
    return any(
        each["severity"] == expected.severity
        and expected.where in each["where"]
        and expected.what in each["what"]
        and expected.fix in each["fix"]
        for each in findings
    )


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found_with_its_fix(machine: Machine, plant: Callable[[Machine], Expected]) -> None:
    expected = plant(machine)
    status, findings = machine.doctor()
    assert found(expected, findings), findings
    assert status == (1 if any(each["severity"] == "error" for each in findings) else 0)
    assert "sesame" not in str(findings)
    assert "sk_live" not in str(findings)
    assert "hvs." not in str(findings)


def test_ten_faults_at_once_are_all_found_and_nothing_else(machine: Machine) -> None:
    planted = [
        plant(machine)
        for plant in (
            faults.store_that_others_can_write,
            faults.users_file_that_others_can_write,
            faults.settings_that_anybody_can_write,
            faults.local_layer_in_git,
            faults.env_file_in_git,
            faults.private_key_in_git,
            faults.state_that_others_can_write,
            faults.plugin_that_is_not_installed,
            faults.token_that_ends_soon,
            faults.leftovers_of_a_killed_run,
        )
    ]
    status, findings = machine.doctor()
    assert status == 1
    assert [each for each in planted if not found(each, findings)] == []
    assert len(findings) == len(planted), findings


def test_an_operators_file_that_a_group_can_write_is_found(machine: Machine) -> None:
    file = machine.home / "operator.yaml"
    file.write_text("production: true\n")
    file.chmod(0o664)
    status, findings = machine.doctor("--operator", str(file))
    assert status == 1
    assert found(Expected("error", str(file), "other users may change it", f"chmod go-w {file}"), findings)


@pytest.mark.parametrize(
    ("expired", "expected"),
    [
        (True, Expected("error", "backend corp", "certificate has expired", "renew the server's certificate")),
        (
            False,
            Expected("error", "backend corp", "the server's certificate ends in 1.0 days", "renew it on the server"),
        ),
    ],
)
def test_a_certificate_at_its_end_is_found(
    machine: Machine, authority: Authority, expired: bool, expected: Expected
) -> None:
    machine.monkeypatch.setenv("VAULT_CACERT", str(authority.certificate))
    address = machine.serve_with(*authority.issue("server", ["127.0.0.1"], expired=expired, age=timedelta(days=90)))
    machine.log_in(address)
    machine.settings.write_text(
        machine.settings.read_text().replace(f'"{address}"', f'"{address}", ca_file: {authority.certificate}')
    )
    status, findings = machine.doctor()
    assert status == 1
    assert found(expected, findings), findings


def test_a_certificate_that_lives_for_two_days_only_is_well_in_the_middle_of_its_life(
    machine: Machine, authority: Authority
) -> None:
    address = machine.serve_with(*authority.issue("server", ["127.0.0.1"]))
    machine.log_in(address)
    machine.settings.write_text(
        machine.settings.read_text().replace(f'"{address}"', f'"{address}", ca_file: {authority.certificate}')
    )
    assert machine.doctor() == (0, [])


def test_a_committed_link_to_what_never_ends_is_not_followed(machine: Machine) -> None:
    (machine.folder / ".env").symlink_to("/dev/zero")
    os.mkfifo(machine.home / "fifo")
    (machine.folder / ".env.prod").symlink_to(machine.home / "fifo")
    machine.git("add", "-f", ".env", ".env.prod")
    assert machine.doctor() == (0, [])


def test_a_profile_without_a_file_is_found(machine: Machine) -> None:
    status, findings = machine.doctor("-P", "prod")
    assert status == 1
    assert found(Expected("error", "orqo-vault.prod.yaml", "no such file for the profile 'prod'", ""), findings)


def test_nothing_is_said_about_a_healthy_project(machine: Machine) -> None:
    machine.log_in(machine.server.address, machine.server.token("default", ttl="24h"))
    (machine.folder / "orqo-vault.local.yaml").write_text("credentials: {}\n")
    machine.commit(".env.example", "STRIPE_SECRET_KEY=sk_live_51H8a\n")
    machine.commit(".env", "STRIPE_SECRET_KEY=${STRIPE}\nPORT=8080\nAPI_TOKEN=<yours>\n")
    machine.commit("certificate.pem", "-----BEGIN CERTIFICATE-----\nMC4\n-----END CERTIFICATE-----\n")
    assert machine.doctor() == (0, [])


def test_a_folder_without_a_project_is_told_how_to_make_one(machine: Machine) -> None:
    machine.settings.unlink()
    status, findings = machine.doctor()
    assert status == 1
    assert "orqo-vault init" in findings[0]["fix"]


def test_nothing_is_changed(machine: Machine) -> None:
    """Not in the project, in its git, in its store, or in the user's own folders."""
    for plant in (faults.leftovers_of_a_killed_run, faults.local_layer_in_git, faults.plugin_that_is_not_installed):
        plant(machine)
    machine.doctor()  # opening the store remembers what was seen of it, as every command does
    before = _contents(machine.folder, machine.home, Path(os.environ["XDG_RUNTIME_DIR"]))
    machine.doctor()
    assert _contents(machine.folder, machine.home, Path(os.environ["XDG_RUNTIME_DIR"])) == before


def test_a_repository_cannot_make_the_doctor_run_its_programs(machine: Machine) -> None:
    proof = machine.folder / "it-ran"
    script = machine.folder / "script"
    script.write_text(f"#!/bin/sh\ntouch {proof}\n")
    script.chmod(0o755)
    machine.git("config", "core.fsmonitor", str(script))
    machine.git("config", "core.hooksPath", str(machine.folder))
    machine.doctor()
    assert not proof.exists()


def test_a_project_outside_of_git_is_examined_all_the_same(machine: Machine) -> None:
    subprocess.run(["rm", "-rf", str(machine.folder / ".git")], check=True)
    assert machine.doctor() == (0, [])


def _contents(*folders: Path) -> dict[str, tuple[int, str]]:
    return {
        str(path): (path.lstat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
        for folder in folders
        for path in folder.rglob("*")
    }
