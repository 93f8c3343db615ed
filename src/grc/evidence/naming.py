"""File names inside a pack: a place or a path becomes one that is safe, the same, and its own on every system."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Final

from grc.model.identifiers import KindName, Place

SUFFIX: Final = ".ndjson.zst"
MAX_SEGMENT: Final = 160
PLAIN: Final = re.compile(rb"[a-z0-9._-]")
TAKEN: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\Z)|(manifest\.json|sha256sums)\Z")


def population_file(kind: KindName, place: Place) -> str:
    """Where a population's records stand in its pack: ``evidence/<kind>/<place>.ndjson.zst``."""
    *folders, last = place.split("/")
    return "/".join(["evidence", segment(kind), *map(segment, folders), segment(last) + SUFFIX])


def policy_file(path: str) -> str:
    """Where a copy of a data file of the policy stands in an assessment."""
    return "/".join(["policy", *map(segment, path.split("/"))])


def assessment_folder(as_of: datetime, identity: str) -> str:
    """The name of an assessment: its instant and the first 12 digits of its digest."""
    moment = as_of.astimezone(UTC)
    fraction = f".{moment.microsecond:06}" if moment.microsecond else ""
    return f"{moment:%Y%m%dT%H%M%S}{fraction}Z-{identity.removeprefix('sha256:')[:12]}"


def segment(text: str) -> str:
    """One step of a path, percent-encoded so that no two steps share a name and none leads elsewhere.

    Only lower-case letters, digits, ``.``, ``_`` and ``-`` stay as they are (some systems do not tell upper from lower
    case). ``.``, ``..``, names of devices and of our own files, and an end that another system drops or that a file of
    ours has, are encoded too. An empty step is ``%``; a long one is cut and ends in ``%~`` and its digest.
    """
    if not text:
        return "%"
    data = text.encode("utf-8", "surrogatepass")
    name = "".join(chr(byte) if PLAIN.match(bytes([byte])) else f"%{byte:02X}" for byte in data)
    if TAKEN.match(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if name.startswith("."):
        name = "%2E" + name[1:]
    if name.endswith((".", ".zst")):
        cut = name.rindex(".")
        name = f"{name[:cut]}%2E{name[cut + 1 :]}"
    if len(name) > MAX_SEGMENT:
        return f"{name[: MAX_SEGMENT - 40]}%~{hashlib.sha256(data).hexdigest()[:24]}"
    return name
