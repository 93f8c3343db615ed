"""Reads one document of the script (``grc.host/1``) strictly: what is not as the script writes it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from grc.collect.host.reads import Read, Reads, Status
from grc.collect.strictjson import read_json_once

FORMAT: Final = "grc.host/1"
FAMILY: Final = "grc.host/"
INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\Z")
STATUSES: Final = frozenset(status.value for status in Status)


class Refused(Exception):  # noqa: N818 - a refusal becomes a gap
    """A file is not a document of a host; the message says why, and repeats nothing that it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDocument:
    """What one machine said of itself at one instant, and as whom the script ran."""

    host_id: str
    hostname: str
    collected: datetime
    uid: int
    sections: Mapping[str, Reads]

    def section(self, name: str) -> Reads | None:
        """The reads of a section; None where the document has no such section."""
        return self.sections.get(name)


def read_document(data: bytes) -> HostDocument:
    """Read one document.

    Raises:
        Refused: it is not JSON, of another version, or not as the script writes it.
    """
    try:
        found = read_json_once(data)
    except ValueError as error:
        raise Refused(f"is not JSON: {error}") from error
    if not isinstance(found, dict) or not str(found.get("format", "")).startswith(FAMILY):
        raise Refused(f"is not a document of a host: its format is not {FORMAT}")
    if found["format"] != FORMAT:
        raise Refused(f"is of another version than {FORMAT}: run the script that comes with this engine")
    sections = _of(found, "sections", dict)
    return HostDocument(
        host_id=_name(found, "host_id"),
        hostname=_name(found, "hostname"),
        collected=_instant(_of(found, "collected", str)),
        uid=_of(found, "uid", int),
        sections={str(name): Reads(tuple(_read(each, name) for each in reads)) for name, reads in _listed(sections)},
    )


def _of(found: Mapping[str, Any], name: str, kind: type) -> Any:
    value = found.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Refused(f"has no {name}, or one that the script does not write")
    return value


def _name(found: Mapping[str, Any], name: str) -> str:
    value: str = _of(found, name, str)
    if not NAME.match(value):
        raise Refused(f"has a {name} that no machine has: letters, digits, dots, colons, dashes and underscores")
    return value


def _instant(text: str) -> datetime:
    if not INSTANT.match(text):
        raise Refused("says no instant in UTC at which it was collected")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("was collected at an instant that is none") from error


def _listed(sections: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    for name, reads in sections.items():
        if not isinstance(reads, list):
            raise Refused(f"has a section that is no list ({name if NAME.match(name) else 'of an odd name'})")
    return list(sections.items())


def _read(value: Any, section: str) -> Read:
    if not isinstance(value, dict) or value.get("status") not in STATUSES:
        raise Refused(
            f"has a read that the script does not write, in {section if NAME.match(section) else 'a section'}"
        )
    return Read(
        what=_text(_of(value, "what", str)),
        status=Status(value["status"]),
        exit=_of(value, "exit", int),
        text=_text(_of(value, "text", str)),
    )


def _text(told: str) -> str:
    """The script writes a byte beyond ASCII as ``\\u00XX``; where the bytes are UTF-8, the text is theirs."""
    if told.isascii():
        return told
    try:
        return told.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return told
