"""What opens a backend does not reach a child: of every backend we ship, and of one whose plugin cannot be asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orqo_vault.errors import PluginError, SettingsError
from orqo_vault.run.child_environment import child_environment, matches
from orqo_vault.settings.model import Run
from orqo_vault.vault import Surroundings, Vault

CREDENTIAL = "credentials: {api: {name: API, key: API_TOKEN, category: custom, type: api_token, backend: local}}\n"
LOCAL = "local: {type: encrypted-file, path: .store}"

OPENED_BY = {
    "{type: encrypted-file}": [
        *("ORQO_VAULT_KEY", "ORQO_VAULT_KEY_FILE", "ORQO_VAULT_PASSPHRASE_FILE", "ORQO_VAULT_CONFIG"),
    ],
    "{type: hashicorp-vault, address: 'https://v'}": [
        *("VAULT_TOKEN", "VAULT_ADDR", "VAULT_NAMESPACE", "VAULT_CLIENT_KEY", "BAO_TOKEN", "BAO_ADDR"),
    ],
    "{type: hashicorp-vault, address: 'https://v', auth: {method: token, token_env: CORP_LOGIN}}": ["CORP_LOGIN"],
    "{type: hashicorp-vault, address: 'https://v', auth: {method: approle, role_id: r, secret_id_env: SID}}": ["SID"],
    "{type: hashicorp-vault, auth: {method: approle, role_id_env: R, wrapped_secret_id_env: W}}": ["R", "W"],
    "{type: hashicorp-vault, address: 'https://v', auth: {method: userpass, username: u, password_env: PW}}": ["PW"],
    "{type: hashicorp-vault, address: 'https://v', auth: {method: jwt, role: r, jwt_env: CI_TOKEN}}": ["CI_TOKEN"],
    "{type: hashicorp-vault, address: 'https://v', auth: {method: aws}}": [
        *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    ],
    "{type: hashicorp-vault, address: 'https://v', auth: {method: '${METHOD}'}}": ["AWS_SECRET_ACCESS_KEY"],
    "{type: hashicorp-vault, connections: '${N}', auth: {method: token, token_env: CORP_LOGIN}}": ["CORP_LOGIN"],
    "{type: aws-secrets-manager, region: eu-west-1}": [
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN"),
        *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"),
    ],
    # No plugin: what the options name is known all the same.
    "{type: elsewhere, login: {password_env: ELSEWHERE_PW, more: [{key_env: DEEP}]}}": ["ELSEWHERE_PW", "DEEP"],
}


def opened(folder: Path, backends: str, more: str = "") -> Vault:
    (folder / "orqo-vault.yaml").write_text(f"version: 1\nbackends: {{{backends}}}\n{CREDENTIAL}{more}")
    return Vault.open(folder / "orqo-vault.yaml", surroundings=Surroundings(environ=dict(os.environ)))


def stored(folder: Path, backends: str, more: str = "") -> Vault:
    vault = opened(folder, backends, more)
    vault.put("api", {"token": "tk-1"})
    return vault


@pytest.mark.parametrize("declared", OPENED_BY)
def test_what_opens_a_backend_is_taken_from_every_child(tmp_path: Path, declared: str) -> None:
    removed = opened(tmp_path, f"{LOCAL}, other: {declared}").plan(only=["api"]).removed
    parent = dict.fromkeys(["PATH", "EDITOR", "AWS_REGION", *OPENED_BY[declared]], "x")
    child = child_environment(parent, {}, run=Run(name=""), removed=removed)
    assert set(child) == {"PATH", "EDITOR", "AWS_REGION"}


def test_vaults_aws_login_takes_away_what_the_aws_backend_takes_away(tmp_path: Path) -> None:
    """Both find their login through the same SDK."""
    from orqo_vault_aws.environment import LOGIN_VARIABLES

    declared = "v: {type: hashicorp-vault, address: 'https://v', auth: {method: aws}}"
    removed = opened(tmp_path, f"{LOCAL}, {declared}").plan(only=["api"]).removed
    assert [name for name in LOGIN_VARIABLES if not matches(name.replace("*", "X"), removed)] == []


def test_a_login_that_uses_no_aws_keys_leaves_them_to_the_child(tmp_path: Path) -> None:
    removed = (
        opened(tmp_path, f"{LOCAL}, v: {{type: hashicorp-vault, address: 'https://v'}}").plan(only=["api"]).removed
    )
    assert not matches("AWS_SECRET_ACCESS_KEY", removed)


def test_the_name_of_a_login_variable_is_not_made_of_another_variable(tmp_path: Path) -> None:
    """Which variable to take away must be known without an environment, and before anything is expanded."""
    with pytest.raises(SettingsError, match=r"token_env: names a variable") as refused:
        opened(tmp_path, f"{LOCAL}, v: {{type: hashicorp-vault, auth: {{method: token, token_env: '${{WHICH}}'}}}}")
    assert "orqo-vault.yaml:2:" in str(refused.value)


def test_a_backend_nobody_can_ask_stops_a_child_that_inherits_everything(tmp_path: Path) -> None:
    with stored(tmp_path, f"{LOCAL}, corp: {{type: elsewhere}}") as vault, vault.prepare(only=["api"]) as run:
        with pytest.raises(PluginError, match="which variables open 'corp'") as refused:
            run.child_env({"PATH": "/bin", "ELSEWHERE_TOKEN": "sesame"})
        assert "sesame" not in str(refused.value)
        assert "--clean-env" in str(refused.value.hint)


@pytest.mark.parametrize("pattern", ['"*"', '"**"', '"?*"'])
def test_a_pattern_for_everything_is_no_list_of_names(tmp_path: Path, pattern: str) -> None:
    runs = f"runs: {{r: {{credentials: [api], inherit: [PATH, {pattern}]}}}}\n"
    vault = stored(tmp_path, f"{LOCAL}, corp: {{type: elsewhere}}", runs)
    with vault, vault.prepare(run="r") as run, pytest.raises(PluginError):
        run.child_env({"PATH": "/bin"})


@pytest.mark.parametrize("rule", ["inherit: none", "inherit: [PATH, HOME]"])
def test_a_run_that_names_what_it_inherits_needs_no_plugin_of_another_backend(tmp_path: Path, rule: str) -> None:
    runs = f"runs: {{r: {{credentials: [api], {rule}}}}}\n"
    vault = stored(tmp_path, f"{LOCAL}, corp: {{type: elsewhere}}", runs)
    with vault, vault.prepare(run="r") as run:
        child = run.child_env({"PATH": "/bin", "ELSEWHERE_TOKEN": "sesame"})
    assert child["API_TOKEN"] == "tk-1"
    assert "ELSEWHERE_TOKEN" not in child


def test_the_command_does_not_start_where_the_plugin_is_missing(tmp_path: Path) -> None:
    stored(tmp_path, f"{LOCAL}, corp: {{type: elsewhere}}").close()

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "orqo_vault",
            "run",
            "--mask",
            "never",
            "--only",
            "api",
            *words,
            "--",
            "printenv",
            "API_TOKEN",
        ]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    refused, clean = run(), run("--clean-env")
    assert (refused.returncode, refused.stdout) == (125, "")
    assert "'corp'" in refused.stderr
    assert (clean.returncode, clean.stdout) == (0, "tk-1\n")


@pytest.mark.parametrize(
    "body", ["return {'X'} | 1", "raise RuntimeError(options['folder'])", "import no_such_module_of_a_plugin"]
)
def test_a_plugin_that_fails_when_it_is_asked_opens_no_hole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    from orqo_vault_file.backend import EncryptedFileBackend

    namespace: dict[str, object] = {}
    exec(f"def login_variables(cls, options):\n    {body}", namespace)
    function = namespace["login_variables"]
    monkeypatch.setattr(EncryptedFileBackend, "login_variables", classmethod(function))  # type: ignore[arg-type]  # made from text
    vault = opened(tmp_path, LOCAL)
    assert vault.plan(only=["api"]).unknown_logins == ("local",)
    assert "cannot say which variables open it" in " ".join(vault.settings.warnings)
