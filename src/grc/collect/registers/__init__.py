"""Registers: the evidence that no API gives, kept as CSV or YAML with a declared schema."""

from grc.collect.registers.source import RegisterSource

__all__ = ["RegisterSource"]
