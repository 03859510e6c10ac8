"""What a well-formed value of a field looks like. Each check raises ``ValueError`` and quotes nothing of the value."""
