"""Reads blocks that are written as nearly all are, line by line and without a tree; what is not is left to the parser.

Such a block begins with its kind, quoted labels and ``{``, ends with ``}`` on a line of its own, and holds lines of one
attribute each, maps of such lines, and blocks of its sort. Of anything else in it nothing is read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from grc.collect.terraform.hcl.syntax.nodes import DEEPEST
from grc.collect.terraform.hcl.tree import Block, Expression, Literal, Name, Object, Opaque, Template, Tuple

NAME: Final = rb"[A-Za-z_][\w-]*"
PATH: Final = NAME + rb"(?:\." + NAME + rb")*"
TEXT: Final = rb'"[^"\\$%\r\n]*+"'
ONE: Final = TEXT + rb"|(?:0|[1-9]\d{0,15})(?![\w.])|" + PATH
"""A text, a number, or a name and what stands below it: ``true``, ``false`` and ``null`` among them."""
MADE: Final = rb'"(?:[^"\\$%\r\n]++|\$\{' + NAME + rb"(?:\." + NAME + rb')+\})*+"'
"""A text with names in it, each of two steps or more: ``${null}`` is no name."""
LIST: Final = rb"\[[ \t]*+(?:(?:" + ONE + rb")(?:[ \t]*+,[ \t]*+(?:" + ONE + rb"))*[ \t]*+,?[ \t]*+)?\]"
END: Final = rb"[ \t]*+(?:(?:#|//)[^\n]*+)?(?:\n|\r\n|\Z)"
BETWEEN: Final = rb"(?:[ \t\r\n]++|(?:#|//)[^\n]*+(?:\n|\Z))*+"
LINE: Final = re.compile(
    BETWEEN + rb"(?:(" + NAME + rb")(?:[ \t]*+=[ \t]*+(?:(" + ONE + rb")|(" + MADE + rb")|(" + LIST + rb")|(\{))"
    rb"|((?:[ \t]++" + TEXT + rb"){0,2})[ \t]*+(\{)(\})?)|\})" + END
)
"""After space and comments: an attribute by its name (1) and what it is set to, which is one value (2), a text that is
made (3), a list (4) or a map (5); a block by its kind (1), its labels (6), its beginning (7) and, where it is empty,
its end (8); or the end of either."""
SPACE: Final = re.compile(BETWEEN)
EACH: Final = re.compile(ONE)
QUOTED: Final = re.compile(TEXT)
HOLE: Final = re.compile(r"\$\{([^}]*)\}")
WORDS: Final = {b"true": Literal(True), b"false": Literal(False), b"null": Literal(None)}
DIGITS: Final = frozenset(b"0123456789")


@dataclass(slots=True)
class Plain:
    """Reads on from a place in a file. ``line`` is the line of ``at``."""

    source: bytes
    file: str
    at: int = 0
    line: int = 1

    def skip(self) -> None:
        """Go to what follows space and comments."""
        found = SPACE.match(self.source, self.at)
        if found is not None:
            self.go(found.end())

    def go(self, at: int) -> None:
        """Go on to a place behind this one."""
        self.line += self.source.count(b"\n", self.at, at)
        self.at = at

    def block(self) -> Block | None:
        """The block that begins here; None, and no step further, where it is not of this sort."""
        at, line = self.at, self.line
        found = LINE.match(self.source, at)
        block = None if found is None or found[7] is None else self._block(found, 0)
        if block is None:
            self.at, self.line = at, line
        return block

    def _block(self, header: re.Match[bytes], depth: int) -> Block | None:
        self.go(header.start(1))
        line = self.line
        self.go(header.end())
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        if header[8] is None and not self._body(attributes, blocks, depth):
            return None
        return Block(
            kind=str(header[1], "ascii"),
            labels=tuple(str(one[1:-1], "utf-8") for one in QUOTED.findall(header[6])),
            attributes=attributes,
            blocks=tuple(blocks),
            file=self.file,
            line=line,
        )

    def _body(self, attributes: dict[str, Expression], blocks: list[Block], depth: int) -> bool:
        """Read to the end of a block. False: something in it is not plain."""
        while (found := self._next()) is not None:
            if found[7] is not None:
                below = self._block(found, depth + 1) if depth < DEEPEST else None
                if below is None:
                    return False
                blocks.append(below)
                continue
            self.go(found.end())
            if found[1] is None:
                return True
            value = _value(found) if found[5] is None else self._map()
            if value is None:
                return False
            name = str(found[1], "ascii")
            attributes[name] = Opaque("is set twice") if name in attributes else value
        return False

    def _map(self) -> Object | None:
        """The map of which the lines begin here."""
        items: list[tuple[Expression, Expression]] = []
        while (found := self._next()) is not None and found[5] is None and found[7] is None:
            self.go(found.end())
            if found[1] is None:
                return Object(tuple(items))
            items.append((Literal(str(found[1], "ascii")), _value(found)))
        return None

    def _next(self) -> re.Match[bytes] | None:
        return LINE.match(self.source, self.at)


def _value(found: re.Match[bytes]) -> Expression:
    one, made, several = found.group(2, 3, 4)
    if one is not None:
        return _one(one)
    if made is not None:
        return _made(str(made[1:-1], "utf-8"))
    return Tuple(tuple(map(_one, EACH.findall(several))))


def _one(text: bytes) -> Expression:
    if text[0] == ord('"'):
        return Literal(str(text[1:-1], "utf-8"))
    if text[0] in DIGITS:
        return Literal(int(text))
    return WORDS.get(text) or _name(str(text, "ascii"))


def _name(path: str) -> Name:
    root, *steps = path.split(".")
    return Name(root, tuple(steps))


def _made(text: str) -> Expression:
    """A text with names in it; of a name alone, the name."""
    pieces = HOLE.split(text)
    parts = tuple(_name(one) if at % 2 else Literal(one) for at, one in enumerate(pieces) if at % 2 or one)
    return parts[0] if len(parts) == 1 else Template(parts)
