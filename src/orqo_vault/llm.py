"""An LLM config: a model, linked with the credential that pays for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from orqo_vault.credential import Credential, Mode


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


class LinkedModel(NamedTuple):
    """What an engine needs to call a model."""

    model: str
    credential: Credential
    variables: tuple[str, ...]
    """The variables the credential sets in a run."""

    @property
    def mode(self) -> Mode:
        """Whose key it is: the customer's own, or the platform's."""
        return self.credential.mode
