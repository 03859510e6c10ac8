"""Secrets in AWS Secrets Manager, read in batches and never overwritten unasked. The hooks are in ``plugin.py``."""
