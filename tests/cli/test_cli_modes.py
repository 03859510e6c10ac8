"""Own key or platform key: what becomes of a stored secret when that changes, and what stands where a mask would."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


def test_a_kept_secret_is_found_again_where_it_was_also_when_it_was_referenced(cli: Cli) -> None:
    cli("set", "shared", stdin=b"s-123456")
    assert cli("edit", "shared", "--mode", "platform", "--keep-secret").status == 0
    assert cli("show", "shared", "--json").json["kept_at"] == {"path": "team/shared"}
    done = cli("edit", "shared", "--mode", "own")
    assert "uses its own secret again, at team/shared in local" in done.err
    assert cli("get", "shared").out == b"s-123456"
    assert "keeps_secret" not in (cli.folder / "orqo-vault.yaml").read_text()


def test_a_kept_secret_goes_with_its_credential_and_both_are_named_before(cli: Cli) -> None:
    cli("set", "pair", "--from-json", "-", stdin=b'{"left": "l", "right": "r"}')
    before = (cli.folder / "orqo-vault.yaml").read_text()
    cli("edit", "pair", "--mode", "platform", "--keep-secret")
    asked = cli("delete", "pair")
    assert "Delete pair and its own secret, which was kept, at pair in local?" in asked.err
    assert cli("delete", "pair", "--yes", "--json").json["secret_deleted"] is True
    (cli.folder / "orqo-vault.yaml").write_text(before)
    assert cli("get", "pair.left").status == 3


def test_a_platform_credential_that_kept_nothing_needs_no_backend_to_be_deleted(cli: Cli) -> None:
    done = cli("delete", "hosted", "--yes", "--json")
    assert (done.status, done.json["secret_deleted"]) == (0, False)
    assert not (cli.folder / ".orqo-vault").exists()


def test_a_kept_secret_can_be_destroyed_later(filled: Cli) -> None:
    filled("edit", "openai", "--mode", "platform", "--keep-secret")
    done = filled("edit", "openai", "--mode", "platform", "--destroy-secret", "--json")
    assert done.json["secret_deleted"] is True
    assert filled("show", "openai", "--json").json["kept_in"] is None
    filled("edit", "openai", "--mode", "own")
    assert filled("get", "openai").status == 3


def test_a_kept_secret_still_counts_as_somebodys(cli: Cli) -> None:
    cli("set", "shared", stdin=b"s-123456")
    mine = ("--name", "M", "--key", "MINE", "--category", "runtime", "--type", "api_token", "--path", "team/shared")
    assert cli("add", "mine", *mine).status == 0
    cli("edit", "shared", "--mode", "platform", "--keep-secret")
    done = cli("delete", "mine", "--with-secret", "--yes")
    assert done.status == 3
    assert "also the secret of shared" in done.err
    assert cli("edit", "shared", "--mode", "own").status == 0
    assert cli("get", "shared").out == b"s-123456"


def test_keeping_goes_with_platform_mode_only(cli: Cli, settings: Path) -> None:
    settings.write_text(settings.read_text().replace("path: team/shared", "keeps_secret: true"))
    done = cli("list")
    assert done.status == 4
    assert "goes with mode: platform" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("list", "--json"),
        ("show", "hosted"),
        ("show", "hosted", "--json"),
        ("llm", "list"),
        ("llm", "show", "hosted"),
        ("llm", "show", "hosted", "--json"),
        ("plan", "--only", "hosted"),
        ("explain", "HOSTED_KEY"),
        ("explain", "hosted"),
    ],
    ids=" ".join,
)
def test_platform_key_stands_where_a_masked_value_would(cli: Cli, settings: Path, words: tuple[str, ...]) -> None:
    settings.write_text(
        settings.read_text().replace("llm:\n", 'llm:\n  hosted: {model: "acme:m", credential: hosted}\n')
    )
    done = cli(*words)
    assert done.status == 0, done.err
    assert "Platform key" in done.text


def test_a_platform_llm_config_needs_no_setup(cli: Cli, settings: Path) -> None:
    settings.write_text(
        settings.read_text().replace("llm:\n", 'llm:\n  hosted: {model: "acme:m", credential: hosted}\n')
    )
    assert "no additional setup needed" in cli("llm", "show", "hosted").text
    assert "no additional setup needed" not in cli("llm", "show", "default").text


def test_another_credential_takes_the_place_of_a_deleted_one_in_one_edit(filled: Cli, settings: Path) -> None:
    other = (
        "--name",
        "O",
        "--key",
        "OTHER",
        "--category",
        "llm_provider",
        "--type",
        "api_token",
        "--provider",
        "openai",
    )
    assert filled("add", "other", *other, "--no-secret").status == 0
    settings.write_text(settings.read_text().replace("[openai], on_conflict", "[openai, other, mail], on_conflict"))
    assert filled("delete", "openai", "--yes").status == 3
    assert filled("delete", "openai", "--replace-with", "other", "--yes").status == 0
    text = settings.read_text()
    assert 'default: {model: "openai:gpt-4o", credential: other}' in text
    assert "nightly: {credentials: [other, mail], on_conflict: error}" in text
    assert "# The project's credentials." in text
    assert filled("get", "openai").status == 3


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("openai", "its own place"),
        ("nobody", "not declared"),
        ("mail", "category llm_provider"),
        ("foreign", "provider"),
    ],
)
def test_what_does_not_fit_takes_no_place_and_nothing_is_changed(
    filled: Cli, settings: Path, other: str, said: str
) -> None:
    text = settings.read_text().replace(
        "  login:",
        "  foreign: {name: F, key: F, category: llm_provider, type: api_token, provider: anthropic}\n  login:",
    )
    settings.write_text(text)
    done = filled("delete", "openai", "--replace-with", other, "--yes")
    assert done.status in (3, 4)
    assert said in done.err
    assert settings.read_text() == text
    assert filled("get", "openai").out == b"sk-1"


def test_another_llm_config_takes_the_place_of_a_deleted_one(cli: Cli, settings: Path) -> None:
    assert cli("llm", "add", "small", "--model", "openai:gpt-4o-mini", "--credential", "openai").status == 0
    assert cli("llm", "delete", "default", "--yes").status == 3
    assert cli("llm", "delete", "default", "--replace-with", "small", "--yes").status == 0
    assert "default: {credentials: [mail], llm: [small]}" in settings.read_text()


def test_the_key_of_another_provider_is_refused_for_a_model(cli: Cli) -> None:
    done = cli("llm", "add", "claude", "--model", "anthropic:claude-sonnet-4-5", "--credential", "openai")
    assert done.status == 4
    assert "the model is of another provider than openai" in done.err


@pytest.mark.parametrize("model", ["gpt-4o", "openai:gpt-4o", "OpenAI:gpt-4o", "openai-responses:gpt-4o"])
def test_a_provider_goes_by_several_names(cli: Cli, model: str) -> None:
    assert cli("llm", "add", "another", "--model", model, "--credential", "openai").status == 0
