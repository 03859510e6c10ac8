"""Secrets in HashiCorp Vault or OpenBao. The hook is in ``plugin.py``."""
