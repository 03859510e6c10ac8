"""Loading: which files are read, what they may say together, and what stands in for a file that is being edited."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orqo_vault.errors import SettingsError
from orqo_vault.settings.load import load_layers, load_settings
from tests.settings.project import LOCAL, Project, with_api

TWO = "backends: {local: {type: nowhere}, corp: {type: nowhere}}\ndefault_backend: local\n"
API = "credentials: {api: {name: API, key: API, category: runtime, type: api_token}}\n"


def test_an_empty_file_declares_nothing(project: Project) -> None:
    settings = project.load("")
    assert settings.credentials == settings.backends == settings.llm == settings.runs == {}
    assert (settings.base_dir, settings.files, settings.profile) == (project.folder, (project.base,), None)


def test_a_file_that_is_not_there_is_an_error_with_advice(project: Project) -> None:
    refusal = project.refused()
    assert refusal.place == "orqo-vault.yaml"
    assert refusal.hint == "orqo-vault init makes one"


def test_the_layers_are_base_then_profile_then_local(project: Project) -> None:
    project.write(TWO + API + "organization: base\n")
    project.write("organization: profile\ndefault_backend: corp\n", "prod")
    project.write("organization: local\n", "local")
    plain, prod = project.load(), project.load(profile="prod")
    assert (plain.organization, plain.default_backend, plain.profile) == ("local", "local", None)
    assert (prod.organization, prod.default_backend, prod.profile) == ("local", "corp", "prod")
    assert [file.name for file in prod.files] == ["orqo-vault.yaml", "orqo-vault.prod.yaml", "orqo-vault.local.yaml"]
    assert [file.name for file in plain.files] == ["orqo-vault.yaml", "orqo-vault.local.yaml"]


def test_the_profile_may_come_from_the_environment(project: Project) -> None:
    project.write("organization: base\n")
    project.write("organization: profile\n", "dev")
    settings = load_settings(project.base, environ={"ORQO_VAULT_PROFILE": "dev"}, cwd=project.folder)
    assert settings.organization == "profile"


def test_a_profile_without_a_file_is_an_error(project: Project) -> None:
    refusal = project.refused("version: 1\n", profile="prdo")
    assert refusal.place == "orqo-vault.prdo.yaml"
    assert "profile 'prdo'" in refusal.message


def test_an_error_is_placed_in_the_layer_that_made_it(project: Project) -> None:
    project.write(TWO + API)
    project.write("\ncredentials: {api: {backend: crop}}\n", "prod")
    assert project.load().credentials["api"].backend == "local"
    assert project.refused(profile="prod").place == "orqo-vault.prod.yaml:2:30"


def test_what_a_layer_leaves_out_is_missing_where_the_entry_is_declared(project: Project) -> None:
    project.write(TWO + API)
    project.write("credentials: {api: {key: null}}\n", "local")
    refusal = project.refused()
    assert (refusal.place, refusal.message) == ("orqo-vault.local.yaml:1:26", "credentials.api.key: is missing")


def test_null_removes_an_entry_or_a_section(project: Project) -> None:
    project.write(TWO + API + "runs: {r: {}, s: {}}\nllm: {}\n")
    project.write("credentials: {api: null}\nruns: {r: }\nllm: ~\n", "local")
    settings = project.load()
    assert (settings.credentials, list(settings.runs), settings.llm) == ({}, ["s"], {})


def test_null_gives_a_key_its_default_back(project: Project) -> None:
    project.write(TWO + API.replace("}}", ", optional: true, env: {token: X}}}"))
    project.write("credentials: {api: {optional: null, env: null}}\n", "local")
    credential = project.load().credentials["api"]
    assert (credential.optional, credential.env) == (False, {})


def test_null_under_env_means_the_same_in_every_layer(project: Project) -> None:
    project.write(TWO + API)
    project.write("credentials: {api: {env: {token: null}}}\n", "local")
    settings = project.load()
    assert settings.credentials["api"].env == {"token": ()}
    assert settings.contracts["api"][0].variables == ()


def test_an_unknown_key_is_one_even_when_a_layer_takes_it_back(project: Project) -> None:
    project.write("organisation: x\n")
    project.write("organisation: null\n", "local")
    assert project.refused().message == "organisation: unknown key"


def test_what_the_file_finds_needs_no_name(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("organization: here\n")
    monkeypatch.chdir(project.folder)
    assert load_settings(environ={}).organization == "here"
    assert load_settings(environ={"ORQO_VAULT_CONFIG": str(project.base)}, cwd=Path("/")).organization == "here"


def test_bytes_stand_in_for_a_layer_whether_it_exists_or_not(project: Project) -> None:
    project.write("organization: old\n")
    local = project.folder / "orqo-vault.local.yaml"
    how = {"environ": dict(os.environ), "cwd": project.folder}
    assert load_settings(project.base, replaced={project.base: b"organization: new\n"}, **how).organization == "new"
    assert load_settings(project.base, replaced={local: b"organization: local\n"}, **how).organization == "local"
    with pytest.raises(SettingsError, match="unknown key") as caught:
        load_settings(project.base, replaced={local: b"\norg: x\n"}, **how)
    assert str(caught.value.location) == f"{local}:2:1"
    assert load_settings(project.base, **how).organization == "old"


def test_bytes_stand_in_for_a_base_that_does_not_exist_yet(project: Project) -> None:
    settings = load_settings(project.base, replaced={project.base: b"organization: new\n"}, environ={}, cwd=Path("/"))
    assert settings.organization == "new"
    assert not project.base.exists()


def test_the_layers_can_be_had_unvalidated_with_their_places(project: Project) -> None:
    project.write("organization: 1\nnonsense: true\n")
    layers = load_layers(project.base, environ={}, cwd=project.folder)
    assert layers.data == {"organization": 1, "nonsense": True}
    assert str(layers.location(("nonsense",))) == f"{project.base}:2:11"


@pytest.mark.parametrize("section", ["organization: x", "backends: {a: {type: b", "llm:", "runs: {a: {mask: auto"])
def test_x_keys_are_allowed_everywhere(section: str, project: Project) -> None:
    closing = "}" * section.count("{")
    inside = ", x-any: [1, {y: z}]" if closing else ""
    assert project.load(f"x-top: &anchor {{a: [1]}}\nx-more: *anchor\n{section}{inside}{closing}\n").warnings == ()


def test_x_sections_hold_what_anchors_share(project: Project) -> None:
    text = with_api("values: *nothing\nenv: *names\nx-team: {mail: a@b}").replace(LOCAL, LOCAL + "x-n: &nothing {}\n")
    settings = project.load(text.replace("x-n:", "x-names: &names {token: [A, B]}\nx-n:"))
    assert settings.credentials["api"].env == {"token": ("A", "B")}
    assert settings.credentials["api"].extensions == {"x-team": {"mail": "a@b"}}


def test_a_settings_error_keeps_nothing_of_the_parser(project: Project) -> None:
    error = project.refused("a: [\n").error
    assert error.__cause__ is None
    assert error.__suppress_context__
