"""The translations of Terraform's resource types that are shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from grc.collect import translated
from grc.collect.translated import Translation

SHIPPED: Final = Path(__file__).parent / "translations"


def load_translations(folder: Path = SHIPPED) -> tuple[Translation, ...]:
    """Load every translation, in order of type."""
    return translated.load_translations(folder)
