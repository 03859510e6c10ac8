"""One file a command; each calls its command ``command``, and the table in ``cli/root.py`` names it."""
