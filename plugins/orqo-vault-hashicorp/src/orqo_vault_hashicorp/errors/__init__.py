"""Turns what the network and the server say into the errors of orqo-vault: codes and paths, never their text."""

from orqo_vault_hashicorp.errors.network import unreachable, was_sent
from orqo_vault_hashicorp.errors.status import CheckAndSetRequiredError, complaints, failure, will_pass

__all__ = ["CheckAndSetRequiredError", "complaints", "failure", "unreachable", "was_sent", "will_pass"]
