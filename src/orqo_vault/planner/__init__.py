"""What a run needs and will get, worked out from names alone: nothing here reads a secret."""

from orqo_vault.planner.plan import Plan, PlannedCredential, PlannedVariable, make_plan
from orqo_vault.planner.selection import Selection, select

__all__ = ["Plan", "PlannedCredential", "PlannedVariable", "Selection", "make_plan", "select"]
