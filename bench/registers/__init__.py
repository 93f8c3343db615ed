"""A register of 100,000 rows: read, checked and joined, with the memory that it takes."""

from bench.registers.measure import measure

__all__ = ["measure"]
