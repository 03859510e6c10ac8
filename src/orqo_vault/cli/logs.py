"""``-vv``: our log on stderr. The libraries below are kept quieter than DEBUG, where they write bodies and headers."""

from __future__ import annotations

import logging
from types import TracebackType

OURS = "orqo_vault"
NEVER_AT_DEBUG = ("asyncio", "boto3", "botocore", "hvac", "requests", "s3transfer", "urllib3")


class NoValues(logging.Formatter):
    """Writes of an exception only its class: its text and its frames are not ours to vouch for."""

    def formatException(  # noqa: N802  # logging's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return f"({ei[0].__name__})" if ei[0] is not None else ""

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  # logging's name
        return ""


def log_to_stderr() -> None:
    """Send ``orqo_vault`` at DEBUG to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(NoValues("%(levelname)s %(name)s: %(message)s"))
    ours = logging.getLogger(OURS)
    ours.setLevel(logging.DEBUG)
    ours.addHandler(handler)
    ours.propagate = False
    for name in NEVER_AT_DEBUG:
        logging.getLogger(name).setLevel(logging.INFO)
