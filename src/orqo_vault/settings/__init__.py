"""The settings file: found, read with positions, layered, validated, and nothing else."""
