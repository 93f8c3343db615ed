"""Escape sequences of string and bytes literals."""

from __future__ import annotations

import re
from typing import Final

from grc.policy.errors import CompileError

_ESCAPE: Final = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\"'\\?`])"
    r"|[xX](?P<hex>[0-9a-fA-F]{2})"
    r"|u(?P<short>[0-9a-fA-F]{4})"
    r"|U(?P<long>[0-9a-fA-F]{8})"
    r"|(?P<octal>[0-3][0-7]{2}))"
)
_SIMPLE: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unquote(body: str, *, raw: bool, as_bytes: bool, offset: int, source: str) -> str | bytes:
    """The value of a literal whose quotes are taken off. ``offset`` is where the body stands in ``source``.

    Raises:
        CompileError: an escape is not one of CEL's, or names no character.
    """
    if raw or "\\" not in body:
        return body.encode("utf-8") if as_bytes else body
    parts: list[str] = []
    octets: list[bytes] = []
    at = 0
    while at < len(body):
        stop = body.find("\\", at)
        plain = body[at:] if stop < 0 else body[at:stop]
        parts.append(plain)
        octets.append(plain.encode("utf-8"))
        if stop < 0:
            break
        match = _ESCAPE.match(body, stop)
        if match is None:
            raise CompileError(
                f"{body[stop : stop + 2]} is not an escape: write \\\\ for a backslash", offset + stop, source
            )
        code = _code(match)
        if as_bytes and (match["short"] or match["long"]):
            raise CompileError("bytes take \\x and octal escapes only", offset + stop, source)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise CompileError(f"{match.group()} is not a character", offset + stop, source)
        parts.append(chr(code))
        octets.append(bytes([code]) if as_bytes else b"")
        at = match.end()
    return b"".join(octets) if as_bytes else "".join(parts)


def _code(match: re.Match[str]) -> int:
    simple = match["simple"]
    if simple is not None:
        return ord(_SIMPLE.get(simple, simple))
    if match["octal"] is not None:
        return int(match["octal"], 8)
    return int(match["hex"] or match["short"] or match["long"], 16)
