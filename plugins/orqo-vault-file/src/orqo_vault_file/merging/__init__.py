"""Credentials that two git branches changed."""
