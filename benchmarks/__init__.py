"""Ratios measured in one run: alternating, medians. ``python -m benchmarks.run_overhead``."""
