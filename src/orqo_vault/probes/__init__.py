"""Proves that a credential works: one small, harmless question to the service it is for, and the answer judged."""

from orqo_vault.probes.contract import Answer, Outcome, ProbeResult, StoppedError, Subject

__all__ = ["Answer", "Outcome", "ProbeResult", "StoppedError", "Subject"]
