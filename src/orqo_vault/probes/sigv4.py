"""Signs one request as AWS wants it (Signature Version 4): forty lines, so that a test needs no SDK of a plugin's."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
SIGNED = "host;x-amz-date"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and for what."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str
    service: str

    def headers(self, url: str, body: bytes, now: datetime) -> dict[str, str]:
        """Return the headers that make a POST of ``body`` a signed one; the URL has no query and a plain path."""
        parts = urlsplit(url)
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"
        # The first empty line is the query there is not; the second one ends the headers.
        request = "\n".join(
            ("POST", parts.path, "", f"host:{parts.netloc}", f"x-amz-date:{stamp}", "", SIGNED, _hash(body))
        )
        signature = hmac.new(self._key(stamp[:8]), _text(stamp, scope, request), hashlib.sha256).hexdigest()
        authorization = (
            f"{ALGORITHM} Credential={self.access_key_id}/{scope}, SignedHeaders={SIGNED}, Signature={signature}"
        )
        return {"X-Amz-Date": stamp, "Authorization": authorization}

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret_access_key}".encode()
        for part in (day, self.region, self.service, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key


def _text(stamp: str, scope: str, request: str) -> bytes:
    return f"{ALGORITHM}\n{stamp}\n{scope}\n{_hash(request.encode())}".encode()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
