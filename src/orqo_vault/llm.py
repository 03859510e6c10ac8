"""An LLM config: a model, linked with the credential that pays for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LLMConfig:
    """One entry under ``llm:``."""

    name: str
    model: str
    """``provider:model``, as the engine understands it."""
    credential: str
    """The id of a credential of category ``llm_provider``."""

    @property
    def provider(self) -> str | None:
        """The provider the model's name starts with, None when it names none."""
        provider, colon, _ = self.model.partition(":")
        return provider if colon else None
