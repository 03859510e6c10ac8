"""Where the keys of well-known providers are tested: a question that costs nothing and needs a valid key.

Each is the provider's documented list of models, unless that list is public: then what tells about the key itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preset:
    """How one provider is asked."""

    base_url: str | None
    """Without a slash at its end; None where every customer has an address of their own."""
    path: str
    header: str = "Authorization"
    scheme: str = "Bearer"
    more: Mapping[str, str] = field(default_factory=dict)
    says_ok: bool = False
    """A refusal comes with status 200, and ``{"ok": false}`` in its body."""


_GEMINI = Preset("https://generativelanguage.googleapis.com", "/v1beta/models?pageSize=1", "x-goog-api-key", "none")
_AZURE = Preset(None, "/openai/models?api-version=2024-10-21", "api-key", "none")

PRESETS: Mapping[str, Preset] = {
    "anthropic": Preset(
        "https://api.anthropic.com", "/v1/models?limit=1", "x-api-key", "none", {"anthropic-version": "2023-06-01"}
    ),
    "azure": _AZURE,
    "azure-openai": _AZURE,
    "cohere": Preset("https://api.cohere.com", "/v1/models?page_size=1"),
    "deepseek": Preset("https://api.deepseek.com", "/models"),
    "gemini": _GEMINI,
    "github": Preset(
        "https://api.github.com", "/rate_limit", more={"X-GitHub-Api-Version": "2022-11-28"}
    ),  # every kind of token may ask, and it counts against no limit
    "gitlab": Preset("https://gitlab.com", "/api/v4/personal_access_tokens/self", "PRIVATE-TOKEN", "none"),
    "google": _GEMINI,
    "groq": Preset("https://api.groq.com", "/openai/v1/models"),
    "mistral": Preset("https://api.mistral.ai", "/v1/models"),
    "openai": Preset("https://api.openai.com", "/v1/models"),
    "openrouter": Preset("https://openrouter.ai", "/api/v1/key"),  # its list of models is public
    "slack": Preset("https://slack.com", "/api/auth.test", says_ok=True),
    "together": Preset("https://api.together.xyz", "/v1/models"),
    "xai": Preset("https://api.x.ai", "/v1/api-key"),
}
"""The ``provider`` of a credential, in lower case → how it is asked."""
