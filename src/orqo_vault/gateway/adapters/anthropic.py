"""Anthropic's messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from orqo_vault.credits import Tokens
from orqo_vault.gateway.adapters.checks import Check, anything, count, flag, listed, model, only, typed
from orqo_vault.gateway.adapters.contract import Adapter, Asked, Meter
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.refusals import RefusedError
from orqo_vault.gateway.strict_json import serialized

_BLOCKS = {
    "text",
    "image",
    "document",
    "tool_use",
    "tool_result",
    "thinking",
    "redacted_thinking",
    "search_result",
}
_SOURCES = {"image": {"base64", "url"}, "document": {"base64", "text", "content"}}
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_SHARED = "the account behind this gateway is shared"
_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def _messages(value: Any) -> list[Any]:
    for message in listed(value, "messages"):
        if not isinstance(message, dict) or not message.keys() <= {"role", "content"}:
            raise ValueError("a message may only have the keys content, role")
        _content(message.get("content"))
    return list(value)


def _content(value: Any) -> Any:
    if not isinstance(value, str):
        for block in listed(value, "content"):
            found = typed(block, _BLOCKS, "a block")
            _cache(found.get("cache_control"))
            if found["type"] in _SOURCES:
                typed(found.get("source"), _SOURCES[found["type"]], f"the source of a block {found['type']}")
            if found["type"] == "tool_result" and found.get("content") is not None:
                _content(found["content"])
    return value


def _cache(value: Any) -> Any:
    if value is not None and (not isinstance(value, dict) or value.get("ttl", "5m") != "5m"):
        raise ValueError("a cache may only last 5m: others have another price")
    return value


def _tools(value: Any) -> list[Any]:
    for tool in listed(value, "tools"):
        if not isinstance(tool, dict) or tool.get("type", "custom") != "custom":
            raise ValueError("a tool may only be of type custom: what the provider runs is not metered")
        _cache(tool.get("cache_control"))
    return list(value)


class AnthropicMeter(Meter):
    """Reads the usage of the answer, or of the first and the last event of a stream that have one."""

    worth_reading = re.compile(rb'"type"\s*:\s*"(message_start|message_delta)"')

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._seen: dict[str, int] = {}

    def read_whole(self, answer: Mapping[str, Any]) -> None:
        self._note(answer.get("usage"))
        self._settle()

    def read_event(self, event: Mapping[str, Any]) -> bool:
        if event.get("type") == "message_start":
            self._note(event["message"].get("usage"))
        elif event.get("type") == "message_delta" and isinstance(event.get("usage"), dict):
            self._note(event["usage"])
            if event["delta"].get("stop_reason") is not None:  # before that, there is more to come
                self._settle()
        return True

    def _note(self, usage: Any) -> None:
        """The figures are cumulative: a later one replaces an earlier one, and is never added to it."""
        if isinstance(usage, dict):
            self._seen |= {name: value for name, value in usage.items() if type(value) is int}

    def _settle(self) -> None:
        if {"input_tokens", "output_tokens"} <= self._seen.keys():
            cached, written = (self._seen.get(f"cache_{kind}_input_tokens", 0) for kind in ("read", "creation"))
            self.tokens = Tokens(
                input=self._seen["input_tokens"] + cached + written,  # theirs leaves these out
                output=self._seen["output_tokens"],
                cached_input=cached,
                cache_write=written,
            )


class AnthropicMessages(Adapter):
    """``POST /v1/messages``, streamed or not."""

    provider = "anthropic"
    base = "/anthropic"
    path = "/anthropic/v1/messages"
    upstream_path = "/v1/messages"
    key_header = ("x-api-key", "")
    meter = AnthropicMeter
    media_tokens = 5_000
    fields: ClassVar[Mapping[str, Check]] = {
        "model": model,
        "messages": _messages,
        "system": _content,
        "stream": flag,
        "max_tokens": count,
        "tools": _tools,
        "cache_control": _cache,
        "metadata": only({"user_id"}, "may only have the key user_id"),
        **dict.fromkeys(
            ("output_config", "stop_sequences", "temperature", "thinking", "tool_choice", "top_k", "top_p"), anything
        ),
    }
    refused: ClassVar[Mapping[str, str]] = {
        "container": _SHARED,
        "context_management": "what it costs is not metered",
        "inference_geo": "other places have other prices",
        "mcp_servers": "what the provider runs is not metered",
        "service_tier": "other tiers have other prices",
        "speed": "other speeds have other prices",
        "user_profile_id": _SHARED,
        "workspace_id": _SHARED,
    }

    def bounded(self, body: dict[str, Any], limits: Limits) -> Asked:
        most = min(body.get("max_tokens") or limits.unasked_output, limits.most_output)
        forwarded = {key: value for key, value in body.items() if value is not None}
        return Asked(
            model=body["model"],
            body=forwarded | {"max_tokens": most, "service_tier": "standard_only"},
            stream=body.get("stream", False),
            most_output=most,
            media=sum(
                1 for each in body["messages"] for block in _blocks(each["content"]) if block["type"] in _SOURCES
            ),
        )

    def passed(self, sent: Mapping[str, str]) -> dict[str, str]:
        if "anthropic-beta" in sent:
            raise RefusedError(400, "refused_header", "the header anthropic-beta is refused: betas are not metered")
        version = sent.get("anthropic-version", "2023-06-01")
        if not _VERSION.fullmatch(version):
            raise RefusedError(400, "refused_header", "the header anthropic-version must be a date")
        return {"anthropic-version": version}

    def error(self, refused: RefusedError, reference: str) -> dict[str, Any]:
        kind = _ERROR_TYPES.get(refused.status, "api_error" if refused.status >= 500 else "invalid_request_error")
        said = {"type": kind, "message": refused.message, "code": refused.reason, **refused.facts}
        return {"type": "error", "error": said, "request_id": reference}

    def error_event(self, refused: RefusedError, reference: str) -> bytes:
        return b"event: error\ndata: " + serialized(self.error(refused, reference)) + b"\n\n"


def _blocks(content: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(content, str):
        for block in content:
            yield block
            if block["type"] == "tool_result":
                yield from _blocks(block.get("content") or [])
