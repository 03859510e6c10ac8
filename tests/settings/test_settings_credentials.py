"""What a declaration becomes: places, ownership, values, variables, and the policy of the other keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from orqo_vault.credential import Category, Credential, Mode
from orqo_vault.settings.model import Run, Settings
from tests.settings.project import LOCAL, Project, with_api

MAIL = "credentials: {mail: {name: M, key: SMTP, category: communication, type: email_smtp, %s}}\n"


@pytest.fixture
def api(project: Project) -> object:
    """Return a function: lines of an entry → the credential."""

    def load(lines: str = "") -> Credential:
        return project.load(with_api(lines)).credentials["api"]

    return load


def mail(project: Project, more: str) -> Settings:
    return project.load(LOCAL + MAIL % more)


def test_the_least_that_a_credential_says(api) -> None:
    assert api() == Credential(
        id="api",
        name="API",
        key="API_TOKEN",
        category=Category.RUNTIME,
        type="api_token",
        backend="local",
        at={"path": "api"},
        referenced=False,
    )


def test_every_other_key(api) -> None:
    credential = api(
        "mode: own\nprovider: openai\ndescription: |\n  two\n  lines\noptional: true\nenabled: false\n"
        "expires_at: 2027-01-31T12:00:00+02:00\nfields: {token: theirs}\nenv: {primary: [A, B]}\n"
        "deliver: {token: file}\nencoding: {token: base64}"
    )
    assert (credential.mode, credential.provider) == (Mode.OWN, "openai")
    assert credential.description == "two\nlines\n"
    assert (credential.optional, credential.enabled) == (True, False)
    assert credential.expires_at == datetime(2027, 1, 31, 12, tzinfo=timezone(timedelta(hours=2)))
    assert credential.fields == {"token": "theirs"}
    assert credential.env == {"primary": ("A", "B")}
    assert (credential.deliver, credential.encoding) == ({"token": "file"}, {"token": "base64"})


@pytest.mark.parametrize("stamp", ["2027-01-31T00:00:00Z", '"2027-01-31T00:00:00Z"', "'2027-01-31 00:00:00+00:00'"])
def test_an_expiry_is_text_quoted_or_not(api, stamp: str) -> None:
    assert api(f"expires_at: {stamp}").expires_at == datetime(2027, 1, 31, tzinfo=UTC)


def test_without_a_place_the_secret_is_ours_and_its_path_is_the_id(api) -> None:
    assert (api().at, api().referenced) == ({"path": "api"}, False)


@pytest.mark.parametrize("place", ["path: team/api", "at: {path: team/api}"])
def test_with_a_place_the_secret_is_referenced(api, place: str) -> None:
    assert (api(place).at, api(place).referenced) == ({"path": "team/api"}, True)


def test_a_place_that_is_named_is_referenced_even_where_it_is_the_default(api) -> None:
    assert api("path: api").referenced is True


def test_a_place_may_hold_what_only_its_backend_knows(api) -> None:
    assert api("at: {path: a, version: 3, stage: old}").at == {"path": "a", "version": 3, "stage": "old"}


def test_the_backend_is_its_own_or_the_default_or_the_only_one(project: Project) -> None:
    two = "backends: {a: {type: nowhere}, b: {type: nowhere}}\n"
    entry = "credentials: {x: {name: X, key: X, category: runtime, type: api_token%s}}\n"
    assert project.load(LOCAL + entry % "").credentials["x"].backend == "local"
    assert project.load(two + "default_backend: b\n" + entry % "").credentials["x"].backend == "b"
    assert project.load(two + "default_backend: b\n" + entry % ", backend: a").credentials["x"].backend == "a"


def test_the_only_backend_is_the_default_for_everybody_who_asks(project: Project) -> None:
    assert project.load(LOCAL).default_backend == "local"
    assert project.load("backends: {a: {type: n}, b: {type: n}}\n").default_backend is None


def test_a_platform_key_needs_no_backend(project: Project) -> None:
    text = with_api("mode: platform\nprovider: openai").replace(LOCAL, "")
    settings = project.load(text)
    credential = settings.credentials["api"]
    assert (credential.mode, credential.backend, dict(credential.at)) == (Mode.PLATFORM, None, {})
    assert credential.referenced is False
    assert [field.required for field in settings.contracts["api"]] == [False]


@pytest.mark.parametrize("written", ["007", "1.10", "0x1F", "+5", "1e3", "True", "false", "plain"])
def test_a_value_is_text_as_it_is_written(project: Project, written: str) -> None:
    settings = mail(project, f"values: {{username: {written}, port: 587}}")
    assert settings.credentials["mail"].values == {"username": written, "port": "587"}


def test_a_null_value_is_refused_rather_than_guessed(project: Project) -> None:
    assert (
        project.refused(LOCAL + MAIL % "values: {username: }").message == "credentials.mail.values.username: is missing"
    )


def test_a_value_with_a_variable_in_it_is_warned_about(project: Project) -> None:
    settings = mail(project, "values: {username: '${USER}'}")
    assert settings.credentials["mail"].values == {"username": "${USER}"}
    (warning,) = settings.warnings
    assert warning.startswith(f"{project.base}:2:104: credentials.mail.values.username: ")


def test_a_field_becomes_the_variables_of_the_contract(project: Project) -> None:
    settings = mail(project, "env: {username: [SMTP_USER, SMTP_LOGIN], host: null, port: P, primary: }")
    variables = {field.name: field.variables for field in settings.contracts["mail"]}
    assert variables == {
        "host": (),
        "port": ("P",),
        "username": ("SMTP_USER", "SMTP_LOGIN"),
        "password": ("SMTP_PASSWORD",),
        "security": ("SMTP_SECURITY",),
    }


def test_custom_lists_its_fields_with_or_without_their_names_in_the_backend(project: Project) -> None:
    text = LOCAL + "credentials: {crm: {name: C, key: CRM, category: custom, type: custom, fields: %s}}\n"
    listed = project.load(text % "[tenant, api_key]").credentials["crm"]
    named = project.load(text % "{tenant: org, api_key: k}").credentials["crm"]
    assert (listed.custom_fields, listed.fields) == (("tenant", "api_key"), {})
    assert (named.custom_fields, named.fields) == (("tenant", "api_key"), {"tenant": "org", "api_key": "k"})


@pytest.mark.parametrize(("key", "word"), [("deliver", "file"), ("deliver", "memfd"), ("encoding", "base64")])
def test_one_word_is_for_the_primary_secret(project: Project, key: str, word: str) -> None:
    assert getattr(mail(project, f"{key}: {word}").credentials["mail"], key) == {"password": word}


def test_delivery_reaches_the_contract(project: Project) -> None:
    said = "{as: file, name: pass.txt, path: ~/pass, variable: PASS}"
    settings = mail(project, f"deliver: {{host: memfd, password: {said}}}")
    fields = {field.name: field for field in settings.contracts["mail"]}
    assert (fields["host"].deliver, fields["host"].variables) == ("memfd", ("SMTP_HOST_FILE",))
    password = fields["password"]
    assert (password.deliver, password.variables) == ("file", ("PASS",))
    assert (password.file_name, password.link) == ("pass.txt", "~/pass")


def test_a_dangerous_name_is_accepted_when_a_run_allows_it(project: Project) -> None:
    text = (
        with_api("env: {token: GIT_SSH_COMMAND}")
        + "runs: {r: {allow_variables: [GIT_SSH_COMMAND], credentials: [api]}}\n"
    )
    assert project.load(text).contracts["api"][0].variables == ("GIT_SSH_COMMAND",)


def test_a_key_that_ends_in_its_own_suffix_is_warned_about(project: Project) -> None:
    settings = project.load(LOCAL + (MAIL % "path: a").replace("key: SMTP,", "key: SMTP_HOST,"))
    (warning,) = settings.warnings
    assert warning.startswith(f"{project.base}:2:36: credentials.mail.key: ")
    assert "SMTP_HOST_HOST" in warning


def test_a_run_has_its_defaults(project: Project) -> None:
    assert project.load("runs: {r: {}}\n").runs == {"r": Run(name="r")}


def test_a_run_says_everything(project: Project) -> None:
    text = (
        "runs:\n  r:\n    credentials: [api, api]\n    llm: [fast]\n    allow_variables: [LD_PRELOAD]\n"
        "    inherit: [PATH, LC_*]\n    on_conflict: keep\n    mask: always\n    budget: 2.50\n"
        "    on_lease_end: signal\n"
        "llm: {fast: {model: 'openai:gpt-4o', credential: api}}\n"
    )
    settings = project.load(with_api().replace("runtime", "llm_provider") + text)
    assert settings.runs["r"] == Run(
        name="r",
        credentials=("api", "api"),
        llm=("fast",),
        allow_variables=("LD_PRELOAD",),
        inherit=("PATH", "LC_*"),
        on_conflict="keep",
        mask="always",
        budget="2.50",
        on_lease_end="signal",
    )
    assert settings.llm["fast"].credential == "api"


@pytest.mark.parametrize(
    ("written", "budget"), [("2", "2"), ("'2.5'", "2.5"), ("0.000001", "0.000001"), ("007", "007")]
)
def test_a_budget_is_kept_as_it_is_written(project: Project, written: str, budget: str) -> None:
    assert project.load(f"runs: {{r: {{budget: {written}}}}}\n").runs["r"].budget == budget
