"""A gateway with limits of a test's own: ``python -m tests.gateway.impatient OPERATOR_FILE LIMIT=SECONDS …``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from orqo_vault.gateway.fitness import Listening
from orqo_vault.gateway.limits import Limits
from orqo_vault.gateway.serving import Serving, serve
from orqo_vault.settings.operator import load_operator
from orqo_vault.vault.surroundings import Surroundings


def main(file: str, *limits: str) -> None:
    operator = load_operator(Path(file))
    assert operator is not None
    said = {name: float(value) for name, _, value in (each.partition("=") for each in limits)}
    serve(
        Serving(
            operator=operator,
            listening=Listening(host="127.0.0.1", port=0),
            name="gw",
            surroundings=Surroundings(),
            say=lambda text: print(text, file=sys.stderr, flush=True),  # noqa: T201  # the harness reads it
            limits=replace(Limits(), **said),  # type: ignore[arg-type]  # those named are numbers of seconds
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
