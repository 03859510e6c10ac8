"""``python -m orqo_vault`` and the ``orqo-vault`` script."""
