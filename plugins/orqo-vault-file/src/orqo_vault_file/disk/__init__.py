"""The disk and the kernel: the only rooms that open, lock or wait for a file."""
