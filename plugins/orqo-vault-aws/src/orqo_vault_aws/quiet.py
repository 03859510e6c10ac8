"""Keeps the SDK from logging our requests: at DEBUG it writes whole bodies and headers, secrets and tokens included.

Only records of our own requests are dropped: an engine that debugs its other AWS calls still sees those.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ours: ContextVar[bool] = ContextVar("_ours", default=False)

PACKAGES = ("boto3", "botocore", "urllib3")
EARLY = ("botocore.auth", "botocore.endpoint", "botocore.parsers", "botocore.client", "botocore.credentials")
"""Loggers whose records carry bodies, headers or keys: filtered even where their module is imported later."""


class _NotOurs(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.INFO or not _ours.get()


_filter = _NotOurs()


def quieten() -> None:
    """Put the filter on every logger of the SDK there is. A filter is not inherited, so each needs it."""
    for name in {*EARLY, *PACKAGES, *list(logging.root.manager.loggerDict)}:
        if name.partition(".")[0] in PACKAGES:
            logging.getLogger(name).addFilter(_filter)  # adding it twice is adding it once


@contextmanager
def our_request() -> Iterator[None]:
    """Mark what this thread does until the block ends as ours."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)
