"""Judges records by the exact interpreter: with unknowns where nothing was seen, and with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grc.assess.alike import MOST_KEPT, Alike, Values, Way
from grc.assess.joins import Reached
from grc.assess.lines import Explained, PopulationLines, explained
from grc.assess.patterns import covers
from grc.assess.records import Line, as_written, read_line
from grc.assess.tally import WAIVED
from grc.model.assessment import Waiver
from grc.model.evidence import Gap, GapReason, Population
from grc.model.identifiers import CheckId, SubjectId
from grc.model.status import Verdict
from grc.policy.binding import record, subject
from grc.policy.explain import Seen, applies, observe_one
from grc.policy.program import CheckProgram
from grc.policy.values import STOPPED, Failure, PartialList, Unknown, Value, unknown_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is judged under: the clock, the organisation's facts, and the active waivers of each check, by id."""

    as_of: datetime
    org: Mapping[str, object]
    waivers: Mapping[CheckId, Sequence[Waiver]]


Told = tuple[str | None, Explained]
"""The message of a failure, and all else that is explained."""


class ExactJudge:
    """The checks of one kind, about to judge single records of one population.

    Where a cell names a row that is not there, what is written decides a failure alone: a pass has to hold whatever the
    cell should say.
    """

    def __init__(
        self,
        alike: Alike,
        programs: Sequence[CheckProgram],
        population: Population,
        reached: Sequence[Reached],
        terms: Circumstances,
        lines: PopulationLines,
    ) -> None:
        self.programs = programs
        self.population = population
        self.reached = reached
        self.terms = terms
        self.lines = lines
        self._alike = alike
        self._known = alike.known(population.coverage)
        self._known_here: dict[Values, tuple[Explained, bool]] = {}
        self._tells = tuple(
            all(population.coverage.covers(path) for path in program.message_reads) for program in programs
        )

    def judged(self, position: int, text: bytes, name: str, *, declared: bool) -> tuple[bool | str, str]:
        """What is decided of one record by one check (see ``tally.Decided``), and the entry of its line.

        ``name`` is the subject; ``declared`` False where the record is not as its kind says.

        Raises:
            EvidenceError: the text is not a record.
        """
        way = self._alike.way(position) if declared else None
        values = None if way is None else way.likeness.values(text)
        told = None if way is None or values is None else self._again(way, values, text)
        if told is None:
            told = self._anew(position, text, declared=declared)
            if values is not None and len(self._known) < MOST_KEPT:
                self._known[values] = told[1]
        message, found = told
        waiver = self._waiver(self.programs[position].check.id, name) if found.verdict is Verdict.FAIL else None
        decided = WAIVED if waiver is not None else found.verdict is Verdict.PASS or found.verdict.value
        return decided, self.lines.explained(position, found, message, waiver)

    def _again(self, way: Way, values: Values, text: bytes) -> Told | None:
        """What was explained before of a record like this one, with its own message."""
        found = self._known.get(values)
        if found is None or found.verdict is not Verdict.FAIL:
            return None if found is None else (None, found)
        position, _, gaps = values
        message = way.told(text, self.population) if self._tells[position] else None
        if message is None and not gaps:
            program = self.programs[position]
            message = program.fail.render(self._bindings(program, read_line(text, self.population)))
        return None if message is None else (message, found)

    def _anew(self, position: int, text: bytes, *, declared: bool) -> Told:
        program, line = self.programs[position], read_line(text, self.population)
        bindings = self._bindings(program, line)
        likeness = self._alike.joined(position) if declared else None
        values = None if likeness is None else likeness.values(text)
        if values is None or not applies(program, bindings):
            return _told(self._seen(program, line, bindings)[0])
        if values not in self._known_here:
            seen, written = self._seen(program, line, bindings)
            if len(self._known_here) < MOST_KEPT:
                self._known_here[values] = explained(seen), written
            return _told(seen)
        found, written = self._known_here[values]
        if found.verdict is not Verdict.FAIL:
            return None, found
        return program.fail.render(self._bindings(program, as_written(line)) if written else bindings), found

    def _seen(self, program: CheckProgram, line: Line, bindings: Mapping[str, Value]) -> tuple[Seen, bool]:
        """What a check sees, and whether that is a failure by what is written."""
        seen = observe_one(program, bindings)
        if not any(gap.reason is GapReason.NO_SUCH_ROW for gap in seen.gaps):
            return seen, False
        written = observe_one(program, self._bindings(program, as_written(line)))
        return (written, True) if written.verdict is Verdict.FAIL else (seen, False)

    def _bindings(self, program: CheckProgram, line: Line) -> Mapping[str, Value]:
        unit, reads = self.population.unit, program.reads | program.message_reads
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
        return next((each.id for each in waivers if covers(each, found)), None)


def _told(seen: Seen) -> Told:
    return seen.message, explained(seen)


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
