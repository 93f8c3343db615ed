"""The page that lies in each pack: what it is, and how to check it with tools that every system has."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

NAME: Final = "README.md"


@cache
def readme() -> bytes:
    """The page's bytes."""
    return Path(__file__).with_name("readme.md").read_bytes()
