"""Stands in for an MCP server: it says which variables it was given, and not what is in them."""

import os

print("server: GITHUB_TOKEN", "is there" if os.environ.get("GITHUB_TOKEN", "").startswith("ghp_demo") else "is missing")
