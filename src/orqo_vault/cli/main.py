"""The one place where errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from orqo_vault.cli.invocation import Invocation
from orqo_vault.errors import OrqoVaultError

if TYPE_CHECKING:
    from orqo_vault.cli.quick_run import QuickRun

BROKEN_PIPE = 141
"""What a shell reports for a program that SIGPIPE ended, which is what a reader who left means."""
THE_PERSONS_DOING = (2, 130)
"""A wrong command line and Ctrl-C keep their status in every command."""


def main(argv: Sequence[str] | None = None) -> int:
    """Obey the command line and return the exit status. A ``run`` does not return: it becomes its command."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    invocation = Invocation(os.environ, json=asks_for_json(arguments))
    try:
        return _obey(arguments, invocation)
    except KeyboardInterrupt:
        from orqo_vault.cli.usage import InterruptedByUserError

        return _fail(InterruptedByUserError("interrupted"), invocation)
    except OrqoVaultError as error:
        return _fail(error, invocation)
    except BrokenPipeError:
        _silence_stdout()
        return BROKEN_PIPE
    except OSError as error:
        _give_up_what_cannot_be_written()
        return _fail(OrqoVaultError(_said_by_the_system(error)), invocation)
    except Exception as error:
        from orqo_vault.cli.bugs import bug

        return _fail(bug(error, frames=invocation.verbosity > 1), invocation)


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Tell whether errors are wanted as JSON, also for a command line that cannot be parsed."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return "--json" in arguments[:end]


def _obey(arguments: list[str], invocation: Invocation) -> int:
    if sys.platform == "win32":
        raise OrqoVaultError("Windows is not supported", hint="use WSL, Linux or macOS")
    from orqo_vault.cli.quick_run import quick_run

    quick = quick_run(arguments)
    if quick is not None:
        _run(quick, invocation)
    from orqo_vault.cli.root import obey

    status = obey(arguments, invocation)
    if sys.stdout is not None:
        sys.stdout.flush()  # here, where a full disk or a reader who left can still be reported
    return status


def _run(quick: QuickRun, invocation: Invocation) -> NoReturn:
    from orqo_vault.cli.running import run

    invocation.config, invocation.profile = quick.config, quick.profile
    run(invocation, quick.request)


def _fail(error: OrqoVaultError, invocation: Invocation) -> int:
    from orqo_vault.cli.failure import show

    show(error, as_json=invocation.json, color=invocation.color)
    if invocation.failing_as is None or error.exit_code in THE_PERSONS_DOING:
        return error.exit_code
    return invocation.failing_as


def _said_by_the_system(error: OSError) -> str:
    place = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{place}{error.strerror or type(error).__name__}"


def _give_up_what_cannot_be_written() -> None:
    """Keep the interpreter from failing a second time, at exit, over what stdout has not taken."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _silence_stdout()


def _silence_stdout() -> None:
    """Let the interpreter's own flush at exit go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
