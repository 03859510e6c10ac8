"""What was validated once is kept for the next run: equal, made again after any change, and trusted only if ours."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orqo_vault.credential import BoundField, Category, Credential, Mode
from orqo_vault.llm import LLMConfig
from orqo_vault.settings import compiled
from orqo_vault.settings.compiled_form import DecodedOnUse, decode, encode
from orqo_vault.settings.model import BackendDeclaration, Run, Settings
from orqo_vault.state import project_state
from tests.settings.project import LOCAL, Project, with_api

TEXT = (
    with_api("values: {}\nx-note: {a: [1, 2.5, null, true]}\nexpires_at: 2027-01-31T00:00:00Z\nenv: {token: [A, B]}")
    + "runs: {default: {credentials: [api], inherit: [PATH], budget: 2.5}}\n"
)

FULL = Settings(
    base_dir=Path("/p"),
    files=(Path("/p/orqo-vault.yaml"), Path("/p/orqo-vault.local.yaml")),
    profile="prod",
    organization="acme — Ünïcode",
    default_backend="b",
    backends={"b": BackendDeclaration("b", "t", {"a": [1, {"c": "${D}"}]}, "module:Class", ("X", "Y_*"), False)},
    credentials={
        "full": Credential(
            id="full",
            name='tab\tquote"',
            key="K",
            category=Category.SSH_KEY,
            type="custom",
            mode=Mode.PLATFORM,
            provider="p",
            description="line\nline",
            optional=True,
            enabled=False,
            expires_at=datetime(2027, 1, 31, tzinfo=UTC),
            backend="b",
            at={"path": "a", "version": 3},
            referenced=True,
            kept_in="b",
            kept_at={"path": "kept"},
            fields={"a": "b"},
            custom_fields=("a", "b"),
            values={"c": "d"},
            env={"a": ("X", "Y"), "b": ()},
            deliver={"a": "file"},
            files={"a": {"name": "f", "path": "~/f", "variable": "F"}},
            encoding={"a": "base64"},
            test={"url": "https://u", "headers": {"H": "a"}},
            extensions={"x-a": [1, {"b": None}]},
        ),
        "least": Credential(id="least", name="L", key="L", category=Category.RUNTIME, type="api_token"),
    },
    contracts={
        "full": (
            BoundField(
                name="a",
                stored_as="b",
                secret=True,
                required=True,
                default="d",
                variables=("X", "Y"),
                deliver="file",
                file_name="f",
                link="~/f",
            ),
            BoundField(name="b", stored_as="b", secret=False, required=False, default=None, variables=()),
        ),
        "least": (),
    },
    llm={"fast": LLMConfig("fast", "m", "full")},
    runs={
        "r": Run(
            name="r", credentials=("full",), llm=("fast",), allow_variables=("A",), inherit=("P", "Q_*"), budget="2"
        ),
        "none": Run(
            name="none", inherit="none", on_conflict="keep", mask="never", on_lease_end="terminate", allow_disk=True
        ),
    },
    warnings=("one", "two"),
)


def kept(project: Project) -> list[Path]:
    return sorted((project_state(os.environ, project.folder) / "compiled").iterdir())


def test_every_attribute_survives() -> None:
    assert decode(encode(FULL, "key"), "key") == FULL


def test_the_example_above_leaves_no_attribute_at_its_default() -> None:
    ours = (FULL, FULL.credentials["full"], FULL.contracts["full"][0], FULL.backends["b"])
    for declared in ours:
        for field in dataclasses.fields(declared):
            default = field.default_factory() if callable(field.default_factory) else field.default
            assert getattr(declared, field.name) != default, field.name


def test_a_second_load_decodes_what_the_first_one_kept(project: Project) -> None:
    first = project.load(TEXT)
    (file,) = kept(project)
    before = file.stat()
    second = project.load()
    assert second == first
    assert isinstance(second.credentials, DecodedOnUse)
    assert file.stat() == before


def test_a_credential_is_decoded_when_it_is_asked_for_and_once() -> None:
    again = decode(encode(FULL, "key"), "key")
    assert again is not None
    assert list(again.credentials) == ["full", "least"]
    assert len(again.credentials) == 2
    assert "least" in again.credentials
    assert again.credentials["least"] is again.credentials["least"]
    for absent in ("ful", "ull", "full\t", "", "\n", 3):
        assert absent not in again.credentials
    with pytest.raises(KeyError):
        again.credentials["ful"]


def test_many_credentials_can_be_walked_in_the_order_of_the_file(project: Project) -> None:
    entries = "".join(f"  c{n}: {{name: N, key: K{n}, category: runtime, type: api_token}}\n" for n in range(300))
    first = project.load(f"{LOCAL}credentials:\n{entries}")
    second = project.load()
    assert list(second.credentials) == [f"c{n}" for n in range(300)]
    assert {id: second.credentials[id] for id in reversed(list(second.credentials))} == first.credentials
    with pytest.raises(KeyError):
        second.credentials["c300"]


Change = Callable[[Project, pytest.MonkeyPatch], None]


def _profile(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("", "prod")
    monkeypatch.setenv("ORQO_VAULT_PROFILE", "prod")


def _install(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    site = project.folder / "site"
    (site / "plugin-1.0.dist-info").mkdir()


CHANGES: dict[str, Change] = {
    "one byte": lambda project, _: project.base.write_text(TEXT + " ") and None,
    "a local layer": lambda project, _: project.write("", "local") and None,
    "a profile": _profile,
    "our version": lambda _, monkeypatch: monkeypatch.setattr(compiled, "__version__", "9.9"),
    "an installation": _install,
    "another folder to import from": lambda _, monkeypatch: monkeypatch.syspath_prepend("/nowhere"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_what_went_in_makes_it_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    (project.folder / "site").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(project.folder / "site")])
    project.load(TEXT)
    CHANGES[change](project, monkeypatch)
    settings = project.load()
    assert not isinstance(settings.credentials, DecodedOnUse)
    assert len(kept(project)) == 2


def test_an_engine_may_write_beside_its_program_without_losing_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = project.folder / "program"
    program.mkdir()
    monkeypatch.setattr(sys, "path", [str(program), *sys.path])
    project.load(TEXT)
    (program / "output.log").write_text("x")
    assert isinstance(project.load().credentials, DecodedOnUse)
    (program / "plugin-1.0.dist-info").mkdir()
    assert not isinstance(project.load().credentials, DecodedOnUse)


def test_code_that_is_edited_in_place_makes_it_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = project.folder / "orqo_vault_edited.py"
    plugin.write_text("")
    monkeypatch.syspath_prepend(str(project.folder))
    monkeypatch.setitem(sys.modules, "orqo_vault.edited", type(sys)("orqo_vault.edited"))
    sys.modules["orqo_vault.edited"].__file__ = str(plugin)
    project.load(TEXT)
    assert isinstance(project.load().credentials, DecodedOnUse)
    os.utime(plugin, ns=(1, 1))
    assert not isinstance(project.load().credentials, DecodedOnUse)


def _symlink(file: Path) -> None:
    file.rename(file.with_suffix(".moved"))
    file.symlink_to(file.with_suffix(".moved"))


def _fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _forge(file: Path) -> None:
    head, _, body = file.read_bytes().partition(b"\n")
    file.write_bytes(head + b"\n" + body.replace(b'"path":"api"', b'"path":"xxx"'))


def _other_key(file: Path) -> None:
    said = json.loads(file.read_bytes().partition(b"\n")[0])
    file.write_bytes(file.read_bytes().replace(said["key"].encode(), b"0" * 64))


PLANTED: dict[str, Callable[[Path], object]] = {
    "writable by the group": lambda file: file.chmod(0o620),
    "writable by everybody": lambda file: file.chmod(0o602),
    "a symbolic link": _symlink,
    "a pipe": _fifo,
    "a folder": _folder,
    "unreadable bytes": lambda file: file.write_bytes(b"\xff\x00\n\t\n"),
    "nothing": lambda file: file.write_bytes(b""),
    "a number": lambda file: file.write_bytes(b"7"),
    "half of it": lambda file: file.write_bytes(file.read_bytes()[:-20]),
    "other JSON": lambda file: file.write_bytes(b'{"key": 1}'),
    "too deep JSON": lambda file: file.write_bytes(b"[" * 100_000),
    "a changed path": _forge,
    "the one of another key": _other_key,
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_or_damaged_file_is_ignored_and_the_settings_read_again(project: Project, kind: str) -> None:
    first = project.load(TEXT)
    (file,) = kept(project)
    PLANTED[kind](file)
    second = project.load()
    assert not isinstance(second.credentials, DecodedOnUse)
    assert second == first


def test_a_file_of_another_user_is_ignored(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.load(TEXT)
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert not isinstance(project.load().credentials, DecodedOnUse)


def test_it_is_private_and_holds_names_only(project: Project) -> None:
    project.load(TEXT)
    (file,) = kept(project)
    assert file.stat().st_mode & 0o777 == 0o600
    for folder in (file.parent, file.parent.parent, file.parent.parent.parent):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not project.refused(with_api("values: {token: canary}")).hint.count("canary")
    assert all(b"canary" not in each.read_bytes() for each in kept(project))


def test_settings_that_are_refused_are_not_kept(project: Project) -> None:
    project.refused("nonsense: 1\n")
    assert not (project_state(os.environ, project.folder) / "compiled").exists()


def test_settings_of_an_editor_are_not_kept(project: Project) -> None:
    project.write(TEXT)
    project.load(replaced={project.base: TEXT.encode()})
    assert not (project_state(os.environ, project.folder) / "compiled").exists()


def test_only_the_newest_are_kept(project: Project) -> None:
    for number in range(compiled.KEPT + 4):
        project.load(TEXT + f"organization: o{number}\n")
    assert len(kept(project)) == compiled.KEPT
    assert isinstance(project.load().credentials, DecodedOnUse)


def test_a_state_folder_that_cannot_be_written_costs_time_and_nothing_else(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    assert project.load(TEXT) == project.load()
    monkeypatch.setenv("XDG_STATE_HOME", str(project.folder / "full"))
    monkeypatch.setattr(os, "replace", _no_space)
    assert project.load(TEXT) == project.load()
    assert list((project.folder / "full").rglob("*.json")) == []
    assert list((project.folder / "full").rglob(".tmp-*")) == []


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")
