"""A Secret manifest for ``kubectl create -f -``.

Every scalar is a quoted JSON string, because YAML takes a bare ``NO`` or ``ON`` for a boolean. A variable's name is
always a valid key (alphanumerics, ``-``, ``_`` or ``.``, at most 253). kubernetes.io, "Secrets": "Individual Secrets
are limited to 1MiB in size."
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence

from orqo_vault.errors import DeliveryError
from orqo_vault.exchange.formats import Format, Plain

SIZE_LIMIT = 1024 * 1024
LONGEST_NAME = 253
_DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


class Kubernetes(Format):
    def too_much(self, variables: Sequence[Plain]) -> str | None:
        """Refuse what the API server would."""
        size = sum(len(each.value.encode()) for each in variables)
        return None if size <= SIZE_LIMIT else f"holds {size} bytes, and a Secret holds {SIZE_LIMIT}"

    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return the manifest, called ``name``; raise for a name that Kubernetes does not allow."""
        if len(name) > LONGEST_NAME or not _DNS_SUBDOMAIN.fullmatch(name):
            raise DeliveryError(
                "no Secret can have that name", hint="lower-case letters, digits, '-' and '.', at most 253 characters"
            )
        head = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {json.dumps(name)}\ntype: Opaque\ndata:"
        lines = [f"  {json.dumps(each.name)}: {json.dumps(_base64(each.value))}\n" for each in variables]
        return f"{head}\n{''.join(lines)}" if lines else f"{head} {{}}\n"


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode("ascii")


FORMAT = Kubernetes()
