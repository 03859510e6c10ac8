"""A credential type for database URLs."""
