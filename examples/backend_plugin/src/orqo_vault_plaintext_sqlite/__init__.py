"""A backend for development: plain text in one SQLite file."""
