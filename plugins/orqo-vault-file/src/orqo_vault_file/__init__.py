"""Secrets in a directory of sealed files that can be committed to git. The hooks are in ``plugin.py``."""
