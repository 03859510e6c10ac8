"""Completion: the scripts are made, and in bash they complete commands, options and the project's names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

DRIVER = """
eval "$(orqo-vault completion bash)"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_orqo_vault_completion orqo-vault
printf '%s\\n' "${COMPREPLY[@]}"
"""


def in_bash(cli: Cli, *words: str) -> set[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", DRIVER, "bash", "orqo-vault", *words],
        cwd=cli.folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    return set(done.stdout.decode().split())


@pytest.mark.parametrize(
    ("shell", "sign"), [("bash", "complete -o"), ("zsh", "#compdef orqo-vault"), ("fish", "complete ")]
)
def test_each_shell_has_its_script(cli: Cli, shell: str, sign: str) -> None:
    done = cli("completion", shell)
    assert done.status == 0
    assert sign in done.text
    assert "_ORQO_VAULT_COMPLETE" in done.text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("s",), {"set", "show", "store"}),
        (("llm", ""), {"list", "show", "test", "add", "enrol", "delete"}),
        (("list", "--p"), {"--plain"}),
        (("show", "o"), {"openai"}),
        (("get", "mail.p"), {"mail.port", "mail.password"}),
        (("run", "--only", "openai,m"), {"openai,mail"}),
        (("run", "--run", "n"), {"nightly"}),
        (("llm", "show", ""), {"default"}),
        (("backend", "check", "f"), {"frozen"}),
        (("add", "x", "--type", "ssh"), {"ssh_key"}),
        (("completion", ""), {"bash", "zsh", "fish"}),
    ],
)
def test_bash_completes(cli: Cli, words: tuple[str, ...], expected: set[str]) -> None:
    assert in_bash(cli, *words) == expected


def test_names_come_from_the_file_that_is_named(cli: Cli, project: Path) -> None:
    (project / "other.yaml").write_text(
        "version: 1\nbackends: {b: {type: encrypted-file, path: s}}\n"
        "credentials: {zebra: {name: Z, key: Z, category: custom, type: api_token}}\n"
    )
    assert in_bash(cli, "-c", "other.yaml", "show", "") == {"zebra"}


def test_a_broken_file_completes_nothing_and_says_nothing(cli: Cli, settings: Path) -> None:
    settings.write_text("{")
    assert in_bash(cli, "show", "") == set()
