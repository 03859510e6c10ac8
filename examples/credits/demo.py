"""Credits from grant to top-up: a hold, two requests, a replay, running out, and a check that all adds up."""

from __future__ import annotations

import tempfile
from datetime import timedelta

from orqo_vault.credits import Tokens, credits_text, micro_credits
from orqo_vault.errors import HeldByRunsInFlightError, InsufficientCreditsError
from orqo_vault.ledger import Ledger, Use, open_ledger
from orqo_vault.prices import PriceBook
from orqo_vault.settings.operator_model import Price, Prices

MODEL = "openai:gpt-4o"
PRICES = PriceBook(Prices(markup_percent="20", models={MODEL: Price(input="2.50", output="10.00")}))
HOUR = timedelta(hours=1)


def main() -> None:
    """Tell the story on a ledger in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, open_ledger(f"sqlite://{folder}/ledger.db", create=True) as ledger:
        ledger.grant("acme", micro_credits("0.05"), period="2026-11", reason="trial")
        say(ledger, "granted")

        use = Use(organization="acme", run="run-1", credential="openai", provider="openai", model=MODEL)
        ledger.reserve(use, micro_credits("0.01"), hold="run-1", lasts=HOUR, budget=micro_credits("0.03"))
        say(ledger, "run-1 holds")

        estimate = PRICES.estimate(MODEL, input_bytes=4_000, max_tokens=500, cap=4_000).amount
        ledger.start("acme", "run-1", reference="req-1", model=MODEL, estimate=estimate, gateway="demo")
        say(ledger, f"req-1 may cost {credits_text(estimate)}")

        tokens = Tokens(input=1_100, output=420)
        for _ in range(2):  # the answer got lost, so it is sent again
            cost = PRICES.cost(MODEL, tokens)
            settled = ledger.settle("acme", "req-1", tokens=tokens, cost=cost, metered="gateway")
            say(ledger, "settled before" if settled.replayed else f"req-1 did cost {credits_text(cost.amount)}")

        other = Use(organization="acme", run="run-2", credential="openai", provider="openai", model=MODEL)
        for wanted in ("0.04", "0.06"):
            try:
                ledger.reserve(other, micro_credits(wanted), hold=f"run-2 {wanted}", lasts=HOUR)
            except HeldByRunsInFlightError as error:
                print(f"run-2 wants {wanted}: wait {error.retry_after} s")
            except InsufficientCreditsError:
                print(f"run-2 wants {wanted}: not enough, whoever waits")

        ledger.release("acme", "run-1")
        say(ledger, "run-1 has ended")
        ledger.grant("acme", micro_credits("1"), period="top-up 1")
        say(ledger, "topped up")
        print(f"what is off: {ledger.verify()}")


def say(ledger: Ledger, what: str) -> None:
    """Print how acme stands."""
    balance = ledger.balance("acme")
    figures = (balance.balance, balance.held, balance.available)
    print("{:<28} balance {:>8}  held {:>8}  available {:>8}".format(what, *map(credits_text, figures)))


if __name__ == "__main__":
    main()
