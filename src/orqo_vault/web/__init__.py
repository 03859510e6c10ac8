"""The Settings → Credentials page and its JSON API: one ASGI app that engines mount, or ``orqo-vault web`` serves.

No code path in this room yields a secret value: what is stored can be replaced, cleared and tested, never shown.
"""

from orqo_vault.web.app import create_app
from orqo_vault.web.auth import Auth, Identity, Role

__all__ = ["Auth", "Identity", "Role", "create_app"]
