"""What API and pages show and do, on a vault: plain data in, plain data out, and never a value out."""
