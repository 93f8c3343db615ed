"""Writes text into YAML files of ours, so that what is read again is what was given."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

PLAIN: Final = re.compile(r"[A-Za-z](?:(?:[A-Za-z0-9 _/.()'-]|:(?=[A-Za-z0-9]))*[A-Za-z0-9_/.)])?")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""What some readers of YAML take for something other than text."""
UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})


def scalar(text: str) -> str:
    """A text as it stands in a file: as it is where nobody can mistake it, else in quotes."""
    if DAY.fullmatch(text) or (PLAIN.fullmatch(text) and text.lower() not in WORDS):
        return text
    return "".join(map(_seen, json.dumps(text, ensure_ascii=False)))


def _seen(char: str) -> str:
    if unicodedata.category(char) not in UNSEEN:
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
