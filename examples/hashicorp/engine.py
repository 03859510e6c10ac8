"""An engine's step: it knows environment variables and nothing of where they come from."""

from __future__ import annotations

import os

for name in ("OPENAI_API_KEY", "SMTP_PASSWORD"):
    print(f"{name}: {len(os.environ[name])} characters")
print(f"SMTP_HOST: {os.environ['SMTP_HOST']}:{os.environ['SMTP_PORT']}")
for name in ("VAULT_ADDR", "VAULT_TOKEN"):
    print(f"{name}: {'inherited!' if name in os.environ else 'not inherited'}")
