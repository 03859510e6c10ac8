"""An orqo-vault audit sink: records as JSON to a syslog server."""
