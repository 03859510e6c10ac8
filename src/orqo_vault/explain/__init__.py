"""Why a variable has the value it has, or has none: worked out from settings and names, never from a value."""

from orqo_vault.explain.credential import CredentialExplained, explain_credential
from orqo_vault.explain.outcome import Outcome
from orqo_vault.explain.source import Source
from orqo_vault.explain.variable import VariableExplained, explain_variable

__all__ = [
    "CredentialExplained",
    "Outcome",
    "Source",
    "VariableExplained",
    "explain_credential",
    "explain_variable",
]
