"""An edit goes where the entry is, is validated before it is written, and leaves the rest of the file alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.edit.editor import SettingsEditor
from orqo_vault.edit.plain import NULL
from orqo_vault.errors import ConflictError, SettingsError, UnknownCredentialError
from orqo_vault.settings.load import load_settings
from orqo_vault.settings.model import Settings

BASE = """\
# what the project needs
version: 1

backends:
  local: {type: encrypted-file, path: .orqo-vault}   # committed
  corp: {type: encrypted-file, path: corp}

credentials:
  # the mail server
  mail:
    name: "Outgoing mail"   # shown to people
    key: SMTP
    category: communication
    type: email_smtp
    backend: corp
    values: {host: smtp.example, port: 587}

  openai:
    name: OpenAI
    key: OPENAI_API_KEY
    category: llm_provider
    type: api_token
    backend: local

llm:
  default: {model: "openai:gpt-4o", credential: openai}

runs:
  default: {credentials: [mail]}
# the end
"""
CRM = {"name": "CRM", "key": "CRM", "category": "custom", "type": "api_token", "backend": "corp"}


class Project:
    """A folder with settings, and the three things tests do with it."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.base = folder / "orqo-vault.yaml"
        self.prod = folder / "orqo-vault.prod.yaml"
        self.local = folder / "orqo-vault.local.yaml"
        self.environ = environ
        self.base.write_text(BASE)

    def editor(self, profile: str | None = None) -> SettingsEditor:
        return SettingsEditor(self.base, profile=profile, environ=self.environ)

    def load(self, profile: str | None = None) -> Settings:
        return load_settings(self.base, profile=profile, environ=self.environ)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.base.parent.iterdir() if path.is_file()}


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")})


def test_an_added_credential_is_declared_and_nothing_else_changes(project: Project) -> None:
    assert project.editor().add("credentials", "crm", {**CRM, "provider": None}) == project.base

    expected = "\n  crm:\n    name: CRM\n    key: CRM\n    category: custom\n    type: api_token\n    backend: corp\n"
    assert project.base.read_text() == BASE.replace("    backend: local\n", "    backend: local\n" + expected)
    assert project.load().credentials["crm"].name == "CRM"


@pytest.mark.parametrize(
    ("section", "name", "entry"),
    [
        ("backends", "other", {"type": "encrypted-file", "path": "other"}),
        ("llm", "small", {"model": "openai:gpt-4o-mini", "credential": "openai"}),
        ("runs", "nightly", {"credentials": ["mail"], "llm": ["default"], "budget": 2.5}),
    ],
)
def test_every_section_can_be_added_to(project: Project, section: Any, name: str, entry: dict[str, Any]) -> None:
    project.editor().add(section, name, entry)

    assert name in getattr(project.load(), section)


def test_a_preview_shows_the_addition_and_writes_nothing(project: Project) -> None:
    before = project.files()

    settings = project.editor().preview("credentials", "crm", CRM)

    assert settings.credentials["crm"].name == "CRM"
    assert project.files() == before


def test_a_change_edits_one_value_in_its_place(project: Project) -> None:
    assert project.editor().change("credentials", "mail", {"name": "Post", "values": {"port": 465}}) == project.base

    expected = BASE.replace('"Outgoing mail"', '"Post"').replace("port: 587", "port: 465")
    assert project.base.read_text() == expected


def test_none_removes_a_key_and_a_mapping_is_merged(project: Project) -> None:
    project.editor().change("credentials", "mail", {"values": {"port": None, "security": "tls"}})
    project.editor().change("credentials", "mail", {"values": None})

    assert project.base.read_text() == BASE.replace("    values: {host: smtp.example, port: 587}\n", "")


def test_null_takes_a_field_out_of_the_environment(project: Project) -> None:
    project.editor().change("credentials", "mail", {"env": {"username": NULL, "password": ["SMTP_PASS"]}})

    assert "env: {username: null, password: [SMTP_PASS]}" in project.base.read_text()
    assert project.load().credentials["mail"].env == {"username": (), "password": ("SMTP_PASS",)}


def test_a_change_that_changes_nothing_writes_nothing(project: Project) -> None:
    before = project.base.stat()

    project.editor().change("credentials", "mail", {"name": "Outgoing mail", "provider": None, "env": {}})

    assert project.base.stat().st_ino == before.st_ino
    assert project.base.read_text() == BASE


def test_a_removed_entry_takes_its_lines_and_leaves_the_comments_above_it(project: Project) -> None:
    assert project.editor().remove("runs", "default") == project.base
    assert project.editor().remove("credentials", "mail") == project.base

    start, end = BASE.index("  mail:\n"), BASE.index("\n  openai:")
    expected = (BASE[:start] + BASE[end:]).replace("runs:\n  default: {credentials: [mail]}\n", "runs: {}\n")
    assert project.base.read_text() == expected


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda editor: editor.add("credentials", "crm", {"name": "CRM"}), id="a key is missing"),
        pytest.param(lambda editor: editor.add("credentials", "crm", {**CRM, "tpye": 1}), id="a key is unknown"),
        pytest.param(lambda editor: editor.add("credentials", "Not An Id", CRM), id="the id is not one"),
        pytest.param(lambda editor: editor.add("credentials", "mail", CRM), id="it is there already"),
        pytest.param(
            lambda editor: editor.add("credentials", "crm", {**CRM, "key": "LD_PRELOAD"}), id="a dangerous key"
        ),
        pytest.param(lambda editor: editor.change("credentials", "mail", {"backend": "nowhere"}), id="no such backend"),
        pytest.param(lambda editor: editor.change("credentials", "mail", {"type": None}), id="a key it needs"),
        pytest.param(lambda editor: editor.change("runs", "default", {"credentials": {"a", "b"}}), id="not plain data"),
        pytest.param(lambda editor: editor.remove("credentials", "openai"), id="an llm config needs it"),
        pytest.param(lambda editor: editor.remove("backends", "corp"), id="a credential needs it"),
    ],
)
def test_what_would_not_be_valid_is_not_written(project: Project, edit: Callable[[SettingsEditor], Path]) -> None:
    before = project.files()

    with pytest.raises(SettingsError):
        edit(project.editor())

    assert project.files() == before


def test_the_error_of_a_refused_edit_points_to_no_line_that_is_not_there(project: Project) -> None:
    with pytest.raises(SettingsError, match=r"credentials\.crm\.tpye: unknown key") as caught:
        project.editor().add("credentials", "crm", {**CRM, "tpye": 1})

    assert caught.value.location is not None
    assert caught.value.location.line is None


def test_an_entry_that_is_not_declared_is_neither_changed_nor_removed(project: Project) -> None:
    with pytest.raises(UnknownCredentialError, match="credential 'mial' is not declared") as caught:
        project.editor().change("credentials", "mial", {"name": "x"})
    with pytest.raises(UnknownCredentialError, match="run 'nightly' is not declared"):
        project.editor().remove("runs", "nightly")

    assert "did you mean 'mail'?" in (caught.value.hint or "")


def test_a_file_that_does_not_parse_says_where_and_stays(project: Project) -> None:
    broken = BASE.replace("key: SMTP", "key: [SMTP")
    project.base.write_text(broken)

    with pytest.raises(SettingsError) as caught:
        project.editor().add("credentials", "crm", CRM)

    assert caught.value.location is not None
    assert caught.value.location.line
    assert project.base.read_text() == broken


def test_a_file_that_was_wrong_before_says_so_with_its_own_line(project: Project) -> None:
    project.base.write_text(BASE.replace("category: communication", "category: comunication"))

    with pytest.raises(SettingsError) as caught:
        project.editor().add("credentials", "crm", CRM)

    assert caught.value.location == (str(project.base), 13, 15)


def test_an_edit_may_mend_a_file_that_is_wrong(project: Project) -> None:
    project.base.write_text(BASE.replace("category: communication", "category: comunication"))

    project.editor().change("credentials", "mail", {"category": "communication"})

    assert project.base.read_text() == BASE


def test_without_a_file_there_is_nothing_to_edit(project: Project) -> None:
    project.base.unlink()

    with pytest.raises(SettingsError, match="no such file"):
        project.editor().add("credentials", "crm", CRM)

    assert not project.base.exists()


def test_line_breaks_of_windows_stay(project: Project) -> None:
    project.base.write_bytes(BASE.replace("\n", "\r\n").encode())

    project.editor().add("credentials", "crm", CRM)
    project.editor().remove("credentials", "crm")

    assert project.base.read_bytes() == BASE.replace("\n", "\r\n").encode()


def test_a_symlinked_settings_file_stays_a_symlink(project: Project, tmp_path: Path) -> None:
    target = tmp_path / "shared.yaml"
    project.base.rename(target)
    project.base.symlink_to(target)

    project.editor().add("credentials", "crm", CRM)

    assert project.base.is_symlink()
    assert "crm:" in target.read_text()


def test_the_lock_is_not_in_the_repository(project: Project) -> None:
    project.editor().add("credentials", "crm", CRM)

    assert os.listdir(project.base.parent) == [project.base.name]


def test_an_unwritable_state_folder_is_named(project: Project, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    project.environ["XDG_STATE_HOME"] = str(blocked)

    with pytest.raises(SettingsError, match="lock for edits") as caught:
        project.editor().add("credentials", "crm", CRM)

    assert "XDG_STATE_HOME" in (caught.value.hint or "")
    assert project.base.read_text() == BASE


class SavesBetween:
    """Another program that saves the file after it was read and before it is replaced."""

    def __init__(self, path: Path, times: int) -> None:
        self.path = path
        self.times = times
        self.fsync = os.fsync

    def __call__(self, descriptor: int) -> None:
        if self.times:
            self.times -= 1
            self.path.write_text(self.path.read_text() + f"# save {self.times}\n")
        self.fsync(descriptor)


def test_what_another_program_saves_meanwhile_is_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", SavesBetween(project.base, times=3))

    project.editor().add("credentials", "crm", CRM)

    assert project.base.read_text().endswith("# the end\n# save 2\n# save 1\n# save 0\n")
    assert "crm" in project.load().credentials


def test_an_edit_gives_up_when_the_file_never_rests(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", SavesBetween(project.base, times=1_000))

    with pytest.raises(ConflictError):
        project.editor().add("credentials", "crm", CRM)

    assert "crm" not in project.base.read_text()
    assert os.listdir(project.base.parent) == [project.base.name]
