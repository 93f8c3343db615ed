"""Judges records by the exact interpreter: with unknowns where nothing was seen, and with the reasons.

Explaining costs many times what judging does, and records that fail alike are explained alike: an explanation is kept
for the values that it was made from, all but the message, which may name the record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from grc.assess.joins import Reached
from grc.assess.lines import ExplainedLine, explained_line
from grc.assess.records import MALFORMED, Line, read_line
from grc.model.assessment import Waiver
from grc.model.evidence import Gap, GapReason, Population
from grc.model.identifiers import CheckId, SubjectId
from grc.model.status import Verdict
from grc.policy.binding import record, subject
from grc.policy.compiler import CompiledKind
from grc.policy.explain import observe_one
from grc.policy.program import CheckProgram
from grc.policy.projection import record_type, touched_by
from grc.policy.values import STOPPED, Failure, PartialList, Unknown, Value, unknown_at

MOST_KEPT: Final = 4096
"""Explanations kept for one population."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is judged under: the clock, the organisation's facts, and the active waivers of each check, by id."""

    as_of: datetime
    org: Mapping[str, object]
    waivers: Mapping[CheckId, Sequence[Waiver]]


class ExactJudge:
    """The checks of one kind, about to judge single records of one population."""

    def __init__(
        self, compiled: CompiledKind, population: Population, reached: Sequence[Reached], terms: Circumstances
    ) -> None:
        self.programs = compiled.programs
        self.population = population
        self.reached = reached
        self.terms = terms
        self._short = tuple(_ShortWay.of(compiled, position) for position in range(len(compiled.programs)))
        self._kept: dict[tuple[int, bytes], ExplainedLine] = {}

    def judged(self, position: int, text: bytes, digest: str, *, whole: bool) -> tuple[Verdict, bool, str]:
        """The verdict of one check on one record, whether a failure is waived, and the observation's line.

        ``whole`` says that the record has no gaps and is as declared where the checks look.

        Raises:
            EvidenceError: the text is not a record.
        """
        program, short = self.programs[position], self._short[position] if whole else None
        values = None if short is None else short.values(text)
        explained = None if values is None else self._kept.get((position, values))
        if explained is not None and short is not None:
            line = short.told(text) or read_line(text, self.population)
            fails = explained.verdict is Verdict.FAIL
            message = program.fail.render(self._bindings(program, line, short.message_reads)) if fails else None
        else:
            line = read_line(text, self.population)
            seen = observe_one(program, self._bindings(program, line, program.reads | program.message_reads))
            explained, message = explained_line(program.check.id, self.population, seen), seen.message
            if values is not None and len(self._kept) < MOST_KEPT:
                self._kept[position, values] = explained
        waiver = self._waiver(program.check.id, line.subject) if explained.verdict is Verdict.FAIL else None
        return explained.verdict, waiver is not None, explained.of(digest, line.subject, message, waiver)

    def _bindings(self, program: CheckProgram, line: Line, reads: frozenset[str]) -> Mapping[str, Value]:
        unit = self.population.unit
        coverage = self.population.coverage
        bindings = program.bindings(
            resource=record(line.body, program.kind.shape, reads=reads, gaps=line.gaps, coverage=coverage),
            subject=subject(SubjectId(line.subject), unit.place, self.population.origin, line.tags),
            as_of=self.terms.as_of,
            org=self.terms.org,
        )
        for each in self.reached:
            if any(each.related is related for related in program.related):
                bindings[each.related.name] = _related(each, bindings)
        return bindings

    def _waiver(self, check: CheckId, found: str) -> str | None:
        waivers = self.terms.waivers.get(check, ())
        return next((each.id for each in waivers if each.subject in (None, found)), None)


@dataclass(frozen=True, slots=True)
class _ShortWay:
    """How one check explains a record like one that it has explained before."""

    deciding: msgspec.json.Decoder[Any]
    telling: msgspec.json.Decoder[Any]
    message_reads: frozenset[str]

    @classmethod
    def of(cls, compiled: CompiledKind, position: int) -> _ShortWay | None:
        """None where more than the record's own fields goes into an explanation."""
        program = compiled.programs[position]
        if program.related or "subject" in program.used or position in compiled.left_out:
            return None
        shape, told = program.kind.shape, program.message_reads | {program.kind.key}
        shown = compiled.touched[position] | frozenset(touched_by(shape, program.reads))
        return cls(
            deciding=msgspec.json.Decoder(record_type(shape, shown, tags=False)),
            telling=msgspec.json.Decoder(record_type(shape, frozenset(touched_by(shape, told)), tags=True)),
            message_reads=told,
        )

    def values(self, text: bytes) -> bytes | None:
        """All that an explanation is made from, but for the message; None where that is not as declared."""
        try:
            return msgspec.json.encode(self.deciding.decode(text).body)
        except MALFORMED:
            return None

    def told(self, text: bytes) -> Line | None:
        """As much of the record as its message takes; None where that is not as declared."""
        try:
            found = self.telling.decode(text)
        except MALFORMED:
            return None
        return Line(subject=found.subject, body=msgspec.to_builtins(found.body), tags=found.tags)


def _related(reached: Reached, bindings: Mapping[str, Value]) -> Value:
    values = [match.expression.outcome(bindings) for match in reached.related.matches]
    for value in values:
        if isinstance(value, STOPPED):
            return PartialList([], _unknown(value, reached.related.name))
    return reached.matching(values)


def _unknown(value: Unknown | Failure, name: str) -> Unknown:
    """Where the value to match has none, any record may or may not be related."""
    if isinstance(value, Unknown):
        return value
    return unknown_at(Gap(path=name, reason=GapReason.MALFORMED, detail=f"match: {value.message}"))
