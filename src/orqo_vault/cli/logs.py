"""``-vv``: our log on stderr. The libraries below are kept quieter than DEBUG, where they write bodies and headers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def log_on_stderr() -> Iterator[None]:
    """Send ``orqo_vault`` at DEBUG to stderr, for as long as the command runs."""
    handler = logging.StreamHandler()
    handler.setFormatter(NoValues("%(levelname)s %(name)s: %(message)s"))
    ours = logging.getLogger(OURS)
    loggers = [ours, *(logging.getLogger(name) for name in NEVER_AT_DEBUG)]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG if logger is ours else logging.INFO)
    ours.addHandler(handler)
    try:
        yield
    finally:
        ours.removeHandler(handler)
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
