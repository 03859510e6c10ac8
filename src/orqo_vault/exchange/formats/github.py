"""The file ``$GITHUB_ENV`` of a GitHub Actions step, and the masks its runner must know first.

docs.github.com, "Workflow commands": a value of any shape stands between ``NAME<<DELIMITER`` and a line that is the
delimiter; "Make sure the delimiter you're using won't occur on a line of its own within the value." In a
command's data ``%``, CR and LF are written ``%25``, ``%0D`` and ``%0A``. The runner masks line by line and only what
it was told, so every line of a secret is a mask of its own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence

from orqo_vault.exchange.formats import Format, Plain

_OF_THE_RUNNER = re.compile(
    r"NODE_OPTIONS|RUNNER_\w+|GITHUB_(ACTION(_PATH|_REF|_REPOSITORY)?|ACTOR(_ID)?|API_URL|BASE_REF|ENV|EVENT_NAME"
    r"|EVENT_PATH|GRAPHQL_URL|HEAD_REF|JOB|OUTPUT|PATH|REF(_NAME|_PROTECTED|_TYPE)?|REPOSITORY(_ID|_OWNER|_OWNER_ID)?"
    r"|RETENTION_DAYS|RUN_ATTEMPT|RUN_ID|RUN_NUMBER|SERVER_URL|SHA|STATE|STEP_SUMMARY|TRIGGERING_ACTOR"
    r"|WORKFLOW(_REF|_SHA)?|WORKSPACE)"
)
"""What a step cannot set: the runner refuses it or puts its own value there (its ``GitHubContext`` lists them)."""


class GitHub(Format):
    file_variable = "GITHUB_ENV"

    def unfit(self, name: str, value: str) -> str | None:
        """Refuse the runner's own variables: the step would go on with another value."""
        return "is set by the runner itself" if _OF_THE_RUNNER.fullmatch(name) else None

    def text(self, variables: Sequence[Plain], *, name: str) -> str:
        """Return a here-document for each."""
        return "".join(_here_document(each) for each in variables)

    def masks(self, variables: Sequence[Plain]) -> str:
        """Return an ``add-mask`` for every secret and for each of its lines."""
        wanted = dict.fromkeys(text for each in variables if each.secret for text in _to_mask(each.value))
        return "".join(f"::add-mask::{_data(text)}\n" for text in wanted)


def _here_document(variable: Plain) -> str:
    delimiter = f"orqo-vault-{secrets.token_hex(16)}"  # nobody who chooses a value can know it
    return f"{variable.name}<<{delimiter}\n{variable.value}\n{delimiter}\n"


def _to_mask(value: str) -> Iterator[str]:
    # The runner warns about a mask of nothing but blanks, and masks nothing then.
    lines = re.split(r"[\r\n]+", value)
    return (text for text in (value, *lines) if text.strip())


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


FORMAT = GitHub()
