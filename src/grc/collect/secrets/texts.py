"""A text without its secrets: each is replaced by a mark that tells the sort, and neither the value nor its length."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from grc.collect.secrets.names import HINTS, assignments
from grc.collect.secrets.table import Form, possible

ENCODED: Final = re.compile(r"[A-Za-z0-9+/][A-Za-z0-9+/\r\n]{31,}={0,2}[\r\n]*")
PACKED: Final = b"\x1f\x8b"
MOST: Final = 1 << 20
"""Octets that are unpacked to be looked at; EC2 takes 16 KiB of user data."""
DEPTH: Final = 3
"""How often one encoding is looked for within another."""


class Scrubbed(NamedTuple):
    """A text without its secrets, and the sorts of those that were taken out, one for each."""

    text: str
    sorts: tuple[str, ...] = ()


def mark(sort: str) -> str:
    """What stands in a secret's place."""
    return f"[secret: {sort}]"


def scrub(text: str, depth: int = DEPTH) -> Scrubbed:
    """A text without the secrets that it holds in the open, in base64, or packed and in base64."""
    if len(text) < 4:
        return Scrubbed(text)
    lowered = text.lower()
    found = _without(text, possible(lowered), named=any(hint in lowered for hint in HINTS))
    return found if found.sorts or not depth else _encoded(text, depth) or found


def suspicious(texts: Collection[str]) -> bool:
    """Whether any of the texts may hold a secret. Quick, and rather too often: nearly all records hold none."""
    joined = "\n".join(texts)
    lowered = joined.lower()
    if any(hint in lowered for hint in HINTS) or any(form.pattern.search(joined) for form in possible(lowered)):
        return True
    return any(_decoded(text) is not None for text in texts if len(text) >= 32 and ENCODED.fullmatch(text))


def sorts_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The sorts of the secrets that some texts hold by their form alone, whatever they are called."""
    return tuple(sort for text in texts for sort in _without(text, possible(text.lower()), named=False).sorts)


def _without(text: str, tried: Iterable[Form], *, named: bool) -> Scrubbed:
    sorts: list[str] = []
    for form in tried:
        text = _marked(text, ((start, end, form.id) for start, end in form.spans(text)), sorts)
    if named:
        text = _marked(text, assignments(text), sorts)
    return Scrubbed(text, tuple(sorts))


def _marked(text: str, spans: Iterable[tuple[int, int, str]], sorts: list[str]) -> str:
    pieces: list[str] = []
    last = 0
    for start, end, sort in spans:
        pieces += [text[last:start], mark(sort)]
        sorts.append(sort)
        last = end
    return "".join([*pieces, text[last:]]) if pieces else text


def _encoded(text: str, depth: int) -> Scrubbed | None:
    """A text that is base64 of a text with secrets, encoded again without them; None: it is none such."""
    if len(text) < 32 or not ENCODED.fullmatch(text):
        return None
    inner = _decoded(text)
    scrubbed = None if inner is None else scrub(inner, depth - 1)
    if scrubbed is None or not scrubbed.sorts:
        return None
    return Scrubbed(base64.b64encode(scrubbed.text.encode()).decode("ascii"), scrubbed.sorts)


def _decoded(text: str) -> str | None:
    try:
        data = base64.b64decode(text + "=" * (-len(text.rstrip()) % 4))
        if data.startswith(PACKED):
            data = zlib.decompressobj(wbits=31).decompress(data, MOST)
        return data.decode("utf-8")
    except (binascii.Error, ValueError, zlib.error):
        return None


def add_texts(value: object, texts: list[str]) -> None:
    """Add every text in JSON data, names of members included."""
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict):
        texts.extend(value)
        for below in value.values():
            if type(below) is str:
                texts.append(below)
            else:
                add_texts(below, texts)
    elif isinstance(value, (list, tuple)):
        for below in value:
            add_texts(below, texts)
