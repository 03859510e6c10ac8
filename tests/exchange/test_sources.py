"""What is found in a file, what is proposed for it, and what the file looks like when its values are gone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orqo_vault.errors import SourceError
from orqo_vault.exchange.importing import read_source, replaced_source
from orqo_vault.exchange.json_text import parse
from orqo_vault.exchange.proposals import Proposal, Proposed
from orqo_vault.exchange.sources import NO_NAME, Moved, source_names
from orqo_vault.secret import SecretValue

from .awkward import AWKWARD

RUN = ("orqo-vault", "run")


def read(kind: str, text: str, **more: list[str]) -> Proposed:
    return read_source(kind, SecretValue(text), **more)


def proposed(text: str, **more: list[str]) -> dict[str, Proposal]:
    return {each.id: each for each in read("dotenv", text, **more).proposals}


def left_out(result: Proposed) -> dict[str, str]:
    return {each.place: each.reason for each in result.left_out}


def replaced(kind: str, text: str, *names: str) -> str:
    """Return the file after all proposals, or those of ``names``, moved."""
    moved = {
        place: Moved(each.id, field)
        for each in read(kind, text).proposals
        for place, field in each.places.items()
        if not names or place.name in names
    }
    return replaced_source(kind, SecretValue(text), moved, RUN).reveal()


def test_names_that_programs_know_become_one_credential() -> None:
    text = "SMTP_HOST=mail.example\nSMTP_PORT=25\nSMTP_USERNAME=ana\nSMTP_PASSWORD=pw\n"
    smtp = proposed(text)["smtp"]

    assert smtp.entry == {
        "name": "SMTP",
        "key": "SMTP",
        "category": "communication",
        "type": "email_smtp",
        "env": {"primary": None},
    }
    assert smtp.secret.reveal() == {"host": "mail.example", "port": "25", "username": "ana", "password": "pw"}


def test_other_spellings_are_kept_as_the_names_a_run_sets() -> None:
    smtp = proposed("MAIL_HOST=mail.example\nMAIL_USER=ana\nMAIL_PASS=pw\n")["mail"]

    assert smtp.entry["env"] == {"primary": None, "port": None, "username": "MAIL_USER", "password": "MAIL_PASS"}


def test_two_names_of_one_value_become_aliases() -> None:
    login = proposed("DB_USER=ana\nDB_USERNAME=ana\nDB_PASSWORD=pw\n")["db"]

    assert login.entry["env"] == {"primary": None, "username": ["DB_USERNAME", "DB_USER"]}


def test_two_names_of_two_values_stay_apart() -> None:
    result = read("dotenv", "DB_USER=ana\nDB_USERNAME=bob\nDB_PASSWORD=pw\n")

    assert [each.entry["type"] for each in result.proposals] == ["api_token"]
    assert set(left_out(result)) == {"DB_USER", "DB_USERNAME"}


@pytest.mark.parametrize(
    ("text", "type", "category", "key"),
    [
        ("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=s\n", "custom", "runtime", "AWS"),
        ("SES_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nSES_SECRET_ACCESS_KEY=s\nSES_REGION=eu-west-1\nSES_DEFAULT_REGION=eu-west-1",
         "aws_ses", "communication", "SES"),
        ("REGISTRY_USERNAME=u\nREGISTRY_PASSWORD=p\n", "username_password", "runtime", "REGISTRY"),
        ("GOOGLE_CLIENT_ID=i\nGOOGLE_CLIENT_SECRET=s\nGOOGLE_REFRESH_TOKEN=r\n", "oauth2", "runtime", "GOOGLE"),
        ("TWILIO_API_KEY=k\nTWILIO_API_SECRET=s\n", "api_key_pair", "runtime", "TWILIO_API"),
        ("LANGFUSE_PUBLIC_KEY=k\nLANGFUSE_SECRET_KEY=s\n", "api_key_pair", "runtime", "LANGFUSE"),
        ("OPENAI_API_KEY=sk\n", "api_token", "llm_provider", "OPENAI_API_KEY"),
        ("DATABASE_URL=postgres://u:p@db/x\n", "api_token", "runtime", "DATABASE_URL"),
        ("ODDLY_CALLED=ghp_0123456789abcdef\n", "api_token", "runtime", "ODDLY_CALLED"),
    ],
)  # fmt: skip
def test_every_variable_of_a_family_is_in_its_credential(text: str, type: str, category: str, key: str) -> None:
    (only,) = read("dotenv", text).proposals

    assert (only.entry["type"], only.entry["category"], only.entry["key"]) == (type, category, key)
    assert list(only.names) == sorted(only.names, key=list(only.names).index)
    assert set(only.names) == {line.partition("=")[0] for line in text.splitlines()}


def test_a_provider_is_known_by_its_variable() -> None:
    assert proposed("ANTHROPIC_API_KEY=x\n")["anthropic"].entry["provider"] == "anthropic"


def test_an_ssh_key_is_one() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    (only,) = read("dotenv", f"DEPLOY_SSH_KEY='{key}'\n").proposals

    assert (only.entry["type"], only.entry["category"]) == ("ssh_key", "ssh_key")
    assert only.secret["private_key"].reveal() == key
    assert only.entry["env"] == {"public_key": None}


def test_what_a_type_refuses_is_kept_as_single_secrets() -> None:
    result = read("dotenv", "SMTP_HOST=not a host\nSMTP_PASSWORD=pw\n")

    assert [(each.id, each.entry["type"]) for each in result.proposals] == [("smtp", "api_token")]
    assert "SMTP_HOST" in left_out(result)


def test_settings_are_left_where_they_are() -> None:
    text = "PORT=80\nDEBUG=1\nNODE_ENV=x\nLOG_LEVEL=info\nAPP_URL=https://x.example\nPUBLIC_KEY_PATH=/x\nDB_HOST=db\n"
    result = read("dotenv", text)

    assert result.proposals == ()
    assert all("does not look like a secret" in reason for reason in left_out(result).values())
    assert len(result.left_out) == 7


def test_only_takes_what_does_not_look_like_a_secret() -> None:
    assert list(proposed("PORT=80\nA_TOKEN=x\n", only=["PORT"])) == ["port"]


def test_skip_leaves_a_secret() -> None:
    assert list(proposed("A_TOKEN=y\nB_TOKEN=x\n", skip=["A_TOKEN"])) == ["b"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("GONE", "not in the file: 1 of"), ("LD_PRELOAD", "LD_PRELOAD changes how"), ("hunter2", "not in the file: 1 of")],
)
def test_what_is_wanted_and_cannot_be_had_is_an_error(name: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as refused:
        proposed("LD_PRELOAD=x\nhunter2=x\n", only=[name])
    assert "hunter2" not in str(refused.value)


def test_what_cannot_become_a_variable_is_left_out_with_the_reason() -> None:
    text = "LD_PRELOAD=x\nlower_token=x\nORQO_VAULT_KEY=x\nEMPTY_TOKEN=\nA_TOKEN=1\nA_TOKEN=2\n'open=\nNAME\n"
    result = read("dotenv", text)

    assert result.proposals == ()
    assert left_out(result) == {
        "LD_PRELOAD": "changes how programs are loaded",
        "line 2": NO_NAME,
        "ORQO_VAULT_KEY": "is reserved for orqo-vault itself",
        "EMPTY_TOKEN": "is empty",
        "A_TOKEN": "stands there twice, with two values",
        "line 7": "cannot be read as NAME=VALUE",
        "line 8": "cannot be read as NAME=VALUE",
    }


def test_a_piece_of_a_value_that_got_out_of_its_quotes_is_not_quoted() -> None:
    for kind, text in (
        ("dotenv", "KEY=-----BEGIN PRIVATE KEY-----\nhunter2hunter2==\nHUNTER2/x=\n-----END PRIVATE KEY-----\n"),
        ("json", '{"hunter2": "x", "HUNTER2 x": 1}'),
        ("mcp", '{"servers": {"a": {"command": "x", "env": {"hunter2": "x"}}}}'),
    ):
        result = read(kind, text)
        assert "hunter2" not in str(result.left_out).lower()
        assert NO_NAME in str(result.left_out)


def test_short_ids_that_two_would_have_are_longer() -> None:
    assert set(proposed("X_TOKEN=1\nX_API_KEY=2\nY_TOKEN=3\n")) == {"x-token", "x-api-key", "y"}


def test_a_reference_is_kept_as_it_is() -> None:
    assert proposed("A_TOKEN=${B}\n")["a"].secret["token"].reveal() == "${B}"


def test_nothing_shows_a_value() -> None:
    result = read("dotenv", "A_TOKEN=hunter2\nB_USER=hunter2\nB_PASSWORD=hunter2\n")

    assert "hunter2" not in repr(result)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("json", "{"), ("json", "[]"), ("json", '"hunter2"'), ("json", '{"A": hunter2}'),
        ("json", '{"A": "x"} hunter2'),
        ("json", "[" * 1000), ("json", '{"A": "\\x"}'), ("json", '{"A": "x\n"}'), ("json", ""),
        ("mcp", "{}"), ("mcp", '{"mcpServers": {}}'), ("mcp", '{"mcpServers": "hunter2"}'), ("mcp", "hunter2"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused_without_a_word_of_it(kind: str, text: str) -> None:
    with pytest.raises(SourceError, match="this is not") as refused:
        read(kind, text)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__context__ is None


def test_a_moved_line_of_a_dotenv_file_becomes_a_comment_and_the_rest_keeps_its_bytes() -> None:
    text = "# head\r\n\r\n  export A_TOKEN='two\r\nlines' # mine\r\nPORT=80\r\nB_TOKEN=x"

    assert replaced("dotenv", text).split("\r\n") == [
        *("# head", "", "# A_TOKEN: orqo-vault keeps it in a.token", "PORT=80"),
        "# B_TOKEN: orqo-vault keeps it in b.token",
    ]


def test_a_name_that_stands_twice_with_one_value_goes_twice() -> None:
    assert "x1" not in replaced("dotenv", "A_TOKEN=x1\nPORT=1\nA_TOKEN=x1\n")


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (("A_TOKEN",), '{\n  "PORT": 80,\n  "B_TOKEN": "y",\n  "C_KEY": "z"\n}\n'),
        (("B_TOKEN",), '{\n  "A_TOKEN": "x",\n  "PORT": 80,\n  "C_KEY": "z"\n}\n'),
        (("C_KEY",), '{\n  "A_TOKEN": "x",\n  "PORT": 80,\n  "B_TOKEN": "y"\n}\n'),
        (("B_TOKEN", "C_KEY"), '{\n  "A_TOKEN": "x",\n  "PORT": 80\n}\n'),
        ((), '{\n  "PORT": 80\n}\n'),
    ],
)
def test_a_moved_member_of_a_json_object_goes_and_the_rest_keeps_its_bytes(names: tuple[str, ...], kept: str) -> None:
    text = '{\n  "A_TOKEN": "x",\n  "PORT": 80,\n  "B_TOKEN": "y",\n  "C_KEY": "z"\n}\n'

    assert replaced("json", text, *names) == kept


def test_a_json_object_of_which_all_goes_is_empty() -> None:
    assert json.loads(replaced("json", '{"A_TOKEN": "x", "B_TOKEN": "y"}')) == {}


def test_json_takes_texts_only() -> None:
    result = read(
        "json", '{"A_TOKEN": 1, "B_TOKEN": null, "C_TOKEN": {"D_TOKEN": "x"}, "E_TOKEN": "x", "E_TOKEN": "x"}'
    )

    assert left_out(result) == dict.fromkeys(("A_TOKEN", "B_TOKEN", "C_TOKEN"), "is no text") | {
        "E_TOKEN": "stands there twice"
    }


@pytest.mark.parametrize("case", AWKWARD)
def test_any_text_is_read_from_json(case: str) -> None:
    value = AWKWARD[case]
    for text in (json.dumps({"A_TOKEN": value}), json.dumps({"A_TOKEN": value}, ensure_ascii=False)):
        result = read("json", text, only=["A_TOKEN"])
        assert result.proposals[0].secret["token"].reveal() == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=200)
@given(data=JSON, indent=st.none() | st.integers(0, 3), ascii=st.booleans())
def test_every_json_text_is_understood(data: Any, indent: int | None, ascii: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii)

    assert _as_data(text) == data


def _as_data(text: str) -> Any:
    def of(node: Any) -> Any:
        if node.members is not None:
            return {member.key: of(member.value) for member in node.members}
        if node.items is not None:
            return [of(item) for item in node.items]
        return node.string if node.string is not None else json.loads(text[node.start : node.end])

    return of(parse(text))


CLAUDE = """\
{
  "mcpServers": {
    "github": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-github"],
      "env": { "GITHUB_TOKEN": "ghp_secret", "LOG_LEVEL": "debug" }
    },
    "search": {
      "env": {"BRAVE_API_KEY": "brave-secret"},
      "command": "/opt/search/bin/serve"
    }
  }
}
"""
VS_CODE = """\
{
\t// servers of this workspace
\t"inputs": [{"id": "key", "type": "promptString", "password": true}],
\t"servers": {
\t\t"db": {
\t\t\t"type": "stdio",
\t\t\t"command": "uvx", /* pinned */
\t\t\t"args": [],
\t\t\t"env": {
\t\t\t\t"DB_USER": "ana",
\t\t\t\t"DB_PASSWORD": "pw-secret",
\t\t\t\t"ASKED_KEY": "${input:key}",
\t\t\t},
\t\t},
\t\t"web": {"type": "http", "url": "https://x.example", "headers": {"Authorization": "Bearer x"}},
\t},
}
"""


def test_the_servers_of_an_mcp_file_are_wrapped_and_the_rest_keeps_its_bytes() -> None:
    text = replaced("mcp", CLAUDE)

    assert text == CLAUDE.replace(
        '"command": "npx",\n      "args": ["-y", ',
        '"command": "orqo-vault",\n      "args": ["run", "--only", "github", "--", "npx", "-y", ',
    ).replace('"GITHUB_TOKEN": "ghp_secret", ', "").replace(
        '"env": {"BRAVE_API_KEY": "brave-secret"},\n      "command": "/opt/search/bin/serve"',
        '"command": "orqo-vault", "args": ["run", "--only", "brave", "--", "/opt/search/bin/serve"]',
    )


def test_words_that_stand_one_a_line_stay_so() -> None:
    server = {"command": "npx", "args": ["-y", "serve"], "env": {"A_TOKEN": "a"}}
    wrapped = {"command": "orqo-vault", "args": ["run", "--only", "a", "--", "npx", "-y", "serve"]}

    text = json.dumps({"mcpServers": {"s": server}}, indent=2)
    assert replaced("mcp", text) == json.dumps({"mcpServers": {"s": wrapped}}, indent=2)


def test_an_mcp_file_with_comments_and_trailing_commas_is_understood() -> None:
    text = replaced("mcp", VS_CODE)

    assert text == VS_CODE.replace(
        '"command": "uvx", /* pinned */\n\t\t\t"args": []',
        '"command": "orqo-vault", /* pinned */\n\t\t\t"args": ["run", "--only", "db", "--", "uvx"]',
    ).replace('"DB_USER": "ana",\n\t\t\t\t"DB_PASSWORD": "pw-secret",\n\t\t\t\t', "")


def test_what_an_mcp_file_refers_to_is_left() -> None:
    assert left_out(read("mcp", VS_CODE)) == {
        "db: ASKED_KEY": "is a reference already",
        "web": "its headers are not variables: look at them yourself",
    }


def test_mcp_credentials_are_for_mcp_services() -> None:
    assert {each.entry["category"] for each in read("mcp", CLAUDE).proposals} == {"mcp_service"}


def test_one_value_in_two_servers_is_one_credential_and_two_values_are_two() -> None:
    def servers(first: str, second: str) -> str:
        return json.dumps({"mcpServers": {
            name: {"command": "x", "env": {"API_KEY": value}} for name, value in (("one", first), ("two", second))
        }})  # fmt: skip

    assert [each.id for each in read("mcp", servers("k", "k")).proposals] == ["api"]
    assert [each.id for each in read("mcp", servers("k", "l")).proposals] == ["one-api-key", "two-api-key"]
    both = json.loads(replaced("mcp", servers("k", "l")))["mcpServers"]
    assert [both[name]["args"][2] for name in ("one", "two")] == ["one-api-key", "two-api-key"]


def test_a_server_that_is_wrapped_already_gets_one_more_credential() -> None:
    server = {"command": "orqo-vault", "args": ["run", "--only", "a", "--", "x"], "env": {"B_TOKEN": "b"}}
    text = replaced("mcp", json.dumps({"mcpServers": {"s": server}}))

    assert json.loads(text)["mcpServers"]["s"] == {
        "command": "orqo-vault",
        "args": ["run", "--only", "b", "--only", "a", "--", "x"],
    }


def test_a_server_that_is_no_command_keeps_its_env() -> None:
    text = json.dumps({"mcpServers": {"s": {"url": "https://x", "env": {"B_TOKEN": "b"}}}})

    assert left_out(read("mcp", text)) == {"s: B_TOKEN": "its server is no command that could be wrapped"}


def test_there_is_a_test_for_every_kind() -> None:
    assert source_names() == ("dotenv", "json", "mcp")
