"""Secrets that exist once: one for each field of each type, and for each way in which a value is typed."""

from __future__ import annotations

import os
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

CREDENTIALS = {
    "openai": "type: api_token, key: OPENAI_API_KEY, category: llm_provider",
    "pair": "type: api_key_pair, key: PAIR, category: llm_provider",
    "login": "type: username_password, key: LOGIN, category: runtime",
    "mail": "type: email_smtp, key: SMTP, category: communication",
    "oauth": "type: oauth2, key: OAUTH, category: mcp_service",
    "ses": "type: aws_ses, key: AWS, category: communication",
    "deploy": "type: ssh_key, key: DEPLOY_KEY, category: ssh_key",
    "crm": "type: custom, key: CRM, category: custom, fields: [tenant, api_key]",
}
"""Id → declaration: every built-in type."""


class Canaries:
    """The values, and every half of one by name, for the scanner."""

    def __init__(self) -> None:
        self.secrets: dict[str, bytes] = {}
        self.fields: dict[str, dict[str, str]] = {
            "openai": {"token": self.hard("openai.token")},
            "pair": {"key": self.hard("pair.key"), "secret": self.hard("pair.secret")},
            "login": {"username": self.hard("login.username"), "password": self.hard("login.password")},
            "mail": {
                "host": f"{self.plain('mail.host')}.example",
                "username": self.hard("mail.username"),
                "password": self.hard("mail.password"),
            },
            "oauth": {
                "client_id": self.hard("oauth.client_id"),
                "client_secret": self.hard("oauth.client_secret"),
                "access_token": self.hard("oauth.access_token"),
                "refresh_token": self.hard("oauth.refresh_token"),
                "token_url": f"https://idp.example/{self.plain('oauth.token_url')}",
                "scope": self.hard("oauth.scope"),
            },
            "ses": {
                "access_key_id": f"AKIA{self.plain('ses.access_key_id')}",
                "secret_access_key": self.hard("ses.secret_access_key"),
                "region": "eu-central-1",
            },
            "deploy": self._ssh_key(),
            "crm": {"tenant": self.hard("crm.tenant"), "api_key": self.hard("crm.api_key") + "\nand a second line\n"},
        }
        """Id → field → value; what stands in ``fields`` is never shown but by ``get``."""

    def plain(self, name: str) -> str:
        """Return a new secret of letters and digits."""
        value = os.urandom(8).hex()
        self.secrets[name] = value.encode()
        return value

    def hard(self, name: str) -> str:
        """Return a new secret that every spelling writes in another way; each half is searched for on its own."""
        return f'{self.plain(f"{name}, first half")}"\\/+&={{}}é {self.plain(f"{name}, second half")}'

    def _ssh_key(self) -> dict[str, str]:
        passphrase = self.hard("deploy.passphrase")
        text = _sealed_key(passphrase)
        for number, line in enumerate(text.splitlines()[2:-1]):  # the first line is the same in every key
            if len(line) > 16:
                self.secrets[f"deploy.private_key, line {number}"] = line.encode()
        return {"private_key": text, "passphrase": passphrase}


@cache
def _sealed_key(passphrase: str) -> str:
    sealing = BestAvailableEncryption(passphrase.encode())
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, sealing).decode()
