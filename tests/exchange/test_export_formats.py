"""Every value arrives at every consumer byte for byte, or is refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orqo_vault.errors import DeliveryError
from orqo_vault.exchange.export import export
from orqo_vault.exchange.formats import format_names
from orqo_vault.exchange.variable import Variable
from orqo_vault.secret import SecretValue

from .awkward import AWKWARD
from .consumers import CONSUMERS, github_masks

REFUSED = {
    "dotenv": {"braces", "braces with default"},
    "docker": {
        *("newline at the end", "newlines at the end", "only a newline", "newline at the start", "lines", "crlf"),
        *("carriage return at the end", "backslash before newline", "backslash and quote in lines", "100 KiB"),
        *("64 KiB of lines", "pem", "pem with crlf", "json", "here-document", "yaml", "assignment"),
    },
    "gitlab": {
        *("spaces", "space around", "tab", "newline at the end", "newlines at the end", "only a newline"),
        *("newline at the start", "lines", "crlf", "carriage return", "carriage return at the end", "both quotes"),
        *("dollar", "braces", "braces with default", "command", "backslash before newline"),
        *("backslash and quote in lines", "100 KiB", "64 KiB of lines", "pem", "pem with crlf", "json"),
        *("percent", "here-document", "yaml", "assignment"),
    },
    "systemd": {"byte order mark", "noncharacter"},
}
"""What a format cannot hold; everything else in the table it must."""


def variable(value: str, name: str = "NAME", *, secret: bool = True) -> Variable:
    return Variable(name=name, value=SecretValue(value), credential="mail", field="password", secret=secret)


def written(format_name: str, *values: str) -> str:
    """Return the document with the values as NAME0, NAME1 and so on."""
    variables = [variable(value, f"NAME{number}") for number, value in enumerate(values)]
    return export(format_name, variables).text.reveal()


def numbered(values: list[str]) -> dict[str, str]:
    return {f"NAME{number}": value for number, value in enumerate(values)}


@pytest.mark.parametrize("case", AWKWARD)
@pytest.mark.parametrize("consumer", CONSUMERS)
def test_an_awkward_value_arrives_or_is_refused_by_name(consumer: str, case: str) -> None:
    format_name, read = CONSUMERS[consumer]
    value = AWKWARD[case]
    if case in REFUSED.get(format_name, ()):
        with pytest.raises(DeliveryError) as refused:
            written(format_name, value)
        assert f"{format_name} cannot hold" in str(refused.value)
        assert "json" in str(refused.value.hint)
    else:
        assert read(written(format_name, "before", value, 'it\'s "after"')) == {
            "NAME0": "before",
            "NAME1": value,
            "NAME2": 'it\'s "after"',
        }


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_all_the_values_a_format_can_hold_arrive_together(consumer: str) -> None:
    format_name, read = CONSUMERS[consumer]
    values = [value for case, value in AWKWARD.items() if case not in REFUSED.get(format_name, ()) and len(value) < 999]

    assert read(written(format_name, *values)) == numbered(values)


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_no_variables_are_a_document_without_any(consumer: str) -> None:
    format_name, read = CONSUMERS[consumer]

    assert read(written(format_name)) == {}


def test_the_table_covers_every_format() -> None:
    assert {format_name for format_name, _ in CONSUMERS.values()} == set(format_names())


@pytest.mark.parametrize("format_name", format_names())
@pytest.mark.parametrize("value", ["a\0b", "a\ud800b"])
def test_what_no_variable_can_carry_is_refused_everywhere(format_name: str, value: str) -> None:
    with pytest.raises(DeliveryError, match=r"mail\.password \(NAME\)") as refused:
        export(format_name, [variable(value)])
    assert "base64" in str(refused.value.hint)


def test_a_refusal_names_every_variable_and_no_value_and_those_who_can() -> None:
    fine = variable("ok", "FINE")
    lines = Variable(name="KEY", value=SecretValue("hunter2\n"), credential="deploy", field="key", secret=True)
    big = variable("hunter2" * 20_000, "BIG")

    with pytest.raises(DeliveryError) as refused:
        export("docker", [fine, lines, big])

    message = str(refused.value)
    assert "deploy.key (KEY), which has a newline" in message
    assert "mail.password (BIG), which makes a line longer than 65535 bytes" in message
    assert "FINE" not in message
    assert "hunter2" not in message + str(refused.value.hint)
    assert "dotenv, github, json, k8s, shell, systemd" in str(refused.value.hint)


@pytest.mark.parametrize(("size", "fits"), [(65_535, True), (65_536, False)])
def test_docker_gets_the_longest_line_it_reads(size: int, fits: bool) -> None:
    value = "x" * (size - len("NAME0="))
    if fits:
        assert CONSUMERS["docker"][1](written("docker", value)) == {"NAME0": value}
    else:
        with pytest.raises(DeliveryError, match="longer than 65535"):
            written("docker", value)


def test_a_file_that_gitlab_would_not_take_is_refused_whole() -> None:
    with pytest.raises(DeliveryError, match="all 60 variables together, which makes a file of"):
        written("gitlab", *["x" * 100] * 60)


def test_a_secret_that_kubernetes_would_not_take_is_refused_whole() -> None:
    with pytest.raises(DeliveryError, match="and a Secret holds 1048576"):
        written("k8s", *["x" * 100_000] * 11)


@pytest.mark.parametrize("name", ["a", "app-credentials", "a.b-c.d0"])
def test_a_manifest_has_the_name_it_was_given(name: str) -> None:
    assert f'name: "{name}"' in export("k8s", [variable("x")], name=name).text.reveal()


@pytest.mark.parametrize("name", ["", "A", "a_b", "-a", "a.", "a..b", "x" * 254, "a\nkind: Pod", "a\n"])
def test_a_name_that_kubernetes_refuses_is_refused(name: str) -> None:
    with pytest.raises(DeliveryError, match="no Secret can have that name"):
        export("k8s", [variable("x")], name=name)


@pytest.mark.parametrize("name", ["GITHUB_SHA", "GITHUB_ENV", "RUNNER_TEMP", "NODE_OPTIONS"])
def test_a_variable_of_the_runner_is_refused_for_github(name: str) -> None:
    with pytest.raises(DeliveryError, match="set by the runner itself"):
        export("github", [variable("x", name)])


def test_a_github_token_is_nobody_elses() -> None:
    assert export("github", [variable("x", "GITHUB_TOKEN")]).text


@pytest.mark.parametrize("case", AWKWARD)
def test_github_is_told_every_line_of_a_secret(case: str) -> None:
    value = AWKWARD[case]
    masks = github_masks(export("github", [variable(value)]).masks.reveal())

    lines = value.replace("\r", "\n").split("\n")
    assert set(masks) == {text for text in (value, *lines) if text.strip()}


def test_github_masks_no_port() -> None:
    exported = export("github", [variable("587", "SMTP_PORT", secret=False), variable("pw", "SMTP_PASSWORD")])

    assert exported.masks.reveal() == "::add-mask::pw\n"


def test_two_here_documents_have_two_delimiters() -> None:
    first, second = (written("github", "x").split("\n")[0] for _ in range(2))
    assert first != second


def test_an_exported_document_shows_nothing_of_itself() -> None:
    assert "hunter2" not in repr(export("github", [variable("hunter2")]))


TEXTS = st.text(
    st.one_of(
        st.sampled_from("'\"\\$`{}%#=;!\n\r\t \u2028\ufeffaZ0<"),
        st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    ),
    max_size=30,
)


@pytest.mark.parametrize("consumer", ["python-dotenv", "github", "systemd", "docker", "gitlab", "kubernetes"])
@settings(max_examples=200)
@given(values=st.lists(TEXTS, min_size=1, max_size=4))
def test_any_texts_arrive_or_are_refused(consumer: str, values: list[str]) -> None:
    format_name, read = CONSUMERS[consumer]
    try:
        document = written(format_name, *values)
    except DeliveryError:
        return
    assert read(document) == numbered(values)


@pytest.mark.parametrize("consumer", ["sh", "bash"])
@settings(max_examples=20)
@given(values=st.lists(TEXTS, min_size=1, max_size=20))
def test_any_texts_arrive_in_a_shell(consumer: str, values: list[str]) -> None:
    format_name, read = CONSUMERS[consumer]

    assert read(written(format_name, *values)) == numbered(values)


@pytest.mark.slow
@pytest.mark.parametrize("consumer", CONSUMERS)
@settings(max_examples=2_000)
@given(values=st.lists(TEXTS, min_size=1, max_size=8))
def test_any_texts_arrive_or_are_refused_at_length(consumer: str, values: list[str]) -> None:
    format_name, read = CONSUMERS[consumer]
    try:
        document = written(format_name, *values)
    except DeliveryError:
        return
    assert read(document) == numbered(values)
