"""Time zones by name, the same on every machine."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

OF_THE_MACHINE: Final = frozenset({"localtime", "posixrules", "posix", "right", "Factory"})
"""Names that a machine may know and that say nothing, or something else, elsewhere."""


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        ValueError: there is no such time zone.
    """
    try:
        if name.partition("/")[0] in OF_THE_MACHINE:
            raise LookupError(name)
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(f"there is no timezone {name!r}: give an IANA name, such as Europe/Berlin") from error
