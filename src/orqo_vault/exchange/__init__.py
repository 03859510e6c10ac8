"""Other tools' ways to write variables: out of a run (formats), and into declarations and secrets (sources).

Pure: names and silent values in, text out; text in, proposals out. Nothing here reads a file or a backend.
"""
