"""Which of several files an edit goes to, and that no profile is left with half a declaration."""

from __future__ import annotations

from pathlib import Path

import pytest

from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.errors import SettingsError, UnknownCredentialError
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import Settings

MAIL = {"name": "Mail", "key": "SMTP", "category": "communication", "type": "email_smtp"}
BASE = """\
backends:
  local: {type: encrypted-file}
  corp: {type: encrypted-file, path: corp}
default_backend: local
credentials:
  mail:
    name: Mail
    key: SMTP
    category: communication
    type: email_smtp
    description: base
"""
PROD = """\
# what differs in production
credentials:
  mail: {backend: corp} # the company's
"""


class Project:
    """A base file, and a file for each layer that a test wants."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self.environ = environ
        self.base = self.write("", BASE)

    def write(self, layer: str, text: str) -> Path:
        path = self.path(layer)
        path.write_text(text)
        return path

    def path(self, layer: str) -> Path:
        return self.folder / (f"orqo-vault.{layer}.yaml" if layer else "orqo-vault.yaml")

    def editor(self, profile: str | None = None) -> SettingsEditor:
        return SettingsEditor(self.base, profile=profile, environ=self.environ)

    def load(self, profile: str | None = None) -> Settings:
        return load_settings(self.base, profile=profile, environ=self.environ)


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")})


def test_a_new_entry_of_a_profile_makes_the_profiles_file(project: Project) -> None:
    added = project.editor("prod").add("credentials", "post", {**MAIL, "key": "POST"})

    assert added == project.path("prod")
    assert added.read_text().startswith("credentials:\n  post:\n    name: Mail\n")
    assert project.base.read_text() == BASE
    assert set(project.load("prod").credentials) == {"mail", "post"}
    assert set(project.load().credentials) == {"mail"}


def test_a_profile_that_an_invalid_entry_would_make_is_not_made(project: Project) -> None:
    with pytest.raises(SettingsError, match="tpye: unknown key"):
        project.editor("prod").add("credentials", "post", {**MAIL, "key": "POST", "tpye": "x"})

    assert not project.path("prod").exists()


def test_the_variable_chooses_the_profile_too(project: Project) -> None:
    project.environ["ORQO_VAULT_PROFILE"] = "prod"

    assert project.editor().add("runs", "default", {"credentials": ["mail"]}) == project.path("prod")


@pytest.mark.parametrize("name", ["local", "../evil", "a/b", "."])
def test_a_profile_names_no_file_elsewhere(project: Project, name: str) -> None:
    with pytest.raises(SettingsError):
        project.editor(name)


def test_a_change_goes_to_the_base_where_the_entry_is(project: Project) -> None:
    project.write("prod", PROD)

    assert project.editor("prod").change("credentials", "mail", {"name": "Post"}) == project.base

    assert project.path("prod").read_text() == PROD


def test_a_change_goes_to_the_layer_that_would_hide_it(project: Project) -> None:
    prod = project.write("prod", PROD)
    local = project.write("local", "credentials:\n  mail:\n    description: mine\n")

    assert project.editor("prod").change("credentials", "mail", {"backend": "local"}) == prod
    assert project.editor("prod").change("credentials", "mail", {"description": "ours"}) == local

    assert prod.read_text() == PROD.replace("backend: corp", "backend: local")
    mail = project.load("prod").credentials["mail"]
    assert (mail.backend, mail.description) == ("local", "ours")
    assert project.base.read_text() == BASE


def test_keys_of_two_layers_change_together_in_the_higher_one(project: Project) -> None:
    prod = project.write("prod", PROD)

    assert project.editor("prod").change("credentials", "mail", {"name": "Post", "backend": "local"}) == prod

    mail = project.load("prod").credentials["mail"]
    assert (mail.name, mail.backend) == ("Post", "local")
    assert project.base.read_text() == BASE


def test_a_key_that_a_lower_layer_has_is_removed_with_null(project: Project) -> None:
    local = project.write("local", "credentials:\n  mail:\n    description: mine\n")

    assert project.editor().change("credentials", "mail", {"description": None}) == local

    assert local.read_text() == "credentials:\n  mail:\n    description: null\n"
    assert project.load().credentials["mail"].description is None


def test_a_field_that_two_layers_rename_cannot_be_unset_in_one(project: Project) -> None:
    # null under `env` means that it is not injected, so it cannot mean that it is not there
    project.editor().change("credentials", "mail", {"env": {"username": ["A"]}})
    project.write("local", "credentials:\n  mail: {env: {username: [B]}}\n")

    with pytest.raises(SettingsError, match="more than one file"):
        project.editor().change("credentials", "mail", {"env": {"username": None}})


def test_a_removal_takes_the_entry_from_every_layer_that_was_read(project: Project) -> None:
    prod = project.write("prod", PROD)
    local = project.write("local", "credentials: {mail: {description: mine}}\n")

    assert project.editor("prod").remove("credentials", "mail") == project.base

    assert prod.read_text() == "# what differs in production\ncredentials: {}\n"
    assert local.read_text() == "credentials: {}\n"
    assert not project.load("prod").credentials
    assert not project.load().credentials


def test_a_removal_that_would_leave_half_a_declaration_in_a_profile_is_refused(project: Project) -> None:
    prod = project.write("prod", PROD)

    with pytest.raises(SettingsError, match=r"profile 'prod' would no longer load: credentials\.mail"):
        project.editor().remove("credentials", "mail")

    assert (project.base.read_text(), prod.read_text()) == (BASE, PROD)


def test_a_removal_for_a_profile_must_not_break_the_others(project: Project) -> None:
    project.write("prod", PROD)
    project.write("staging", PROD)

    with pytest.raises(SettingsError, match="profile 'staging' would no longer load"):
        project.editor("prod").remove("credentials", "mail")

    assert (project.base.read_text(), project.path("prod").read_text()) == (BASE, PROD)


def test_a_profile_that_is_broken_already_stops_nobody(project: Project) -> None:
    project.write("old", "credentials: {mail: {tpye: x}}\n")
    project.write("notes.of.mine", "neither: a profile\n")

    project.editor().change("credentials", "mail", {"name": "Post"})

    assert project.load().credentials["mail"].name == "Post"


def test_the_base_must_stay_valid_without_the_profile(project: Project) -> None:
    project.write("prod", "backends: {vault: {type: encrypted-file, path: v}}\n")

    with pytest.raises(SettingsError, match=r"without a profile: .*backend"):
        project.editor("prod").change("credentials", "mail", {"backend": "vault"})

    assert project.base.read_text() == BASE


def test_what_a_profile_takes_away_is_not_there(project: Project) -> None:
    project.write("prod", "credentials: {mail: null}\n")

    with pytest.raises(UnknownCredentialError):
        project.editor("prod").change("credentials", "mail", {"name": "x"})


def test_a_new_entry_that_a_higher_layer_takes_away_is_refused(project: Project) -> None:
    local = project.write("local", "credentials: {post: null}\n")

    with pytest.raises(SettingsError, match="already there") as caught:
        project.editor().add("credentials", "post", {**MAIL, "key": "POST"})

    assert caught.value.location == (str(local), 1, 15)
