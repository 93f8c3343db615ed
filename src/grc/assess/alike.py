"""Explaining costs many times what judging does, and records that fail alike are explained alike.

So an explanation is kept for the values that it was made from: all but the message, which may name the record and is
put together anew by generated code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from grc.assess.lines import Explained
from grc.assess.records import MALFORMED, meet, tops
from grc.model.evidence import Coverage, Population
from grc.policy.compiler import CompiledKind, CompiledMessage, compile_message
from grc.policy.program import CheckProgram
from grc.policy.projection import GapPath, Touched, record_type, touched_by

MOST_KEPT: Final = 10_000
"""Explanations kept for one kind and coverage."""
Values = tuple[int, bytes, bytes]
"""A check by its position, what it reads of a record, and the record's gaps as they are written, if they touch that."""


class _Gaps(msgspec.Struct, gc=False):
    gaps: msgspec.Raw = msgspec.Raw()


_gaps = msgspec.json.Decoder(_Gaps)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How one check tells that a record is like another that it has explained.

    ``read`` are the first steps of all that it reads, for its message too: a gap elsewhere explains nothing.
    """

    position: int
    deciding: msgspec.json.Decoder[Any]
    read: frozenset[str]

    def values(self, text: bytes) -> Values | None:
        """All that an explanation is made from, but for the message; None where that is not as declared."""
        try:
            found = self.deciding.decode(text)
        except MALFORMED:
            return None
        gaps = bytes(_gaps.decode(text).gaps) if self.touched(found.gaps) else b""
        return self.position, msgspec.json.encode(found.body), gaps

    def touched(self, gaps: Sequence[GapPath] | None) -> bool:
        """Whether some gap may be of what is read."""
        return gaps is not None and meet(tops(gap.path for gap in gaps), self.read)


@dataclass(frozen=True, slots=True)
class Way:
    """How one check explains a record like another, and what its message is. ``message`` None: it is not compiled."""

    likeness: Likeness
    message: CompiledMessage | None
    telling: msgspec.json.Decoder[Any] | None

    def told(self, text: bytes, population: Population) -> str | None:
        """The message of a failure; None where the interpreter must tell, as it must where a gap may touch it."""
        if self.message is None or self.telling is None:
            return None
        try:
            found = self.telling.decode(text)
        except MALFORMED:
            return None
        if self.likeness.touched(found.gaps):
            return None
        return self.message.tell(found, population.unit.place, population.origin.value)


class Alike:
    """The checks of one kind and what they have explained, apart by what the populations cover.

    A check's way is made when the first of its records does not pass: most checks of an estate never need one.
    """

    def __init__(self, compiled: CompiledKind, as_of: datetime, org: Mapping[str, object]) -> None:
        self.compiled = compiled
        self.as_of = as_of
        self.org = org
        self._ways: dict[int, Way | None] = {}
        self._joined: dict[int, Likeness | None] = {}
        self._known: dict[Coverage, dict[Values, Explained]] = {}

    def way(self, position: int) -> Way | None:
        """The way of a check; None where more than the record's own fields goes into an explanation."""
        if position not in self._ways:
            self._ways[position] = _way(self.compiled, position, self.as_of, self.org)
        return self._ways[position]

    def joined(self, position: int) -> Likeness | None:
        """How records of a check with joins are alike that reach the same related records and to which it applies."""
        if position not in self._joined:
            self._joined[position] = _joined(self.compiled, position)
        return self._joined[position]

    def known(self, coverage: Coverage) -> dict[Values, Explained]:
        """What was explained of records of populations with this coverage."""
        return self._known.setdefault(coverage, {})


def _way(compiled: CompiledKind, position: int, as_of: datetime, org: Mapping[str, object]) -> Way | None:
    program = compiled.programs[position]
    if program.related or "subject" in program.used or position in compiled.left_out:
        return None
    message = compile_message(program, as_of, org)
    shown = compiled.touched[position] | frozenset(touched_by(program.kind.shape, program.reads))
    return Way(
        likeness=_likeness(position, program, shown),
        message=message,
        telling=None if message is None else msgspec.json.Decoder(message.line),
    )


def _joined(compiled: CompiledKind, position: int) -> Likeness | None:
    """By what the assertion and the joins read alone: ``when`` is asked of every record."""
    program = compiled.programs[position]
    if not program.related or "subject" in program.used:
        return None
    return _likeness(position, program, frozenset(touched_by(program.kind.shape, program.asserted)))


def _likeness(position: int, program: CheckProgram, shown: Touched) -> Likeness:
    decoder = msgspec.json.Decoder(record_type(program.kind.shape, shown, tags=False))
    return Likeness(position, decoder, read=tops(program.reads | program.message_reads) | {"tags"})
