"""OpenAI's chat completions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from orqo_vault.credits import Tokens
from orqo_vault.gateway.adapters.checks import Check, anything, count, flag, listed, model, only, text, typed
from orqo_vault.gateway.adapters.contract import Adapter, Asked, Meter
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.refusals import RefusedError
from orqo_vault.gateway.strict_json import serialized

_MESSAGE_KEYS = {"role", "content", "name", "tool_calls", "tool_call_id", "refusal"}
_PARTS = {"text", "refusal", "image_url"}
_CLIENT_SIDE = {"function", "custom"}
_SHARED = "the account behind this gateway is shared"
_NOT_METERED = "what it costs is not metered"


def _messages(value: Any) -> list[Any]:
    for message in listed(value, "messages"):
        if not isinstance(message, dict) or not message.keys() <= _MESSAGE_KEYS:
            raise ValueError(f"a message may only have the keys {', '.join(sorted(_MESSAGE_KEYS))}")
        content = message.get("content")
        if content is not None and not isinstance(content, str):
            for part in listed(content, "content"):
                typed(part, _PARTS, "a part of a message")
        for call in listed(message.get("tool_calls") or [], "tool_calls"):
            typed(call, _CLIENT_SIDE, "a tool call")
    return list(value)


def _tools(value: Any) -> list[Any]:
    return [typed(tool, _CLIENT_SIDE, "a tool") for tool in listed(value, "tools")]


class OpenAIMeter(Meter):
    """Reads ``usage`` of the answer, or of the chunk without choices that ends a stream."""

    worth_reading = re.compile(rb'"usage"\s*:\s*\{')

    def read_whole(self, answer: Mapping[str, Any]) -> None:
        self._note(answer.get("usage"))

    def read_event(self, event: Mapping[str, Any]) -> bool:
        if event.get("object") != "chat.completion.chunk" or not isinstance(event.get("usage"), dict):
            return True
        self._note(event["usage"])
        return self.asked.usage_wanted or event.get("choices") != []

    def _note(self, usage: Any) -> None:
        """The figures are those of the whole answer: a later one replaces an earlier one."""
        if isinstance(usage, dict):
            details = usage.get("prompt_tokens_details") or {}
            self.tokens = Tokens(
                input=int(usage["prompt_tokens"]),
                output=int(usage["completion_tokens"]),
                cached_input=int(details.get("cached_tokens") or 0),
            )


class OpenAIChat(Adapter):
    """``POST /v1/chat/completions``, streamed or not."""

    provider = "openai"
    base = "/openai/v1"
    path = "/openai/v1/chat/completions"
    upstream_path = "/v1/chat/completions"
    key_header = ("authorization", "Bearer ")
    meter = OpenAIMeter
    media_tokens = 10_000
    fields: ClassVar[Mapping[str, Check]] = {
        "model": model,
        "messages": _messages,
        "stream": flag,
        "stream_options": only({"include_usage", "include_obfuscation"}, "may only say include_usage"),
        "max_tokens": count,
        "max_completion_tokens": count,
        "n": count,
        "tools": _tools,
        "store": anything,  # false is set, whatever was asked
        "user": text,
        **dict.fromkeys(
            (
                "frequency_penalty",
                "logit_bias",
                "logprobs",
                "parallel_tool_calls",
                "presence_penalty",
                "reasoning_effort",
                "response_format",
                "seed",
                "stop",
                "temperature",
                "tool_choice",
                "top_logprobs",
                "top_p",
                "verbosity",
            ),
            anything,
        ),
    }
    refused: ClassVar[Mapping[str, str]] = {
        "audio": _NOT_METERED,
        "background": "nothing would be there to meter it",
        "metadata": "nothing is stored that it could be attached to",
        "modalities": _NOT_METERED,
        "moderation": _NOT_METERED,
        "prediction": _NOT_METERED,
        "previous_response_id": _SHARED,
        "prompt_cache_key": _SHARED,
        "prompt_cache_options": _SHARED,
        "prompt_cache_retention": _SHARED,
        "safety_identifier": _SHARED,
        "service_tier": "other tiers have other prices",
        "web_search_options": _NOT_METERED,
    }

    def bounded(self, body: dict[str, Any], limits: Limits) -> Asked:
        named = [name for name in ("max_tokens", "max_completion_tokens") if body.get(name) is not None]
        if len(named) > 1:
            raise RefusedError(400, "refused_field", "max_tokens and max_completion_tokens stand beside each other")
        name = named[0] if named else "max_completion_tokens"
        most = min(body.get(name) or limits.unasked_output, limits.most_output)
        answers = body.get("n") or 1
        if answers > limits.most_answers:
            raise RefusedError(400, "refused_field", f"n is refused: at most {limits.most_answers} answers at a time")
        stream = body.get("stream", False)
        options = body.pop("stream_options", {})
        forwarded = {key: value for key, value in body.items() if value is not None}
        forwarded |= {name: most, "store": False, "service_tier": "default"}
        if stream:
            forwarded["stream_options"] = {**options, "include_usage": True}
        return Asked(
            model=body["model"],
            body=forwarded,
            stream=stream,
            most_output=most,
            answers=answers,
            media=sum(map(_images, body["messages"])),
            usage_wanted=bool(options.get("include_usage")),
        )

    def error(self, refused: RefusedError, reference: str) -> dict[str, Any]:
        kind = "invalid_request_error" if refused.status < 500 else "api_error"
        said = {"message": refused.message, "type": kind, "param": None, "code": refused.reason}
        return {"error": {**said, **refused.facts, "reference": reference}}

    def error_event(self, refused: RefusedError, reference: str) -> bytes:
        return b"data: " + serialized(self.error(refused, reference)) + b"\n\n"


def _images(message: dict[str, Any]) -> int:
    content = message.get("content")
    return sum(part["type"] == "image_url" for part in content) if isinstance(content, list) else 0
