"""Keeping a store in order: rotation, verification, pruning, and what check tells of it."""
