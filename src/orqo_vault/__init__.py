"""orqo-vault: the credentials layer of a workflow engine."""

__version__ = "0.1.0"
