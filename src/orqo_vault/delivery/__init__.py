"""Puts values where a run finds them otherwise than in variables, and takes them away when it ends."""

from orqo_vault.delivery.deliver import Around, Handed, deliver
from orqo_vault.delivery.leftovers import Leftover, leftovers, sweep

__all__ = ["Around", "Handed", "Leftover", "deliver", "leftovers", "sweep"]
