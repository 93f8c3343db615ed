"""Anchors: one id names the entry, its heading and its place in the report."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

SAFE: Final = ":.()-_/~"
WEB: Final = ("https://", "http://")


def anchor(entry: str) -> str:
    """The anchor of an id: the id itself, percent-encoded. The link to it is ``#`` and the same text."""
    return quote(entry, safe=SAFE)


def section(name: str) -> str:
    """The anchor of a section of the report, apart from every id of the policy."""
    return f"report/{quote(name, safe=SAFE)}"


def evidence(kind: str, place: str | None = None) -> str:
    """The anchor of a kind in the evidence index, or of one of its populations."""
    return anchor(f"evidence/{kind}" if place is None else f"evidence/{kind}/{place}")


def waiver(entry: str) -> str:
    """The anchor of a waiver."""
    return anchor(f"waiver/{entry}")


def attestation(entry: str) -> str:
    """The anchor of a statement."""
    return anchor(f"attestation/{entry}")


def raised(entry: str) -> str:
    """The anchor of a finding on record."""
    return anchor(f"raised/{entry}")


def web_address(text: str) -> str | None:
    """The text as the target of a plain link, or None when it is not the address of a web page."""
    return text if text.lower().startswith(WEB) and not any(char.isspace() for char in text) else None
