"""Backends: an installed plugin validates its options where they stand; one that is not installed is no error yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orqo_vault.errors import PluginError, SettingsError
from orqo_vault.plugins import backend_class, installed
from orqo_vault.settings.backend_options import backend_reference, backend_settings
from orqo_vault.settings.model import BackendDeclaration
from tests.settings.conftest import install
from tests.settings.project import Project

SHELF = "backends:\n  s:\n    type: shelf\n    folder: books\n"
API = "credentials: {api: {name: API, key: API, category: runtime, type: api_token, %s}}\n"

pytestmark = pytest.mark.usefixtures("installed_backend")


def declared(project: Project, more: str = "") -> BackendDeclaration:
    return project.load(SHELF + more).backends["s"]


def test_a_validated_backend_can_be_made_without_validating_again(project: Project) -> None:
    assert declared(project) == BackendDeclaration(
        "s", "shelf", {"folder": "books"}, "shelf_plugin:Shelf", ("SHELF_*", "SHELF_TOKEN")
    )


def test_x_keys_and_nulls_are_no_options(project: Project) -> None:
    assert declared(project, "    x-note: y\n    size: null\n").options == {"folder": "books"}


REFUSED = {
    "    sise: 2\n": ("5:5", "backends.s.sise: unknown key", "did you mean 'size'?"),
    "    size: canary\n": ("5:11", "backends.s.size: must be a whole number", ""),
    "    size: [canary]\n": ("5:5", "backends.s.size: must be a whole number", ""),
    "    kind: larg\n": ("5:11", "backends.s.kind: must be small or large", "did you mean 'large'?"),
    "    size: -1\n": ("2:3", "backends.s: size must not be negative", ""),
    "    read_only: 3\n": ("5:16", "backends.s.read_only: must be", ""),
    "    tags: canary\n": ("5:11", "backends.s.tags: must be", ""),
}


@pytest.mark.parametrize("lines", REFUSED)
def test_an_option_the_plugin_refuses_is_refused_where_it_stands(project: Project, lines: str) -> None:
    place, message, hint = REFUSED[lines]
    refusal = project.refused(SHELF + lines)
    assert refusal.place == f"orqo-vault.yaml:{place}"
    assert refusal.message.startswith(message)
    assert hint in refusal.hint
    assert "canary" not in str(refusal.error) + refusal.hint


def test_a_missing_option_is_named(project: Project) -> None:
    refusal = project.refused("backends:\n  s: {type: shelf}\n")
    assert (refusal.place, refusal.message) == ("orqo-vault.yaml:2:3", "backends.s.folder: is missing")


def test_a_plugin_that_quotes_what_it_was_given_is_not_repeated(project: Project) -> None:
    refusal = project.refused("backends: {s: {type: shelf, folder: quoted-by-the-plugin}}\n")
    assert refusal.message == "backends.s: is not valid"


def test_a_bug_in_a_plugin_is_a_warning_until_the_backend_is_used(project: Project) -> None:
    settings = project.load("backends: {s: {type: shelf, folder: bug}}\n")
    assert settings.backends["s"].class_path is None
    assert "RuntimeError in the plugin's own code" in settings.warnings[0]
    with pytest.raises(PluginError, match="RuntimeError"):
        backend_settings(settings.backends["s"], backend_class("shelf"), {})


def test_an_option_with_a_variable_is_judged_at_use(project: Project) -> None:
    declaration = project.load("backends: {s: {type: shelf, folder: a, size: '${SIZE:-3}'}}\n").backends["s"]
    assert declaration.options == {"folder": "a", "size": "${SIZE:-3}"}
    assert declaration.class_path is None
    cls = backend_class("shelf")
    assert backend_settings(declaration, cls, {}).size == 3
    assert backend_settings(declaration, cls, {"SIZE": "5"}).size == 5
    with pytest.raises(SettingsError, match=r"^backends\.s\.size: must be a whole number") as caught:
        backend_settings(declaration, cls, {"SIZE": "canary"})
    assert "canary" not in str(caught.value)


def test_beside_a_variable_the_other_keys_are_judged_at_once(project: Project) -> None:
    line = "backends: {s: {type: shelf, folder: '${F}', %s}}\n"
    assert project.refused(line % "sise: 1").message == "backends.s.sise: unknown key"
    assert project.refused(line % "size: x").message.startswith("backends.s.size: must be")
    assert project.load(line % "size: -1").backends["s"].class_path is None


def test_a_dollar_that_stands_for_itself_is_one_dollar_at_use(project: Project) -> None:
    declaration = project.load("backends: {s: {type: shelf, folder: a$$b}}\n").backends["s"]
    assert backend_settings(declaration, backend_class("shelf"), {}).folder == "a$b"


def test_options_that_need_converting_are_validated_at_use(project: Project) -> None:
    declaration = declared(project, "    tags: [a, b]\n")
    assert declaration.class_path is None
    assert backend_settings(declaration, backend_class("shelf"), {}).tags == ("a", "b")


def test_a_place_is_validated_by_the_backends_reference(project: Project) -> None:
    text = SHELF + API
    assert project.load(text % "at: {path: a, version: 3}").credentials["api"].at == {"path": "a", "version": 3}
    refusal = project.refused(text % "at: {path: a, vresion: 3}")
    assert (refusal.place, refusal.message) == ("orqo-vault.yaml:5:92", "credentials.api.at.vresion: unknown key")
    assert "did you mean 'version'?" in refusal.hint
    assert project.refused(text % "at: {version: 3}").message == "credentials.api.at.path: is missing"
    assert project.refused(text % "path: a/../b").message.startswith("credentials.api: path must not")
    assert project.refused(text % "at: {path: 7}").message.startswith("credentials.api.at.path: must be")


def test_a_reference_that_needs_converting_makes_its_backend_validate_at_use(project: Project) -> None:
    settings = project.load(SHELF + API % "at: {path: a, version: '3'}")
    declaration, at = settings.backends["s"], settings.credentials["api"].at
    assert declaration.class_path is None
    reference = backend_reference(declaration, backend_class("shelf"), at, "credential 'api'")
    assert (reference.path, reference.version) == ("a", 3)


def test_a_place_given_by_hand_is_validated_at_use(project: Project) -> None:
    cls = backend_class("shelf")
    assert backend_reference(declared(project), cls, {"path": "a"}, "credential 'x'") == cls.Reference(path="a")
    with pytest.raises(SettingsError, match=r"^credential 'x'\.vresion: unknown key$"):
        backend_reference(declared(project), cls, {"path": "a", "vresion": 3}, "credential 'x'")


def test_what_a_newer_plugin_no_longer_takes_is_validated_again(project: Project) -> None:
    stale = BackendDeclaration("s", "shelf", {"folder": "a", "gone": 1}, "shelf_plugin:Shelf")
    with pytest.raises(SettingsError, match=r"^backends\.s\.gone: unknown key$"):
        backend_settings(stale, backend_class("shelf"), {})


def test_a_backend_that_is_not_installed_is_no_error(project: Project) -> None:
    settings = project.load("backends: {s: {type: elsewhere, any: [1, {thing: x}]}}\n" + API % "at: {any: thing}")
    assert settings.backends["s"] == BackendDeclaration(
        "s", "elsewhere", {"any": [1, {"thing": "x"}]}, logins_known=False
    )
    assert settings.credentials["api"].at == {"any": "thing"}
    assert settings.warnings == ()


def test_a_near_miss_of_an_installed_type_is_warned_about(project: Project) -> None:
    (warning,) = project.load("backends:\n  s: {type: shelv}\n").warnings
    assert warning.startswith(f"{project.base}:2:13: backends.s.type: ")
    assert "did you mean 'shelf'?" in warning


@pytest.mark.parametrize("source", ["raise ImportError('x')", "nothing = 1"])
def test_a_broken_plugin_is_warned_about(project: Project, installed_backend: Path, source: str) -> None:
    install(installed_backend, "broken", "broken_plugin", source)
    installed.cache_clear()
    settings = project.load("backends: {s: {type: broken}}\n")
    assert settings.backends["s"].class_path is None
    assert "backend type 'broken'" in settings.warnings[0]


def test_making_a_validated_backend_imports_no_pydantic(project: Project, installed_backend: Path) -> None:
    settings = project.load(SHELF + API % "at: {path: a, version: 3}")
    program = f"""
import sys
from orqo_vault.settings.backend_options import backend_reference, backend_settings
from orqo_vault.settings.model import BackendDeclaration
from shelf_plugin import Shelf
declaration = BackendDeclaration('s', 'shelf', {settings.backends["s"].options!r}, 'shelf_plugin:Shelf')
print(backend_settings(declaration, Shelf, {{}}).folder)
print(backend_reference(declaration, Shelf, {settings.credentials["api"].at!r}, 'x').version)
print('pydantic' in sys.modules, 'yaml' in sys.modules)
"""
    environ = {**os.environ, "PYTHONPATH": str(installed_backend)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environ, check=True)
    assert done.stdout.split() == ["books", "3", "False", "False"]
