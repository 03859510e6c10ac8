"""What the settings file refuses: each rule with its exact place, what is said, and what is advised.

The cases are in ``refused.txt``: ``===`` a name, the file, ``>>>`` the place and what the message says, ``...`` what
the hint says.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.settings.project import Project

FORM = re.compile(
    r"=== (?P<name>.+)\n(?P<text>(?:.*\n)*?)>>> (?P<place>\S+) (?P<message>.+)\n(?:\.\.\. (?P<hint>.+)\n)?\n*"
)


class Case(NamedTuple):
    name: str
    text: str
    place: str
    message: str
    hint: str | None


def cases() -> list[Case]:
    """Return every case of the file; a case in another form is an error."""
    written = Path(__file__).with_name("refused.txt").read_text()
    found = [Case(**form.groupdict()) for form in FORM.finditer(written)]
    assert len(found) == written.count("===")
    assert not FORM.sub("", written)
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_file_is_refused(case: Case, project: Project) -> None:
    refusal = project.refused(case.text)
    assert refusal.place == f"orqo-vault.yaml:{case.place}"
    assert case.message in refusal.message
    assert (case.hint or "") in refusal.hint
    assert "canary" not in str(refusal.error) + refusal.hint
