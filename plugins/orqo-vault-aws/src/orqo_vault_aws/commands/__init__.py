"""What this distribution adds to the command line: a way back from deletion, and taking over what others made."""
