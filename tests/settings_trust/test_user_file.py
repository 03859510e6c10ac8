"""The user's own file says what no project may say; without one, nothing heavy is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import orqo_vault
from orqo_vault.errors import SettingsError
from orqo_vault.settings.user import UserConfig, load_user_config

HEAVY = ("yaml", "pydantic", "ruamel.yaml", "importlib.metadata", "pluggy", "logging", "tempfile", "asyncio")


@pytest.fixture
def file(home: Path) -> Path:
    path = home / "config" / "orqo-vault" / "config.yaml"
    path.parent.mkdir(parents=True)
    return path


def test_without_a_file_a_rollback_is_refused_and_no_host_is_allowed(home: Path) -> None:
    assert load_user_config(os.environ) == UserConfig(rollback="refuse", allowed_hosts=frozenset())


def test_the_file_decides(file: Path) -> None:
    file.write_text("rollback: warn\nallowed_hosts: [vault.corp.example, '127.0.0.1:8200', '[::1]:8200']\n")

    config = load_user_config(os.environ)

    assert config.rollback == "warn"
    assert config.allowed_hosts == {"vault.corp.example", "127.0.0.1:8200", "[::1]:8200"}


def test_an_empty_file_is_the_defaults(file: Path) -> None:
    file.write_text("# nothing yet\n")

    assert load_user_config(os.environ) == UserConfig()


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("rollback: never\n", "1:11", "rollback: must be refuse or warn"),
        ("rolback: warn\n", "1:1", "rolback: unknown key"),
        ("allowed_hosts: vault.example\n", "1:16", "allowed_hosts: must be a list"),
        ("allowed_hosts: [a.example, 'https://b.example']\n", "1:28", "must be a host name"),
        ("allowed_hosts: ['*.example']\n", "1:17", "must be a host name"),
        ("allowed_hosts: [a/b]\n", "1:17", "must be a host name"),
        ("allowed_hosts: [Vault.example]\n", "1:17", "must be a host name"),
        ("rollback: [\n", "2:1", "not valid YAML"),
        ("- rollback\n", "1:1", "the file must be a mapping"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(file: Path, text: str, place: str, said: str) -> None:
    file.write_text(text)

    with pytest.raises(SettingsError, match=said) as caught:
        load_user_config(os.environ)

    assert str(caught.value).startswith(f"{file}:{place}: ")


def test_a_file_that_others_may_write_decides_nothing(file: Path) -> None:
    file.write_text("rollback: warn\n")
    file.chmod(0o666)

    with pytest.raises(SettingsError, match="other users may change it"):
        load_user_config(os.environ)


def test_looking_for_a_file_that_is_not_there_imports_nothing_heavy(home: Path) -> None:
    code = (
        "import sys, os\n"
        "from orqo_vault.settings.user import load_user_config\n"
        "from orqo_vault.settings import operator\n"
        "load_user_config(os.environ)\n"
        "operator.DEFAULT_PATH = operator.Path(os.environ['HOME']) / 'operator.yaml'\n"
        "operator.load_operator()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    # -S keeps the .pth files of the test machine, which import what they like, out of the measurement.
    source = {"PYTHONPATH": str(Path(orqo_vault.__file__).parent.parent)}
    command = [sys.executable, "-S", "-c", code]
    said = subprocess.run(command, env={**os.environ, **source}, capture_output=True, text=True, check=True)

    assert said.stdout == "[]\n"
