"""Masks the secrets of a run in what programs write: an accident guard, not a boundary."""

from orqo_vault.redaction.logging_filter import LoggingFilter
from orqo_vault.redaction.patterns import Patterns, patterns
from orqo_vault.redaction.redactor import MASK, Redactor, masked

__all__ = ["MASK", "LoggingFilter", "Patterns", "Redactor", "masked", "patterns"]
