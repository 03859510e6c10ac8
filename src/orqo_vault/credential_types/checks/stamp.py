"""Points in time, as token endpoints and OAuth libraries write them."""

from __future__ import annotations

import re
from datetime import datetime

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
EPOCH = re.compile(r"\d{9,11}(\.\d{1,9})?", re.ASCII)
EPOCH_MILLISECONDS = re.compile(r"\d{12,14}", re.ASCII)


def check_stamp(value: str) -> None:
    """Accept RFC 3339 with an offset (``2027-01-31T12:00:00Z``) and seconds since 1970, also with a fraction."""
    if EPOCH.fullmatch(value):
        return
    if EPOCH_MILLISECONDS.fullmatch(value):
        raise ValueError("is in milliseconds; seconds are expected")
    if not RFC_3339.fullmatch(value):
        raise ValueError("is not a time: YYYY-MM-DDThh:mm:ssZ, or the seconds since 1970")
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        pass  # its message quotes the value
    else:
        return
    raise ValueError("is not a time: there is no such day, hour or offset")
