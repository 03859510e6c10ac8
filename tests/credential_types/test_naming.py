"""Which variables a declaration becomes: every row of the table and every rule of ``env:``."""

from __future__ import annotations

import pytest

from orqo_vault.credential import BoundField, Category, Credential, Mode
from orqo_vault.credential_types import CredentialType, Field
from orqo_vault.credential_types.naming import bind, ends_in_own_suffix
from orqo_vault.errors import EnvironmentConflictError, InvalidFieldError
from orqo_vault.plugins import credential_type


def declared(type: str, key: str, **more: object) -> Credential:
    return Credential(id="x", name="x", key=key, category=Category.CUSTOM, type=type, **more)  # type: ignore[arg-type]  # test data


def bound(type: str, key: str, **more: object) -> dict[str, BoundField]:
    return {field.name: field for field in bind(declared(type, key, **more), credential_type(type))}


def variables(type: str, key: str, **more: object) -> dict[str, tuple[str, ...]]:
    return {name: field.variables for name, field in bound(type, key, **more).items()}


def test_api_token() -> None:
    assert variables("api_token", "OPENAI_API_KEY") == {"token": ("OPENAI_API_KEY",)}


def test_api_key_pair() -> None:
    assert variables("api_key_pair", "TWILIO_API") == {
        "key": ("TWILIO_API_KEY",),
        "secret": ("TWILIO_API", "TWILIO_API_SECRET"),
    }


def test_username_password() -> None:
    assert variables("username_password", "DOCKER") == {
        "username": ("DOCKER_USERNAME",),
        "password": ("DOCKER", "DOCKER_PASSWORD"),
    }


def test_email_smtp() -> None:
    assert variables("email_smtp", "SMTP") == {
        "host": ("SMTP_HOST",),
        "port": ("SMTP_PORT",),
        "username": ("SMTP_USERNAME",),
        "password": ("SMTP", "SMTP_PASSWORD"),
        "security": ("SMTP_SECURITY",),
    }


def test_oauth2() -> None:
    assert variables("oauth2", "GOOGLE") == {
        "client_id": ("GOOGLE_CLIENT_ID",),
        "client_secret": ("GOOGLE_CLIENT_SECRET",),
        "access_token": ("GOOGLE", "GOOGLE_ACCESS_TOKEN"),
        "refresh_token": ("GOOGLE_REFRESH_TOKEN",),
        "token_url": ("GOOGLE_TOKEN_URL",),
        "expires_at": ("GOOGLE_EXPIRES_AT",),
        "scope": ("GOOGLE_SCOPE",),
    }


def test_aws_ses_with_key_aws_gives_the_names_of_the_sdk() -> None:
    assert variables("aws_ses", "AWS") == {
        "access_key_id": ("AWS_ACCESS_KEY_ID",),
        "secret_access_key": ("AWS", "AWS_SECRET_ACCESS_KEY"),
        "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    }


def test_ssh_key() -> None:
    assert variables("ssh_key", "SSH_PRIVATE_KEY") == {
        "private_key": ("SSH_PRIVATE_KEY",),
        "passphrase": ("SSH_PRIVATE_KEY_PASSPHRASE",),
        "public_key": ("SSH_PRIVATE_KEY_PUBLIC",),
    }


def test_custom_names_its_fields_in_upper_case_and_has_no_primary() -> None:
    assert variables("custom", "CRM", custom_fields=("tenant", "api_key", "oauth-id", "x.y z", "größe")) == {
        "tenant": ("CRM_TENANT",),
        "api_key": ("CRM_API_KEY",),
        "oauth-id": ("CRM_OAUTH_ID",),
        "x.y z": ("CRM_X_Y_Z",),
        "größe": ("CRM_GR__E",),
    }


def test_the_only_field_of_a_custom_credential_is_its_primary_secret() -> None:
    assert variables("custom", "CRM", custom_fields=("value",)) == {"value": ("CRM", "CRM_VALUE")}
    assert variables("custom", "CRM", custom_fields=("value",), env={"primary": ()}) == {"value": ("CRM_VALUE",)}


def test_custom_fields_are_secret_and_required() -> None:
    fields = bound("custom", "CRM", custom_fields=("a", "b")).values()
    assert all(field.secret and field.required and field.default is None for field in fields)


def test_a_custom_credential_without_fields_is_refused() -> None:
    with pytest.raises(InvalidFieldError, match="'x' \\(custom\\) lists no fields"):
        variables("custom", "CRM")


@pytest.mark.parametrize(
    ("env", "password", "username"),
    [
        ({}, ("DB", "DB_PASSWORD"), ("DB_USERNAME",)),
        ({"primary": ()}, ("DB_PASSWORD",), ("DB_USERNAME",)),
        ({"primary": ("PGPASSWORD",)}, ("PGPASSWORD", "DB_PASSWORD"), ("DB_USERNAME",)),
        ({"primary": ("A", "B")}, ("A", "B", "DB_PASSWORD"), ("DB_USERNAME",)),
        ({"password": ("PGPASSWORD",)}, ("DB", "PGPASSWORD"), ("DB_USERNAME",)),
        ({"password": ()}, ("DB",), ("DB_USERNAME",)),
        ({"password": (), "primary": ()}, (), ("DB_USERNAME",)),
        ({"password": ("P",), "primary": ()}, ("P",), ("DB_USERNAME",)),
        ({"password": ("P",), "primary": ("Q",)}, ("Q", "P"), ("DB_USERNAME",)),
        ({"password": ("P",), "primary": ("P",)}, ("P",), ("DB_USERNAME",)),
        ({"password": ("DB",)}, ("DB",), ("DB_USERNAME",)),
        ({"username": ("PGUSER",)}, ("DB", "DB_PASSWORD"), ("PGUSER",)),
        ({"username": ("PGUSER", "DB_USER")}, ("DB", "DB_PASSWORD"), ("PGUSER", "DB_USER")),
        ({"username": ("PGUSER", "PGUSER")}, ("DB", "DB_PASSWORD"), ("PGUSER",)),
        ({"username": ()}, ("DB", "DB_PASSWORD"), ()),
        ({"username": ("DB",), "primary": ()}, ("DB_PASSWORD",), ("DB",)),
    ],
)
def test_env_renames_aliases_and_drops(
    env: dict[str, tuple[str, ...]], password: tuple[str, ...], username: tuple[str, ...]
) -> None:
    assert variables("username_password", "DB", env=env) == {"username": username, "password": password}


@pytest.mark.parametrize(
    ("env", "token"),
    [
        ({"primary": ()}, ()),
        ({"token": ()}, ()),
        ({"primary": ("A",)}, ("A",)),
        ({"token": ("A", "B")}, ("A", "B")),
        ({"token": ("A",), "primary": ("B",)}, ("B", "A")),
        ({"token": (), "primary": ("B",)}, ("B",)),
        ({"token": ("A",), "primary": ()}, ("A",)),
    ],
)
def test_a_field_without_suffix_is_the_key_itself(env: dict[str, tuple[str, ...]], token: tuple[str, ...]) -> None:
    assert variables("api_token", "K", env=env) == {"token": token}


def test_renaming_a_field_with_two_variables_replaces_both() -> None:
    assert variables("aws_ses", "SES", env={"region": ("AWS_REGION",)})["region"] == ("AWS_REGION",)


def test_fields_keep_their_own_name_in_the_backend_unless_the_file_maps_them() -> None:
    fields = bound("username_password", "DB", fields={"password": "pw"})
    assert {name: field.stored_as for name, field in fields.items()} == {"username": "username", "password": "pw"}


def test_delivery_is_kept_per_field() -> None:
    fields = bound("ssh_key", "K", deliver={"private_key": "agent"})
    assert [field.deliver for field in fields.values()] == ["agent", "env", "env"]


@pytest.mark.parametrize("deliver", ["file", "memfd"])
def test_every_variable_of_a_delivered_file_says_so(deliver: str) -> None:
    aliases = {"password": ("A", "B")}
    fields = bound("username_password", "DB", env=aliases, deliver={"password": deliver})
    assert fields["password"].variables == ("DB_FILE", "A_FILE", "B_FILE")
    assert fields["username"].variables == ("DB_USERNAME",)


def test_the_long_form_names_the_variable_the_file_and_the_path() -> None:
    said = {"name": "n", "path": "/p", "variable": "V"}
    token = bound("api_token", "K", deliver={"token": "file"}, files={"token": said})["token"]
    assert (token.variables, token.file_name, token.link) == (("V",), "n", "/p")


HOSTS = {"known_hosts": "host ssh-ed25519 AAAA"}


@pytest.mark.parametrize(
    ("deliver", "expected"),
    [
        ("env", {"private_key": ("K",), "passphrase": ("K_PASSPHRASE",), "known_hosts": ("K_KNOWN_HOSTS",)}),
        *(
            (
                way,
                {
                    "private_key": ("K_FILE",),
                    "passphrase": ("K_PASSPHRASE",),
                    "known_hosts": ("K_KNOWN_HOSTS_FILE",),
                },
            )
            for way in ("file", "memfd")
        ),
        ("agent", {"private_key": ("SSH_AUTH_SOCK",), "passphrase": (), "known_hosts": ("K_KNOWN_HOSTS_FILE",)}),
    ],
)
def test_what_goes_with_a_delivered_ssh_key(deliver: str, expected: dict[str, tuple[str, ...]]) -> None:
    found = variables("ssh_key", "K", deliver={"private_key": deliver}, values=HOSTS)
    assert found == {**expected, "public_key": ("K_PUBLIC",)}


def test_a_key_that_declares_no_known_hosts_has_no_variable_for_them() -> None:
    assert "known_hosts" not in variables("ssh_key", "K", deliver={"private_key": "agent"})


def test_the_settings_may_say_otherwise_of_what_goes_with_a_key() -> None:
    deliver = {"private_key": "agent", "known_hosts": "env"}
    found = variables("ssh_key", "K", deliver=deliver, values=HOSTS, env={"passphrase": ("P",)})
    assert (found["known_hosts"], found["passphrase"]) == (("K_KNOWN_HOSTS",), ("P",))


def test_what_is_required_secret_and_defaulted_comes_from_the_type() -> None:
    fields = bound("email_smtp", "SMTP")
    assert {name for name, field in fields.items() if field.required} == {"host"}
    assert {name for name, field in fields.items() if field.secret} == {"password"}
    assert {name: field.default for name, field in fields.items() if field.default} == {"port": "587"}


def test_a_field_that_is_handed_to_nobody_is_not_required_of_a_run() -> None:
    fields = bound("username_password", "DB", env={"username": ()})
    assert not fields["username"].required
    assert fields["password"].required
    agent = bound("ssh_key", "K", env={"private_key": ()}, deliver={"private_key": "agent"})
    assert agent["private_key"].required


def test_a_platform_key_requires_nothing_of_storage_and_has_its_variables_all_the_same() -> None:
    fields = bound("api_key_pair", "K", mode=Mode.PLATFORM)
    assert not any(field.required for field in fields.values())
    assert {name: field.variables for name, field in fields.items()} == variables("api_key_pair", "K")


@pytest.mark.parametrize("where", ["fields", "values", "env", "deliver", "encoding"])
def test_an_unknown_field_is_refused_with_the_nearest_one(where: str) -> None:
    value: object = ("A",) if where == "env" else "text"
    with pytest.raises(InvalidFieldError) as caught:
        bound("username_password", "DB", **{where: {"pasword": value}})
    assert str(caught.value) == "credential 'x' (username_password) has no field 'pasword'"
    assert caught.value.hint == "did you mean 'password'? fields: username, password"


def test_primary_is_a_word_of_env_alone() -> None:
    with pytest.raises(InvalidFieldError, match="has no field 'primary'"):
        bound("api_token", "K", env={"primary": ("A",)}, deliver={"primary": "file"})
    with pytest.raises(InvalidFieldError, match="may not be called 'primary'"):
        bound("custom", "K", custom_fields=("primary", "other"))
    with pytest.raises(InvalidFieldError, match="has no primary secret"):
        bound("custom", "K", custom_fields=("a", "b"), env={"primary": ("A",)})


def test_two_custom_fields_that_collapse_into_one_variable_are_refused() -> None:
    with pytest.raises(
        EnvironmentConflictError, match="'x': fields 'api-key' and 'api_key' would both set CRM_API_KEY"
    ):
        bound("custom", "CRM", custom_fields=("api-key", "api_key"))
    renamed = variables("custom", "CRM", custom_fields=("api-key", "api_key"), env={"api-key": ("CRM_OTHER",)})
    assert renamed == {"api-key": ("CRM_OTHER",), "api_key": ("CRM_API_KEY",)}


def test_a_field_listed_twice_is_refused() -> None:
    with pytest.raises(InvalidFieldError, match="field 'a' is listed twice"):
        bound("custom", "CRM", custom_fields=("a", "b", "a"))


def test_a_rename_onto_another_fields_variable_is_refused() -> None:
    with pytest.raises(EnvironmentConflictError, match=r"would both set SMTP$"):
        bound("email_smtp", "SMTP", env={"host": ("SMTP",)})


def test_two_fields_in_one_place_of_the_backend_are_refused() -> None:
    with pytest.raises(InvalidFieldError, match="'username' and 'password' are both kept as 'password'"):
        bound("username_password", "DB", fields={"username": "password"})
    swapped = bound("username_password", "DB", fields={"username": "password", "password": "username"})
    assert [field.stored_as for field in swapped.values()] == ["password", "username"]


@pytest.mark.parametrize(
    ("type", "key", "shorter"),
    [
        ("api_key_pair", "TWILIO_API_KEY", "TWILIO_API"),
        ("username_password", "DB_PASSWORD", "DB"),
        ("email_smtp", "SMTP_HOST", "SMTP"),
        ("aws_ses", "AWS_DEFAULT_REGION", "AWS"),
        ("ssh_key", "SSH_PASSPHRASE", "SSH"),
    ],
)
def test_a_key_that_ends_in_its_own_suffix_is_warned_about_with_the_shorter_one(
    type: str, key: str, shorter: str
) -> None:
    warning = ends_in_own_suffix(declared(type, key), credential_type(type))
    assert warning is not None
    assert f"key {key} already ends in {key.removeprefix(shorter)}" in warning
    assert f"with key: {shorter} the variable would be {key}" in warning


@pytest.mark.parametrize(
    ("type", "key"),
    [
        ("api_key_pair", "TWILIO_API"),
        ("api_token", "OPENAI_API_KEY"),
        ("username_password", "DB"),
        ("ssh_key", "SSH_PRIVATE_KEY"),
        ("api_key_pair", "_KEY"),
    ],
)
def test_other_keys_are_not_warned_about(type: str, key: str) -> None:
    assert ends_in_own_suffix(declared(type, key), credential_type(type)) is None


def test_a_suffix_that_env_replaces_is_not_warned_about() -> None:
    renamed = declared("api_key_pair", "TWILIO_API_KEY", env={"key": ("TWILIO_API_KEY",), "primary": ()})
    assert ends_in_own_suffix(renamed, credential_type("api_key_pair")) is None


def test_a_third_partys_type_follows_the_same_rules() -> None:
    class Database(CredentialType):
        name = "database"
        label = "Database"
        fields = (
            Field(name="url", label="URL", secret=True, required=True, suffixes=("", "_URL")),
            Field(name="user", label="User", suffixes=("_USER", "_USERNAME")),
        )
        primary = "url"

    def of(**env: tuple[str, ...]) -> list[tuple[str, ...]]:
        return [field.variables for field in bind(declared("database", "DB", env=env), Database())]

    assert of() == [("DB", "DB_URL"), ("DB_USER", "DB_USERNAME")]
    assert of(primary=("DATABASE_URL",)) == [("DATABASE_URL", "DB_URL"), ("DB_USER", "DB_USERNAME")]
    assert of(url=("DATABASE_URL",), user=()) == [("DATABASE_URL",), ()]
