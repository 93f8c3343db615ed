"""Benchmarks of collecting: ``python -m bench.collect``."""
