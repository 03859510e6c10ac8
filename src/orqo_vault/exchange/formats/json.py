"""A flat JSON object, for any program. It holds every text there is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from orqo_vault.exchange.formats import Format, Plain


class Json(Format):
    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return the object; what is not ASCII is escaped, so that no encoding can harm it."""
        return json.dumps({each.name: each.value for each in variables}, indent=2) + "\n"


FORMAT = Json()
