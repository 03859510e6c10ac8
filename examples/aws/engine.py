"""An engine's step: it knows environment variables and nothing of where they come from."""

from __future__ import annotations

import os

for name in ("OPENAI_API_KEY", "DB_USERNAME", "DB_PASSWORD"):
    print(f"{name}: {len(os.environ[name])} characters")
for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
    print(f"{name}: {'inherited!' if name in os.environ else 'not inherited'}")
