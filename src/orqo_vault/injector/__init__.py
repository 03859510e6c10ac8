"""What a run's environment looks like, decided without I/O: declarations and secrets in, variables out."""

from orqo_vault.injector.build import Selected, build_environment, field_value
from orqo_vault.injector.claims import claims
from orqo_vault.injector.content import content
from orqo_vault.injector.environment import Environment
from orqo_vault.injector.expiry import expired

__all__ = ["Environment", "Selected", "build_environment", "claims", "content", "expired", "field_value"]
