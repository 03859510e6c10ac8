"""The official SDKs, as they are, through the gateway: what they get, and what it costs."""

from __future__ import annotations

from functools import partial
from typing import Any

import anthropic
import openai
import pytest

from tests.gateway.conftest import Lend
from tests.gateway.harness import KEY, Upstream

HELLO: Any = [{"role": "user", "content": "hello"}]
SAID = "the quick brown fox "


def test_openai_gets_an_answer_that_is_charged(lend: Lend, upstream: Upstream) -> None:
    run = lend()
    answer = run.openai().chat.completions.create(model="gpt-4o", messages=HELLO)
    assert answer.choices[0].message.content == SAID
    (request,) = run.ended(1)
    owed = upstream.counted()[-1]
    assert (request.tokens.input, request.tokens.output) == (owed["input"], owed["output"])
    assert request.metered == "gateway"
    assert request.charged == -(-(owed["input"] * 250 + owed["output"] * 1000) // 100)
    assert answer._request_id == request.reference


def test_openai_gets_a_stream_without_the_usage_it_did_not_ask_for(lend: Lend, upstream: Upstream) -> None:
    run = lend()
    chunks = list(run.openai().chat.completions.create(model="gpt-4o", messages=HELLO, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == SAID
    assert all(chunk.usage is None for chunk in chunks)
    (request,) = run.ended(1)
    owed = upstream.counted()[-1]
    assert (request.tokens.input, request.tokens.output, request.metered) == (owed["input"], owed["output"], "gateway")


def test_openai_gets_the_usage_of_a_stream_that_it_asked_for(lend: Lend) -> None:
    run = lend()
    stream = run.openai().chat.completions.create(
        model="gpt-4o", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    usage = [chunk.usage for chunk in stream if chunk.usage is not None]
    (request,) = run.ended(1)
    assert [each.completion_tokens for each in usage] == [request.tokens.output] == [4]


def test_several_answers_are_charged_as_several(lend: Lend) -> None:
    run = lend()
    answer = run.openai().chat.completions.create(model="gpt-4o", messages=HELLO, n=3)
    assert len(answer.choices) == 3
    (request,) = run.ended(1)
    assert request.tokens.output == 12


def test_usage_in_the_words_of_an_answer_is_not_usage(lend: Lend) -> None:
    run = lend()
    for chunk in run.openai().chat.completions.create(model="gpt-4o-do-trap", messages=HELLO, stream=True):
        assert chunk.object == "chat.completion.chunk"
    (request,) = run.ended(1)
    assert request.tokens.output == 4


def test_anthropic_gets_an_answer_that_is_charged(lend: Lend, upstream: Upstream) -> None:
    run = lend("anthropic")
    answer = run.anthropic().messages.create(model="claude-test", max_tokens=100, messages=HELLO)
    assert answer.content[0].text == SAID  # type: ignore[union-attr]  # it is text
    (request,) = run.ended(1)
    owed = upstream.counted()[-1]
    assert (request.tokens.input, request.tokens.output) == (owed["input"], owed["output"])
    assert request.tokens.cached_input == 3
    assert answer._request_id == request.reference


def test_anthropic_gets_a_stream_whose_cumulative_counts_are_not_summed(lend: Lend, upstream: Upstream) -> None:
    run = lend("anthropic")
    with run.anthropic().messages.stream(model="claude-test", max_tokens=100, messages=HELLO) as stream:
        assert stream.get_final_text() == SAID
        assert stream.get_final_message().usage.output_tokens == 4
    (request,) = run.ended(1)
    owed = upstream.counted()[-1]
    assert (request.tokens.input, request.tokens.output, request.metered) == (owed["input"], 4, "gateway")


def test_what_goes_to_the_provider_is_our_own(lend: Lend, upstream: Upstream) -> None:
    run = lend()
    client = run.openai(organization="org-tenant", project="proj", default_headers={"x-secret": "1", "cookie": "a=b"})
    client.chat.completions.create(
        model="gpt-4o", messages=HELLO, store=True, max_tokens=10**6, extra_headers={"Idempotency-Key": "mine"}
    )
    sent = upstream.seen()[-1]
    assert set(sent["headers"]) == {
        "host", "user-agent", "accept", "accept-encoding", "authorization", "content-type", "content-length",
    }  # fmt: skip
    assert sent["headers"]["authorization"] == f"Bearer {KEY}"
    assert sent["headers"]["accept-encoding"] == "identity"
    assert sent["body"] == {
        "model": "gpt-4o",
        "messages": HELLO,
        "store": False,
        "max_tokens": 32_768,
        "service_tier": "default",
    }


def test_the_answer_has_no_header_of_the_providers(lend: Lend) -> None:
    answer = lend().openai().chat.completions.with_raw_response.create(model="gpt-4o", messages=HELLO)
    assert set(answer.headers) == {"content-type", "content-length", "date", "x-request-id", "request-id"}


@pytest.mark.parametrize(
    ("act", "error", "code"),
    [
        ("401", openai.InternalServerError, "provider_refused_the_platform"),
        ("403", openai.InternalServerError, "provider_refused_the_platform"),
        ("400", openai.BadRequestError, "provider_refused"),  # its words hold the key
        ("plain400", openai.BadRequestError, "big"),
        ("404", openai.NotFoundError, "provider_refused"),
        ("429", openai.RateLimitError, "provider_rate_limit"),
        ("500", openai.InternalServerError, "provider_failed"),
        ("503", openai.InternalServerError, "provider_failed"),
        ("307", openai.InternalServerError, "provider_redirects"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_the_provider_refused_costs_nothing_and_says_so_in_the_sdks_own_error(
    lend: Lend, upstream: Upstream, act: str, error: type[openai.APIStatusError], code: str, stream: bool
) -> None:
    run = lend()
    with pytest.raises(error) as caught:
        run.openai().chat.completions.create(model=f"gpt-4o-do-{act}", messages=HELLO, stream=stream)
    assert caught.value.code == code
    assert KEY not in str(caught.value.body)
    assert "org-platform" not in str(caught.value.body)
    assert KEY not in str(caught.value.response.headers)
    (request,) = run.ended(1)
    assert (request.state, request.charged) == ("cancelled", 0)
    assert upstream.seen()[-1]["path"] == "/v1/chat/completions"  # no redirect was followed


@pytest.mark.parametrize(("act", "error"), [("401", anthropic.InternalServerError), ("429", anthropic.RateLimitError)])
def test_anthropics_sdk_reads_our_errors(lend: Lend, act: str, error: type[anthropic.APIStatusError]) -> None:
    run = lend("anthropic")
    with pytest.raises(error) as caught:
        run.anthropic().messages.create(model=f"claude-test-do-{act}", max_tokens=10, messages=HELLO)
    body: Any = caught.value.body
    assert body["type"] == "error"
    assert KEY not in str(body)
    (request,) = run.ended(1)
    assert request.state == "cancelled"


def test_each_retry_of_an_sdk_is_a_request_of_its_own(lend: Lend, upstream: Upstream) -> None:
    run = lend()
    with pytest.raises(openai.RateLimitError):
        run.openai(max_retries=2).chat.completions.create(model="gpt-4o-do-429", messages=HELLO)
    assert len({request.reference for request in run.ended(3)}) == 3


@pytest.mark.parametrize("act", ["mute", "cut", "html", "504"])
@pytest.mark.parametrize("stream", [False, True])
def test_where_no_usage_is_seen_what_was_held_is_charged_and_marked(lend: Lend, act: str, stream: bool) -> None:
    run = lend(budget=1_000_000)
    before = run.gateway.ledger.balance("acme").balance
    try:
        answer = run.openai().chat.completions.create(
            model=f"gpt-4o-do-{act}", messages=HELLO, max_tokens=100, stream=stream
        )
        if stream:
            assert list(answer)
        assert act == "mute"
    except openai.APIError:
        assert act != "mute"
    (request,) = run.ended(1)
    assert (request.state, request.metered) == ("settled", "estimated")
    assert 1000 <= request.charged <= 1500  # 100 tokens of output, and the input
    assert run.gateway.ledger.balance("acme").balance == before - request.charged


def test_an_anthropic_stream_that_is_cut_is_charged_at_the_hold(lend: Lend) -> None:
    run = lend("anthropic")
    with (
        pytest.raises(anthropic.APIError),
        run.anthropic().messages.stream(model="claude-test-do-cut", max_tokens=100, messages=HELLO) as stream,
    ):
        stream.until_done()
    (request,) = run.ended(1)
    assert (request.state, request.metered) == ("settled", "estimated")


def test_usage_above_the_hold_is_settled_in_full_and_the_run_stops(lend: Lend) -> None:
    run = lend(budget=10_000)
    client = run.openai()
    client.chat.completions.create(model="gpt-4o-do-greedy", messages=HELLO, max_tokens=100)
    (request,) = run.ended(1)
    assert request.charged > 500_000  # 50,000 tokens were used, 100 were asked for
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model="gpt-4o", messages=HELLO, max_tokens=100)
    assert (caught.value.status_code, caught.value.code) == (402, "run_stopped")


def test_a_run_spends_its_budget_and_no_more(lend: Lend) -> None:
    run = lend(budget=2_500)
    client = run.openai()
    ask = partial(client.chat.completions.create, model="gpt-4o", messages=HELLO, max_tokens=100)
    with pytest.raises(openai.APIStatusError) as caught:
        all(ask() for _ in range(100))
    assert (caught.value.status_code, caught.value.code) == (402, "budget_exceeded")
    spent = sum(request.charged for request in run.gateway.requests("acme", run.run))
    assert 1_000 < spent <= 2_500
