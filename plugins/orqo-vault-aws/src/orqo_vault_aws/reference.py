"""Where in AWS Secrets Manager a secret is: its name or ARN, and for a pinned one the version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from orqo_vault.backend import BackendReference
from orqo_vault.errors import ReadOnlyBackendError

ALLOWED = r"[A-Za-z0-9/_+=.@-]"
_NAME = re.compile(f"{ALLOWED}{{1,512}}")
_ARN = re.compile(rf"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{{12}}:secret:{ALLOWED}{{1,512}}")
_VERSION = re.compile(r"[A-Za-z0-9_-]{32,64}")
_STAGE = re.compile(f"{ALLOWED}{{1,256}}")


@dataclass(frozen=True, kw_only=True)
class AwsReference(BackendReference):
    """A secret of AWS Secrets Manager. Its names are flat text, so a leading ``/`` is part of the name."""

    version_id: str | None = None
    """Read exactly this version. A pinned secret is never written."""
    version_stage: str | None = None
    """Read the version with this staging label instead of ``AWSCURRENT``. A pinned secret is never written."""
    format: Literal["auto", "text", "binary"] = "auto"
    """``auto``: the fields of a JSON object, anything else as the one field ``value``. ``text``: the whole text is
    ``value``, also when it is JSON. ``binary``: ``value`` is the base64 text of bytes."""

    def __post_init__(self) -> None:
        if not (_NAME.fullmatch(self.path) or _ARN.fullmatch(self.path)):
            raise ValueError("path must be a secret's ARN, or its name: letters, digits and /_+=.@-")
        if self.version_id is not None and not _VERSION.fullmatch(self.version_id):
            raise ValueError("version_id must be 32 to 64 letters, digits, - or _")
        if self.version_stage is not None and not _STAGE.fullmatch(self.version_stage):
            raise ValueError("version_stage must be a staging label like AWSPREVIOUS")

    def refuse_to_change(self, doing: str) -> None:
        """Raise when one version is named: versions do not change."""
        if self.version_id is not None or self.version_stage is not None:
            raise ReadOnlyBackendError(
                f"{doing}: one version is named, and versions do not change",
                hint="leave version_id and version_stage out",
                paths=[str(self)],
            )

    def secret_id(self, prefix: str) -> str:
        """Return what the service is asked for."""
        return self.path if self.path.startswith("arn:") else prefix + self.path

    def __str__(self) -> str:
        pins = [pin for pin in (self.version_id, self.version_stage) if pin is not None]
        return "@".join([self.path, *pins])
