"""AWS names that are not secret."""

from __future__ import annotations

import re

ACCESS_KEY_ID = re.compile(r"[A-Za-z0-9_]{1,128}", re.ASCII)
REGION = re.compile(r"[a-z]{2,8}(-[a-z]{1,12}){1,3}-\d{1,2}", re.ASCII)


def check_access_key_id(value: str) -> None:
    """Accept what IAM accepts, and the short ones of local stand-ins; a pasted secret key is seen by its / or +."""
    if not ACCESS_KEY_ID.fullmatch(value):
        raise ValueError("is not an access key id: letters and digits only (AKIA…, ASIA…); is it the secret key?")


def check_region(value: str) -> None:
    """Accept the shape of a region, not a list: new regions appear and partitions have their own."""
    if not REGION.fullmatch(value):
        raise ValueError("is not a region: lower-case words and a number, joined by hyphens")
