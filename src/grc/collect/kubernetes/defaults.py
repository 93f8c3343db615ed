"""What the API server takes for a field that a manifest leaves out: data, each with the page that says so."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.yamltext import read

FILE: Final = Path(__file__).parent / "defaults.yaml"


@cache
def default(name: str) -> Any:
    """The documented default of a field, named by what it stands on: ``pod.hostNetwork``."""
    return read(FILE).value["defaults"][name]["value"]
