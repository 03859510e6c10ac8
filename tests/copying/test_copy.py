"""``orqo-vault copy``, between two encrypted stores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = """\
version: 1
default_backend: old
backends:
  old: {type: encrypted-file, path: old}
  new: {type: encrypted-file, path: new}
credentials:
  a: {name: A, key: A, category: custom, type: api_token}  # stays
  b: {name: B, key: B, category: custom, type: custom, fields: [x, y]}
  c: {name: C, key: C, category: custom, type: api_token, path: a}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "orqo-vault.yaml").write_text(SETTINGS)
    assert orqo_vault(tmp_path, "set", "a", stdin="value-a").returncode == 0
    assert orqo_vault(tmp_path, "set", "b", "x", stdin="value-x").returncode == 0
    return tmp_path


def orqo_vault(project: Path, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "orqo_vault", "-c", str(project / "orqo-vault.yaml"), *words],
        input=stdin,
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
    )


def outcomes(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {each["path"]: each["outcome"] for each in json.loads(done.stdout)["secrets"]}


def test_what_is_copied_is_there_and_still_here(project: Path) -> None:
    done = orqo_vault(project, "copy", "--from", "old", "--to", "new", "--json")
    assert outcomes(done) == {"a": "copied", "b": "copied"}
    (project / "orqo-vault.yaml").write_text(SETTINGS.replace("default_backend: old", "default_backend: new"))
    assert orqo_vault(project, "get", "b.x").stdout == "value-x"
    (project / "orqo-vault.yaml").write_text(SETTINGS)
    assert orqo_vault(project, "get", "b.x").stdout == "value-x"


def test_copying_again_finishes_what_was_interrupted(project: Path) -> None:
    orqo_vault(project, "copy", "--from", "old", "--to", "new", "--only", "b")
    done = orqo_vault(project, "copy", "--from", "old", "--to", "new", "--json")
    assert outcomes(done) == {"a": "copied", "b": "there already"}


def test_a_dry_run_writes_nothing(project: Path) -> None:
    done = orqo_vault(project, "copy", "--from", "old", "--to", "new", "--dry-run", "--json")
    assert outcomes(done) == {"a": "would be copied", "b": "would be copied"}
    assert not (project / "new" / "c").exists() or not list((project / "new" / "c").iterdir())


def test_a_different_secret_in_place_is_a_conflict_unless_overwritten(project: Path) -> None:
    orqo_vault(project, "copy", "--from", "old", "--to", "new")
    orqo_vault(project, "set", "a", stdin="changed")
    refused = orqo_vault(project, "copy", "--from", "old", "--to", "new")
    assert refused.returncode == 9
    assert "another secret is stored at a" in refused.stderr
    done = orqo_vault(project, "copy", "--from", "old", "--to", "new", "--overwrite", "--json")
    assert outcomes(done)["a"] == "copied"


def test_moving_switches_the_declarations_first_and_keeps_comments(project: Path) -> None:
    done = orqo_vault(project, "copy", "--from", "old", "--to", "new", "--delete-source", "--yes")
    assert done.returncode == 0, done.stderr
    assert "# stays" in (project / "orqo-vault.yaml").read_text()
    shown = json.loads(orqo_vault(project, "show", "a", "--json").stdout)
    assert "new" in json.dumps(shown)
    assert orqo_vault(project, "get", "a.token").stdout == "value-a"
    assert orqo_vault(project, "get", "c.token").stdout == "value-a"


def test_the_source_is_not_deleted_under_a_credential_that_stays(project: Path) -> None:
    refused = orqo_vault(project, "copy", "--from", "old", "--to", "new", "--only", "a", "--delete-source", "--yes")
    assert refused.returncode == 3
    assert "also the secret of c" in refused.stderr
    assert orqo_vault(project, "get", "a.token").stdout == "value-a"


def test_a_credential_without_a_secret_is_reported(project: Path) -> None:
    orqo_vault(project, "delete", "b", "--keep-secret", "--yes")
    orqo_vault(project, "add", "d", "--type", "api_token", "--category", "custom", "--key", "D", "--no-secret")
    done = orqo_vault(project, "copy", "--from", "old", "--to", "new", "--json")
    assert done.returncode == 3
    assert outcomes(done) == {"a": "copied", "d": "not stored"}


def test_no_value_is_printed(project: Path) -> None:
    done = orqo_vault(project, "copy", "--from", "old", "--to", "new", "--switch")
    assert "value-" not in done.stdout + done.stderr
