"""Numbers and texts as they are written, and the attributes that hold no more than one."""

from __future__ import annotations

import re
from typing import Final

from grc.collect.terraform.hcl.tree import Expression, Literal, Name, Opaque

PLAIN: Final = re.compile(
    rb"([A-Za-z_][\w-]*)[ \t]*=[ \t]*"
    rb'(?:"([^"\\$%\r\n]*)"|(true|false)|(-?(?:0|[1-9]\d{0,15}))|(null)|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+))'
)
"""An attribute that needs no walk of the tree: most are."""
ESCAPE: Final = re.compile(r"\\(?:[nrt\"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})|\$\$\{|%%\{")
SHORT: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
LONGEST_NUMBER: Final = 30
"""Characters."""


def plain(found: re.Match[bytes]) -> Expression:
    """What a plain attribute is set to."""
    text, truth, number, null, path = found.group(2, 3, 4, 5, 6)
    if text is not None:
        return Literal(str(text, "utf-8"))
    if truth is not None:
        return Literal(truth == b"true")
    if number is not None:
        return Literal(int(number))
    if null is not None:
        return Literal(None)
    root, *steps = str(path, "utf-8").split(".")
    return Name(root, tuple(steps))


def number(text: str) -> Expression:
    """A number, as exactly as Python holds it."""
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        return Literal(int(text))
    try:
        found = float(text)
    except ValueError:
        return Opaque("is no number")
    if found in (float("inf"), float("-inf")) or len(text) > LONGEST_NUMBER:
        return Opaque("is a number beyond what is read")
    return Literal(int(found) if found.is_integer() and abs(found) < 2**53 else found)


def unescape(text: str) -> str:
    """The characters that quoted text stands for."""
    return ESCAPE.sub(_escaped, text) if "\\" in text or "$${" in text or "%%{" in text else text


def _escaped(found: re.Match[str]) -> str:
    text = found[0]
    if text[0] != "\\":
        return text[1:]
    if text[1] in SHORT:
        return SHORT[text[1]]
    point = int(text[2:], 16)
    return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "\N{REPLACEMENT CHARACTER}"
