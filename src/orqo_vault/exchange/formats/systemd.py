"""The file of ``EnvironmentFile=`` in a systemd unit.

systemd.exec(5): a double-quoted value "can span multiple lines, and the same escape sequences are recognized as in
double-quoted text of a POSIX shell. Backslash followed by any of "\\`$ will preserve that character." And: "Valid
characters are unicode scalar values other than noncharacters, NUL, and U+FEFF byte order mark."
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orqo_vault.exchange.formats import Format, Plain

_ESCAPED = re.compile(r'["\\`$]')
_FIRST_PLANE = 0x10000
_REFUSED = re.compile(
    "[\ufdd0-\ufdef\ufeff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, _FIRST_PLANE))
    + "]"
)


class Systemd(Format):
    def unfit(self, name: str, value: str) -> str | None:
        """Refuse noncharacters: systemd would not read the file, and would write the value to the journal."""
        return "has a noncharacter or a byte order mark" if _REFUSED.search(value) else None

    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return a quoted assignment for each."""
        return "".join(f'{each.name}="{_escaped(each.value)}"\n' for each in variables)


def _escaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\\" + found[0], value)


FORMAT = Systemd()
