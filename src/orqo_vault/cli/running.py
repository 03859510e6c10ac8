"""What ``run`` does once its command line is understood. Nothing here, or above it, imports click.

The first lines of a run are the product's floor: what stands at the top of these modules is paid for by every run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.selection import selected
from orqo_vault.cli.usage import UsageError
from orqo_vault.errors import DeliveryError

if TYPE_CHECKING:
    from orqo_vault.planner import Plan

COERCED = ("C.UTF-8", "C.utf8", "UTF-8")
"""What Python sets LC_CTYPE to in its own environment when it is started in the C locale (PEP 538)."""


class RunRequest(NamedTuple):
    """A ``run`` as it was asked for."""

    words: Sequence[str]
    only: Sequence[str] = ()
    run: str | None = None
    clean_env: bool = False
    allow_older: bool = False
    reason: str | None = None


def run(invocation: Invocation, request: RunRequest) -> NoReturn:
    """Become the command; return only by raising. Until then every failure is status 125."""
    from orqo_vault.run.execute import NOT_STARTED, replace_process

    if not request.words:
        raise UsageError("no command to run", hint="orqo-vault run [--run NAME | --only ID,…] -- COMMAND…")
    selection = selected(request.only, request.run)
    invocation.failing_as = NOT_STARTED
    vault = invocation.vault(allow_older=request.allow_older).acting(reason=request.reason)
    with vault.prepare(only=selection.only, run=selection.run) as prepared:
        if prepared.leases:  # they end with this process, which the command is about to replace
            raise DeliveryError(
                "a run with leased secrets from the command line is not available yet",
                hint="use Vault.prepare() in Python and start the command inside its with block",
            )
        environment = prepared.child_env(_inherited(invocation.environ), clean=request.clean_env)
        if invocation.verbosity:
            _tell(invocation, prepared.plan)
    invocation.close()
    invocation.failing_as = None  # from here on the status is the command's
    replace_process(request.words, environment)


def _tell(invocation: Invocation, plan: Plan) -> None:
    for backend, paths in plan.reads.items():
        invocation.tell(f"read from {backend}: {', '.join(paths)}")
    invocation.tell(f"sets: {', '.join(each.name for each in plan.variables)}")


def _inherited(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment this process was started with: without a locale that Python itself put there."""
    if environ.get("LC_CTYPE") not in COERCED:
        return environ
    try:
        with open("/proc/self/environ", "rb") as file:
            given = file.read()
    except OSError:
        return environ
    if any(entry.startswith(b"LC_CTYPE=") for entry in given.split(b"\0")):
        return environ
    return {name: value for name, value in environ.items() if name != "LC_CTYPE"}
