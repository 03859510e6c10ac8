"""Lists names, page by page, those only that hold a value. Values are not asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orqo_vault.backend import Deadline
from orqo_vault_aws.asking import Service
from orqo_vault_aws.description import CURRENT
from orqo_vault_aws.reference import ALLOWED

PAGE = 100  # the service's own limit


def list_paths(service: Service, prefix: str, start: str, deadline: Deadline) -> list[str]:
    """Return the sorted paths below the backend's ``prefix`` that begin with ``start``."""
    deadline.check(service.doing(""))
    beginning = prefix + start
    if not re.fullmatch(f"{ALLOWED}*", beginning):
        return []  # no name has such characters, and to the service they would be a pattern
    more: dict[str, Any] = {"Filters": [{"Key": "name", "Values": [beginning]}]} if beginning else {}
    found: set[str] = set()
    while True:
        page = service.ask("list_secrets", deadline, about="", MaxResults=PAGE, **more)
        found.update(
            entry["Name"][len(prefix) :]
            for entry in page.get("SecretList", ())
            if entry["Name"].startswith(beginning) and _holds_something(entry)
        )
        if not page.get("NextToken"):
            return sorted(found)
        more["NextToken"] = page["NextToken"]


def _holds_something(entry: Mapping[str, Any]) -> bool:
    stages = (entry.get("SecretVersionsToStages") or {}).values()
    return entry.get("DeletedDate") is None and any(CURRENT in each for each in stages)
