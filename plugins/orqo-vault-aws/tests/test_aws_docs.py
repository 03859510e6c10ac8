"""The page about this backend says what there is, and its example runs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from orqo_vault_aws import translation
from orqo_vault_aws.environment import LOGIN_VARIABLES
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings, Role, WebIdentity

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "aws-secrets-manager.md").read_text()


@pytest.mark.parametrize("declared", [AwsSettings, AwsReference, Role, WebIdentity])
def test_every_setting_is_on_the_page(declared: type) -> None:
    assert [field.name for field in fields(declared) if f"`{field.name}`" not in PAGE] == []


def test_every_variable_that_a_child_does_not_inherit_is_on_the_page() -> None:
    unusual = {"AWS_SECURITY_TOKEN", "AWS_BEARER_TOKEN_*"}  # old names and other services' logins: taken away only
    assert [name for name in sorted(LOGIN_VARIABLES - unusual) if f"`{name}`" not in PAGE] == []


def test_every_message_is_explained() -> None:
    kinds = [*translation.BY_CODE.values(), *(kind for _, kind in translation.BY_CLASS)]
    kinds += [translation.NO_ROLE, translation.CLOCK, translation.THROTTLED, translation.BUSY]

    assert sorted({what for _, what, _ in kinds if what not in PAGE}) == []


def test_the_example_runs() -> None:
    demo = ROOT / "examples" / "aws" / "demo.py"

    ran = subprocess.run([sys.executable, str(demo)], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "secret:acme/production/team/database-??????" in ran.stdout
    assert "DB_USERNAME: 6 characters" in ran.stdout
    assert "AWS_SECRET_ACCESS_KEY: not inherited" in ran.stdout
    assert "database: stored password in aws" in ran.stdout + ran.stderr
