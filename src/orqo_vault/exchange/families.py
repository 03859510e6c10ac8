"""Variables that belong together, by the names that programs read: one credential instead of several.

A family is found by its prefix: ``SMTP_HOST`` and ``SMTP_PASSWORD`` share ``SMTP``. The first family that fits takes
its variables.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from orqo_vault.credential import Category

ANY = re.compile(r".+")


class Family(NamedTuple):
    """A type, and the suffixes by which each of its fields is known."""

    type: str
    category: Category | None
    """None: what the source's variables are for."""
    needs: tuple[str, ...]
    suffixes: Mapping[str, tuple[str, ...]]
    prefix: re.Pattern[str] = ANY
    lists_fields: bool = False
    """The type has no fields of its own; those that are there are listed."""


class Kin(NamedTuple):
    """A family that was found: its prefix, and field → the variables that carry it."""

    family: Family
    prefix: str
    variables: Mapping[str, tuple[str, ...]]


_AWS = {"access_key_id": ("_ACCESS_KEY_ID",), "secret_access_key": ("_SECRET_ACCESS_KEY",)}
FAMILIES = (
    Family(
        "email_smtp",
        Category.COMMUNICATION,
        ("host", "password"),
        {
            "host": ("_HOST", "_SERVER"),
            "port": ("_PORT",),
            "username": ("_USERNAME", "_USER"),
            "password": ("_PASSWORD", "_PASS"),
            "security": ("_SECURITY",),
        },
        re.compile(r".*(SMTP|E?MAIL(ER)?)"),
    ),
    Family(
        "aws_ses",
        Category.COMMUNICATION,
        ("access_key_id", "secret_access_key", "region"),
        {**_AWS, "region": ("_REGION", "_DEFAULT_REGION")},
        re.compile(r"(.*_)?SES"),
    ),
    Family(
        "custom",
        None,
        ("access_key_id", "secret_access_key"),
        {**_AWS, "session_token": ("_SESSION_TOKEN",)},
        lists_fields=True,
    ),
    Family(
        "oauth2",
        None,
        ("client_id", "client_secret"),
        {
            "client_id": ("_CLIENT_ID",),
            "client_secret": ("_CLIENT_SECRET",),
            "access_token": ("_ACCESS_TOKEN",),
            "refresh_token": ("_REFRESH_TOKEN",),
            "token_url": ("_TOKEN_URL",),
            "scope": ("_SCOPE",),
        },
    ),
    Family(
        "username_password",
        None,
        ("username", "password"),
        {"username": ("_USERNAME", "_USER"), "password": ("_PASSWORD", "_PASS")},
    ),
    Family(
        "api_key_pair",
        None,
        ("key", "secret"),
        {"key": ("_KEY", "_PUBLIC_KEY"), "secret": ("_SECRET", "_SECRET_KEY")},
    ),
)
PROVIDERS = {
    "ANTHROPIC_API_KEY": "anthropic",
    "AZURE_OPENAI_API_KEY": "azure",
    "CO_API_KEY": "cohere",
    "COHERE_API_KEY": "cohere",
    "DEEPSEEK_API_KEY": "deepseek",
    "GEMINI_API_KEY": "google",
    "GOOGLE_API_KEY": "google",
    "GROQ_API_KEY": "groq",
    "HF_TOKEN": "huggingface",
    "MISTRAL_API_KEY": "mistral",
    "OPENAI_API_KEY": "openai",
    "OPENROUTER_API_KEY": "openrouter",
    "PERPLEXITY_API_KEY": "perplexity",
    "TOGETHER_API_KEY": "together",
    "XAI_API_KEY": "xai",
}
"""The variable of a model provider's key → the provider."""


def kin_among(names: Collection[str]) -> Iterator[Kin]:
    """Yield the families among these names; no name is in two of them."""
    free = dict.fromkeys(name for name in names if name not in PROVIDERS)
    for family in FAMILIES:
        for prefix in _prefixes(family, list(free)):
            variables = {
                field: tuple(prefix + suffix for suffix in suffixes if prefix + suffix in free)
                for field, suffixes in family.suffixes.items()
            }
            found = {field: carriers for field, carriers in variables.items() if carriers}
            if found.keys() >= set(family.needs):
                for name in (name for carriers in found.values() for name in carriers):
                    del free[name]
                yield Kin(family, prefix, found)


def _prefixes(family: Family, names: Collection[str]) -> list[str]:
    endings = family.suffixes[family.needs[0]]
    prefixes = (name.removesuffix(ending) for name in names for ending in endings if name.endswith(ending))
    return list(dict.fromkeys(prefix for prefix in prefixes if prefix and family.prefix.fullmatch(prefix)))
