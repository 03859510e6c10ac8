"""What is known of well-known providers: their variables, how a key of theirs is tested, and their list of models.

One table. A provider that is not in it is declared: its credential says how it is tested (``test:``), and the
operator's file which variable leads to another address (``base_url_variable``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of one provider. A test is a question that costs nothing and needs a valid key."""

    base_url: str | None
    """Without a slash at its end; None where every customer has an address of their own."""
    path: str
    """What is asked in a test: the list of models, unless that is public; then what tells about the key itself."""
    header: str = "Authorization"
    scheme: str = "Bearer"
    more: Mapping[str, str] = field(default_factory=dict)
    says_ok: bool = False
    """A refusal comes with status 200, and ``{"ok": false}`` in its body."""
    key: str | None = None
    """The variable in which its SDK looks for the key."""
    base_url_variable: str | None = None
    """The variable in which its SDK looks for another address."""
    models_path: str | None = None
    """Where its list of models is, whole or as long as it can be; None: it has none for us."""
    model: str | None = None
    """A model that a new project may begin with."""


_GEMINI = Preset(
    "https://generativelanguage.googleapis.com",
    "/v1beta/models?pageSize=1",
    "x-goog-api-key",
    "none",
    key="GEMINI_API_KEY",
    base_url_variable="GOOGLE_GEMINI_BASE_URL",
    models_path="/v1beta/models?pageSize=1000",
    model="gemini-2.5-flash",
)
_AZURE = Preset(None, "/openai/models?api-version=2024-10-21", "api-key", "none", key="AZURE_OPENAI_API_KEY")

PRESETS: Mapping[str, Preset] = {
    "anthropic": Preset(
        "https://api.anthropic.com",
        "/v1/models?limit=1",
        "x-api-key",
        "none",
        {"anthropic-version": "2023-06-01"},
        key="ANTHROPIC_API_KEY",
        base_url_variable="ANTHROPIC_BASE_URL",
        models_path="/v1/models?limit=1000",
        model="claude-sonnet-4-5",
    ),
    "azure": _AZURE,
    "azure-openai": _AZURE,
    "cohere": Preset(
        "https://api.cohere.com",
        "/v1/models?page_size=1",
        key="CO_API_KEY",
        models_path="/v1/models?page_size=1000",
    ),
    "deepseek": Preset(
        "https://api.deepseek.com",
        "/models",
        key="DEEPSEEK_API_KEY",
        models_path="/models",
        model="deepseek-chat",
    ),
    "gemini": _GEMINI,
    "github": Preset(
        "https://api.github.com", "/rate_limit", more={"X-GitHub-Api-Version": "2022-11-28"}
    ),  # every kind of token may ask, and it counts against no limit
    "gitlab": Preset("https://gitlab.com", "/api/v4/personal_access_tokens/self", "PRIVATE-TOKEN", "none"),
    "google": _GEMINI,
    "groq": Preset(
        "https://api.groq.com",
        "/openai/v1/models",
        key="GROQ_API_KEY",
        base_url_variable="GROQ_BASE_URL",
        models_path="/openai/v1/models",
    ),
    "mistral": Preset("https://api.mistral.ai", "/v1/models", key="MISTRAL_API_KEY", models_path="/v1/models"),
    "openai": Preset(
        "https://api.openai.com",
        "/v1/models",
        key="OPENAI_API_KEY",
        base_url_variable="OPENAI_BASE_URL",
        models_path="/v1/models",
        model="gpt-4o-mini",
    ),
    "openrouter": Preset(
        "https://openrouter.ai", "/api/v1/key", key="OPENROUTER_API_KEY", models_path="/api/v1/models"
    ),  # its list of models is public
    "slack": Preset("https://slack.com", "/api/auth.test", says_ok=True),
    "together": Preset(
        "https://api.together.xyz",
        "/v1/models",
        key="TOGETHER_API_KEY",
        base_url_variable="TOGETHER_BASE_URL",
        models_path="/v1/models",
    ),
    "xai": Preset("https://api.x.ai", "/v1/api-key", key="XAI_API_KEY", models_path="/v1/models"),
}
"""The ``provider`` of a credential, in lower case → what is known of it."""

SAME = {
    "azure-openai": "azure",
    "gemini": "google",
    "google-gla": "google",
    "grok": "xai",
    "mistralai": "mistral",
    "openai-chat": "openai",
    "openai-responses": "openai",
}
"""Other names of providers, as engines write them before a model → the one that stands for all."""


def same_provider(one: str, other: str) -> bool:
    """Tell whether two names mean one provider."""
    first, second = one.lower(), other.lower()
    return SAME.get(first, first) == SAME.get(second, second)


def known(provider: str | None) -> Preset | None:
    """Return what is known of a provider, None where nothing is."""
    if provider is None:
        return None
    name = provider.lower()
    return PRESETS.get(name) or PRESETS.get(SAME.get(name, name))
