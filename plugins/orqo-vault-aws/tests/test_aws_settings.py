"""What may stand in the settings file, and that nothing heavy is imported to know it."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from typing import Any

import pytest
from orqo_vault_aws.backend import AwsBackend
from orqo_vault_aws.reference import AwsReference
from orqo_vault_aws.settings import AwsSettings
from pydantic import TypeAdapter, ValidationError

from orqo_vault.plugins import backend_class

WRITTEN: dict[str, Any] = {
    "region": "eu-central-1",
    "prefix": "orqo/production/",
    "assume_role": [
        {"role_arn": "arn:aws:iam::111111111111:role/hub", "external_id": "e-1"},
        {"role_arn": "arn:aws:iam::222222222222:role/reader", "session_name": "nightly", "duration_seconds": 900},
    ],
    "web_identity": {"role_arn": "arn:aws:iam::111111111111:role/ci", "token_file": "/run/token"},
    "tags": {"team": "mail"},
    "replica_regions": ["eu-west-1"],
    "recovery_window_days": 7,
}


def test_options_as_yaml_gives_them_are_the_validated_settings() -> None:
    """Then a run rebuilds them without pydantic."""
    assert AwsSettings(**WRITTEN) == TypeAdapter(AwsSettings).validate_python(WRITTEN)


@pytest.mark.parametrize(
    "options",
    [
        {"endpoint_url": "secretsmanager.example"},
        {"endpoint_url": "ftp://example.com"},
        {"endpoint_url": "https://user:canary@example.com"},
        {"prefix": "a b"},
        {"prefix": "*"},
        {"recovery_window_days": 6},
        {"recovery_window_days": 31},
        {"assume_role": [{"role_arn": "arn", "canary": "x"}]},
        {"web_identity": {"role_arn": "arn"}},
        {"access_key": "canary"},
    ],
)
def test_wrong_settings_are_refused_without_quoting_them(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(AwsSettings).validate_python(options)

    assert "canary" not in repr([error["msg"] for error in caught.value.errors(include_input=False)])


@pytest.mark.parametrize(
    "path",
    [
        "openai",
        "/leading/slash",
        "a/b_c+d=e.f@g-h",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/mail-AbCdEf",
        "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:x",
    ],
)
def test_names_and_arns_are_paths(path: str) -> None:
    assert AwsReference(path=path).path == path


@pytest.mark.parametrize(
    "reference",
    [
        {"path": ""},
        {"path": "a b"},
        {"path": "a*"},
        {"path": "ä"},
        {"path": "x" * 513},
        {"path": "arn:aws:s3:::bucket"},
        {"path": "arn:aws:secretsmanager:eu-central-1:1:secret:x"},
        {"path": "a", "version_id": "short"},
        {"path": "a", "version_stage": "with space"},
    ],
)
def test_what_cannot_be_a_secret_is_no_reference(reference: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must be"):
        AwsReference(**reference)  # type: ignore[arg-type]  # only strings


def test_a_reference_shows_its_pin() -> None:
    assert str(AwsReference(path="mail", version_stage="AWSPREVIOUS")) == "mail@AWSPREVIOUS"


def test_the_type_is_found_by_its_name() -> None:
    assert backend_class("aws-secrets-manager") is AwsBackend


def test_no_child_inherits_what_we_log_in_with() -> None:
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} <= AwsBackend.bootstrap_variables
    assert {"AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"} <= AwsBackend.bootstrap_variables
    assert "AWS_REGION" not in AwsBackend.bootstrap_variables


def test_every_variable_that_the_sdk_finds_a_login_with_is_among_them() -> None:
    """A later SDK may know another one: then this says so."""
    from botocore import credentials

    named = set(re.findall(r"[\"'](AWS_[A-Z_]+)[\"']", inspect.getsource(credentials)))
    assert named - AwsBackend.bootstrap_variables == {"AWS_ACCOUNT_ID"}  # a number, and no login


def test_making_a_backend_imports_no_sdk_and_no_validation() -> None:
    program = (
        "import sys, pathlib\n"
        "from orqo_vault.backend import BackendContext\n"
        "from orqo_vault_aws.backend import AwsBackend, AwsReference, AwsSettings\n"
        "here = pathlib.Path('.')\n"
        "context = BackendContext(name='aws', base_dir=here, state_dir=here, config_dir=here)\n"
        "AwsBackend(AwsSettings(region='eu-central-1'), context).policy([AwsReference(path='mail')])\n"
        "heavy = {'boto3', 'botocore', 'urllib3', 'requests', 'pydantic', 'pluggy', 'click', 'asyncio', 'logging'}\n"
        "heavy |= {'ssl', 'socket', 'http.client', 'urllib.request', 'random', 'uuid', 'tempfile', 'email'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
