"""Kubernetes: the pod's service-account token, read anew at each login because the kubelet replaces it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orqo_vault_hashicorp.address import variable
from orqo_vault_hashicorp.auth.method import AuthMethod

if TYPE_CHECKING:
    from orqo_vault_hashicorp.auth.desk import Desk
    from orqo_vault_hashicorp.tokens import Token

POD_TOKENS = ("/var/run/secrets/kubernetes.io/", "/run/secrets/kubernetes.io/")  # the first is often a link
DEFAULT_FILE = f"{POD_TOKENS[0]}serviceaccount/token"


@dataclass(frozen=True, kw_only=True)
class Kubernetes(AuthMethod):
    """Best with a projected token whose audience is this server. The pod's own token opens the cluster's API too,

    so it goes only to the server that VAULT_ADDR names, or that the user's or operator's file allows.
    """

    method: Literal["kubernetes"] = "kubernetes"
    role: str
    """The role at the auth mount."""
    token_file: str = DEFAULT_FILE
    """Where the token is mounted."""

    def obtain(self, desk: Desk) -> Token:
        path = desk.path(self.token_file)
        if any(str(each).startswith(POD_TOKENS) for each in (path, path.resolve())):
            desk.require_ambient_allowed("the pod's own token", variable(desk.context.environ, "ADDR"))
        token = desk.file("service-account token", self.token_file)
        return desk.login(self, {"role": self.role, "jwt": token.reveal()})
