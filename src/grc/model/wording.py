"""Counts in sentences, for all who write to people."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 subject``, ``1,200 subjects``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
