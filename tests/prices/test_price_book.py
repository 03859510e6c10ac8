"""Prices: the operator's first, the list's second, unknown never free, and every figure exact."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from fractions import Fraction

import genai_prices
import pytest

from orqo_vault.credits import Tokens, rounded_up
from orqo_vault.errors import SettingsError, UnknownPriceError
from orqo_vault.prices import PriceBook
from orqo_vault.settings.operator_model import Price, Prices

AT = datetime(2026, 11, 1, tzinfo=UTC)
LIST = PriceBook(Prices())


def own(
    input: str = "2.50",
    output: str = "10",
    cached_input: str | None = "1.25",
    usd_per_credit: str = "1",
    markup_percent: str = "0",
) -> PriceBook:
    price = Price(input=input, output=output, cached_input=cached_input)
    return PriceBook(Prices(usd_per_credit=usd_per_credit, markup_percent=markup_percent, models={"ours:model": price}))


def test_tokens_are_charged_by_kind() -> None:
    cost = own().cost("ours:model", Tokens(input=1000, output=100, cached_input=400), at=AT)
    assert cost.amount == 1500 + 1000 + 500
    assert cost.price_version == "operator"
    assert cost.unit_prices == {
        "input": "2.50",
        "output": "10",
        "cached_input": "1.25",
        "markup_percent": "0",
        "usd_per_credit": "1",
    }


def test_cached_input_without_a_price_of_its_own_is_input() -> None:
    assert own(cached_input=None).cost("ours:model", Tokens(input=10, cached_input=10), at=AT).amount == 25


def test_a_fraction_of_a_micro_credit_is_charged_as_one() -> None:
    assert own(input="0.0001").cost("ours:model", Tokens(input=1), at=AT).amount == 1
    assert own(input="1").cost("ours:model", Tokens(input=3), at=AT).amount == 3
    assert own(input="1.000001").cost("ours:model", Tokens(input=3), at=AT).amount == 4
    assert own().cost("ours:model", Tokens(), at=AT).amount == 0


def test_markup_and_the_worth_of_a_credit_are_exact() -> None:
    book = own(input="0.1", usd_per_credit="0.3", markup_percent="12.5")
    assert book.cost("ours:model", Tokens(input=8_000_000), at=AT).amount == 3_000_000
    assert rounded_up(Fraction("0.1") * 3, Fraction(1)) == 300_000


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("openai:gpt-4o", Tokens(input=12345, output=678, cached_input=1024)),
        ("anthropic:claude-sonnet-4-5", Tokens(input=150_000, output=900, cached_input=1024, cache_write=5000)),
        ("anthropic:claude-sonnet-4-5", Tokens(input=200_000, output=900)),
        ("anthropic:claude-sonnet-4-5", Tokens(input=200_001, output=900, cached_input=1024, cache_write=5000)),
        ("google-gla:gemini-2.5-pro", Tokens(input=300_000, output=5, cached_input=100_000)),
        ("mistral:mistral-large-latest", Tokens(input=10, output=5, cached_input=4)),
    ],
)
def test_the_list_is_applied_as_its_own_library_applies_it(model: str, tokens: Tokens) -> None:
    provider, _, name = model.partition(":")
    usage = genai_prices.Usage(
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_tokens=tokens.cached_input,
        cache_write_tokens=tokens.cache_write,
    )
    theirs = genai_prices.calc_price(usage, name, provider_id=provider, genai_request_timestamp=AT)
    cost = LIST.cost(model, tokens, at=AT)
    assert cost.amount == rounded_up(Fraction(theirs.total_price), Fraction(1))
    assert cost.price_version.startswith(f"genai-prices {genai_prices.__version__}: ")


def test_the_operators_price_replaces_the_lists() -> None:
    book = PriceBook(Prices(models={"openai:gpt-4o": Price(input="3", output="11")}))
    cost = book.cost("openai:gpt-4o", Tokens(input=100, output=10, cached_input=50), at=AT)
    assert (cost.amount, cost.price_version) == (300 + 110, "operator")


@pytest.mark.parametrize("model", ["openai:gpt-99", "nobody:gpt-4o", "gpt-4o", ":gpt-4o", "openai:"])
def test_what_has_no_price_is_refused(model: str) -> None:
    with pytest.raises(UnknownPriceError):
        LIST.cost(model, Tokens(input=1), at=AT)
    with pytest.raises(UnknownPriceError):
        LIST.estimate(model, input_tokens=1, max_tokens=1, cap=1, at=AT)


def test_a_model_without_a_price_for_output_gives_no_free_output() -> None:
    assert LIST.cost("openai:text-embedding-3-small", Tokens(input=1_000_000), at=AT).amount > 0
    with pytest.raises(UnknownPriceError, match="output"):
        LIST.cost("openai:text-embedding-3-small", Tokens(input=1, output=1), at=AT)


def test_free_is_what_the_operator_says_is_free() -> None:
    assert (
        own(input="0", output="0", cached_input=None).cost("ours:model", Tokens(input=5, output=5), at=AT).amount == 0
    )


@pytest.mark.parametrize("written", ["0.0000025", "2500000"])
def test_a_price_for_one_token_is_not_one_for_a_million(written: str) -> None:
    with pytest.raises(SettingsError, match="no price in USD for a million tokens"):
        own(input=written).cost("ours:model", Tokens(input=1), at=AT)


def test_a_price_for_a_thousand_tokens_is_seen_by_the_list() -> None:
    book = PriceBook(Prices(models={"openai:gpt-4o": Price(input="0.0025", output="0.01")}))
    with pytest.raises(SettingsError, match=r"the list has 2\.5"):
        book.cost("openai:gpt-4o", Tokens(input=1), at=AT)


def test_an_estimate_is_the_input_and_as_much_output_as_can_come() -> None:
    book = own()
    assert book.estimate("ours:model", input_tokens=100, max_tokens=50, cap=1000, at=AT).amount == 250 + 500
    assert book.estimate("ours:model", input_tokens=100, max_tokens=5000, cap=1000, at=AT).amount == 250 + 10_000
    assert book.estimate("ours:model", input_tokens=100, max_tokens=None, cap=1000, at=AT).amount == 250 + 10_000
    assert book.estimate("ours:model", input_tokens=0, max_tokens=5, cap=9, answers=3, at=AT).amount == 150
    assert book.estimate("ours:model", input_bytes=201, max_tokens=0, cap=9, at=AT).amount == 253


def test_an_estimate_covers_input_that_is_written_to_the_cache() -> None:
    estimate = LIST.estimate("anthropic:claude-sonnet-4-5", input_tokens=1000, max_tokens=10, cap=100, at=AT)
    dearest = LIST.cost("anthropic:claude-sonnet-4-5", Tokens(input=1000, output=10, cache_write=1000), at=AT)
    assert estimate.amount == dearest.amount > LIST.cost(
        "anthropic:claude-sonnet-4-5", Tokens(input=1000, output=10), at=AT
    ).amount  # fmt: skip


@pytest.mark.parametrize(
    "tokens", [{"input": -1}, {"input": 1, "cached_input": 2}, {"input": 3, "cached_input": 2, "cache_write": 2}]
)
def test_tokens_that_cannot_be_are_refused(tokens: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="tokens"):
        Tokens(**tokens)


def test_without_the_price_list_the_operators_prices_still_hold() -> None:
    """A process where genai-prices cannot be imported."""
    code = """
import sys
sys.modules["genai_prices"] = None
from orqo_vault.credits import Tokens
from orqo_vault.errors import UnknownPriceError
from orqo_vault.prices import PriceBook
from orqo_vault.settings.operator_model import Price, Prices
book = PriceBook(Prices(models={"ours:model": Price(input="1", output="1")}))
assert book.cost("ours:model", Tokens(input=5)).amount == 5
try:
    book.cost("openai:gpt-4o", Tokens(input=5))
except UnknownPriceError as error:
    assert "orqo-vault[prices]" in error.hint
else:
    raise SystemExit("free")
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_prices_loads_no_price_list() -> None:
    code = "import sys, orqo_vault.prices, orqo_vault.ledger; assert not {'genai_prices', 'psycopg'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
