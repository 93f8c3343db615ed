"""How long packs are kept: classes of evidence, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from grc.errors import ConfigError, EvidenceError
from grc.evidence import manifest as manifests

FORMAT: Final = "grc.retention/1"
SHIPPED: Final = Path(__file__).with_name("retention.json")
YEARS_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceClass:
    """A class of evidence: kept for so many years after it came into the vault.

    ``frameworks`` are those whose packs belong to it by themselves; ``why`` is the rule, or the reason.
    """

    years: int
    frameworks: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The classes of a vault, by name."""

    format: str
    classes: Mapping[str, EvidenceClass]


def read_retention(path: Path = SHIPPED) -> Mapping[str, EvidenceClass]:
    """Read classes of evidence from a file; the shipped ones when none is named.

    Raises:
        ConfigError: the file cannot be read, or does not say what it must.
    """
    try:
        classes = manifests.decode(path.read_bytes(), Retention, FORMAT).classes
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    except (EvidenceError, msgspec.MsgspecError) as error:
        raise ConfigError(f"{path} {error}") from error
    for name, kept in classes.items():
        if not 0 < kept.years <= YEARS_MOST:
            raise ConfigError(f"{path}: {name} is kept for {kept.years} years: say 1 to {YEARS_MOST}")
    if not any(not kept.frameworks for kept in classes.values()):
        raise ConfigError(f"{path}: no class is without frameworks, for what belongs to no other")
    return classes


def class_of(frameworks: Iterable[str], classes: Mapping[str, EvidenceClass]) -> str:
    """The class of a pack of these frameworks: of those that it belongs to, the one that is kept longest."""
    asked = set(frameworks)
    fitting = [name for name, kept in classes.items() if asked & set(kept.frameworks)]
    fitting = fitting or [name for name, kept in classes.items() if not kept.frameworks]
    return max(sorted(fitting), key=lambda name: classes[name].years)


def kept_until(at: datetime, years: int) -> datetime:
    """The instant so many years later, in whole seconds, never before; a leap day ends on 1 March."""
    try:
        later = at.replace(year=at.year + years)
    except ValueError:
        later = at.replace(year=at.year + years, month=3, day=1)
    return later if not later.microsecond else later.replace(microsecond=0) + timedelta(seconds=1)
