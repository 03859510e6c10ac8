"""The child process: the environment it gets, and how it is started."""
