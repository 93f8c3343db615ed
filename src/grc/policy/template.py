"""The message of a failure: text with typed expressions in braces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from grc.policy.checker import Checked, Refusal, Refused
from grc.policy.display import WITHHELD, told
from grc.policy.errors import CompileError
from grc.policy.values import Value

QUOTED: Final = re.compile(
    r'"{3}(?:\\.|(?!"{3}).)*"{3}|\'{3}(?:\\.|(?!\'{3}).)*\'{3}|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', re.DOTALL
)
MARK: Final = re.compile(r"[{}\"']")
PIECE: Final = re.compile(r"\{\{|\}\}|\{|\}|[^{}]+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hole:
    """An expression in a message. ``offset`` is where it begins. ``withheld``: it reads what must not be shown."""

    checked: Checked
    offset: int
    withheld: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A message in its parts."""

    parts: tuple[str | Hole, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """Its expressions."""
        return tuple(part for part in self.parts if isinstance(part, Hole))

    def withholding(self, private: Iterable[Hole]) -> Template:
        """The same message, which does not tell these of its expressions."""
        hidden = frozenset(private)
        return Template(tuple(replace(part, withheld=True) if part in hidden else part for part in self.parts))

    def render(self, bindings: Mapping[str, Value]) -> str:
        """The message for these values."""
        return "".join(part if isinstance(part, str) else _filled(part, bindings) for part in self.parts)


def _filled(hole: Hole, bindings: Mapping[str, Value]) -> str:
    return WITHHELD if hole.withheld else told(hole.checked.outcome(bindings))


def compile_template(text: str, typed: Callable[[str], Checked]) -> Template:
    """Parse and type a message. ``typed`` parses and types one of its expressions.

    Raises:
        Refused: with everything that is wrong, offsets counted in ``text``.
    """
    parts: list[str | Hole] = []
    refusals: list[Refusal] = []
    for offset, piece, is_hole in _split(text, refusals):
        if not is_hole:
            parts.append(piece)
            continue
        try:
            parts.append(Hole(checked=typed(piece), offset=offset))
        except Refused as error:
            refusals += [Refusal(offset + each.offset, each.message) for each in error.refusals]
        except CompileError as error:
            refusals.append(Refusal(offset + error.offset, error.message))
    if refusals:
        raise Refused(refusals, text)
    return Template(tuple(parts))


def _split(text: str, refusals: list[Refusal]) -> Iterator[tuple[int, str, bool]]:
    """The pieces of a message: where each begins, its text, and whether it is an expression."""
    at = 0
    while at < len(text):
        match = PIECE.match(text, at)
        assert match is not None
        piece, start, at = match.group(), at, match.end()
        if piece == "{":
            end = _closing(text, at)
            if end is None:
                refusals.append(Refusal(start, "this brace is not closed: write {{ for a brace in the text"))
                return
            yield at, text[at:end], True
            at = end + 1
        elif piece == "}":
            refusals.append(Refusal(start, "this brace closes nothing: write }} for a brace in the text"))
        else:
            yield start, {"{{": "{", "}}": "}"}.get(piece, piece), False


def _closing(text: str, at: int) -> int | None:
    """Where the expression that begins at ``at`` ends: braces in it and braces in its texts do not count."""
    depth = 1
    while mark := MARK.search(text, at):
        at = mark.start()
        quoted = QUOTED.match(text, at)
        if quoted:
            at = quoted.end()
            continue
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return at
        at += 1
    return None
