"""The command line: parse, call one library function, print. Prompts and messages go to stderr, data to stdout."""
