"""The script that a machine's own people run: it prints how the machine is set up, and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

NAME: Final = "grc-host.sh"


def script_text() -> str:
    """The script as text, for whoever is to read it before it runs."""
    return (Path(__file__).parent / NAME).read_text(encoding="utf-8")
