"""A dotenv report artifact of GitLab CI (``artifacts: reports: dotenv:``), which later jobs get as variables.

The rules are those of GitLab's docs (ci/yaml/artifacts_reports, "artifacts:reports:dotenv") and of the class that
reads it, ``Ci::ParseDotenvArtifactService``: one ``KEY=value`` a line, quotes are part of the value, both sides are
stripped, no empty lines and no comments, smaller than 5 KB. The variables are not raw: what looks like a reference
to another one is replaced when a job starts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orqo_vault.exchange.formats import Format, Plain

SIZE_LIMIT = 5 * 1024
_STRIPPED = " \t\n\v\f\r"
"""What Ruby's ``strip`` takes away (and NUL, which no variable has)."""
_REFERENCE = re.compile(r"\$|%%|%[A-Za-z_][A-Za-z0-9_]*%")


class GitLab(Format):
    def unfit(self, name: str, value: str) -> str | None:
        """Refuse what would become two lines, be stripped, or be taken for a reference."""
        if "\n" in value or "\r" in value:
            return "has a line break"
        if value != value.strip(_STRIPPED):
            return "begins or ends with a space"
        if _REFERENCE.search(value):
            return "has a $ or %…%, which GitLab expands"
        return None

    def too_much(self, variables: Sequence[Plain]) -> str | None:
        """Refuse a file that GitLab would not take: the job then goes on without its variables."""
        size = len(self.text(variables, name="").encode())
        return None if size < SIZE_LIMIT else f"makes a file of {size} bytes, and it must be smaller than {SIZE_LIMIT}"

    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return a line for each."""
        return "".join(f"{each.name}={each.value}\n" for each in variables)


FORMAT = GitLab()
