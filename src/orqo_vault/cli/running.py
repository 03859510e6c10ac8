"""What ``run`` does once its command line is understood. Nothing here, or above it, imports click.

The first lines of a run are the product's floor: what stands at the top of these modules is paid for by every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from orqo_vault.cli.invocation import Invocation
from orqo_vault.cli.selection import selected
from orqo_vault.cli.usage import UsageError
from orqo_vault.errors import OrqoVaultError

if TYPE_CHECKING:
    from orqo_vault.planner import Plan
    from orqo_vault.run.interruption import Interruption
    from orqo_vault.run.streams import When
    from orqo_vault.vault import Vault
    from orqo_vault.vault.prepared import PreparedRun

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
    mask: When | None = None
    kill_after: float | None = None
    manifest: str | None = None


def run(invocation: Invocation, request: RunRequest) -> NoReturn:
    """Become the command, or run it where something has to be done around it; return only by raising.

    Until the command is started every failure is status 125.
    """
    from orqo_vault.run.execute import NOT_STARTED, replace_process
    from orqo_vault.run.interruption import Interruption

    if not request.words:
        raise UsageError("no command to run", hint="orqo-vault run [--run NAME | --only ID,…] -- COMMAND…")
    selection = selected(request.only, request.run)
    invocation.failing_as = NOT_STARTED
    with Interruption() as interruption, _closing(invocation):
        vault = invocation.vault(allow_older=request.allow_older).acting(reason=request.reason)
        with vault.prepare(only=selection.only, run=selection.run, keep_alive=False) as prepared:
            environment = prepared.child_env(_inherited(invocation.environ), clean=request.clean_env)
            if request.manifest is not None:
                _write_manifest(request.manifest, prepared, vault)
            if invocation.verbosity:
                _tell(invocation, prepared.plan)
            _run_around_where_needed(invocation, prepared, request, environment, interruption)
        invocation.close()
        invocation.failing_as = None  # from here on the status is the command's
        replace_process(request.words, environment)


def _run_around_where_needed(
    invocation: Invocation,
    prepared: PreparedRun,
    request: RunRequest,
    environment: Mapping[str, str],
    interruption: Interruption,
) -> None:
    """Do not return when the command cannot simply take our place."""
    from orqo_vault.run.streams import streams_to_mask

    streams = streams_to_mask("always" if prepared.forces_mask else request.mask or prepared.plan.run.mask)
    needed = prepared.plan.needs_supervision or prepared.leases or request.kill_after is not None
    if not (needed or any(streams)):
        return
    from orqo_vault.cli.supervising import masking_of, run_around

    masking = masking_of(invocation, prepared, streams)
    if needed or masking is not None:
        run_around(invocation, prepared, request, environment, masking, interruption)


@contextmanager
def _closing(invocation: Invocation) -> Iterator[None]:
    """Give back what a run that does not start has taken; what went wrong first is what is reported."""
    try:
        yield
    except BaseException:
        with suppress(OrqoVaultError):
            invocation.close()
        raise


def _write_manifest(path: str, prepared: PreparedRun, vault: Vault) -> None:
    import json

    from orqo_vault.cli.private_file import write_private_file
    from orqo_vault.vault.manifest import manifest

    text = json.dumps(manifest(prepared, vault), indent=2, ensure_ascii=False)
    write_private_file(path, text.encode() + b"\n")


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
