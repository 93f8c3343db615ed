"""Judges the records of one population, a chunk of lines at a time.

What passes takes the short way: decoded to the fields that are read, judged by generated code, and written from parts.
Whatever was not seen, fails or is out of the ordinary goes to the exact interpreter, which has the last word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

import msgspec

from grc.assess.alike import Alike
from grc.assess.exact import Circumstances, ExactJudge
from grc.assess.joins import Reached
from grc.assess.lines import MOST_KEPT, PLAIN, PlainLines, PopulationLines, quoted
from grc.assess.records import LARGEST, MALFORMED, Line, digest_of, meet, pieces, read_line, split, tops
from grc.assess.tally import Decided, Tally, tallied
from grc.model.evidence import Gap, Population
from grc.policy.compiler import Answers, CompiledKind
from grc.policy.program import CheckProgram
from grc.policy.projection import GapPath

GAPS: Final = attrgetter("gaps")


class PopulationJudge:
    """The checks of one kind, about to judge one population of it."""

    def __init__(
        self,
        compiled: CompiledKind,
        alike: Alike,
        population: Population,
        reached: Sequence[Reached],
        terms: Circumstances,
    ) -> None:
        self.compiled = compiled
        self.population = population
        self.records = 0
        self._tallies = tuple(Tally(doubts=_doubts(program, reached)) for program in compiled.programs)
        self._decided: Counter[Decided] = Counter()
        self._indexes = [each.index() for each in reached]
        self._lines = PopulationLines(tuple(program.check.id for program in compiled.programs), population)
        self._exact = ExactJudge(alike, compiled.programs, population, reached, terms, self._lines)
        self._decoder = msgspec.json.Decoder(compiled.line)
        self._reads = tuple(_tops_read(program) for program in compiled.programs)
        self._unseen = frozenset(
            position
            for position, program in enumerate(compiled.programs)
            if not all(population.coverage.covers(path) for path in program.reads)
        )
        self._plain = PlainLines(self._lines)
        self._unseen_by_gaps: dict[frozenset[str], frozenset[int]] = {}

    def tallies(self) -> tuple[Tally, ...]:
        """What each check came to on the records that were judged."""
        self._settle()
        return self._tallies

    def observed(self, chunk: bytes) -> bytes:
        """Judge a chunk of whole lines; the observations' lines, by subject.

        Raises:
            EvidenceError: a line is not a record.
        """
        return b"".join(map(self._observed, pieces(chunk)))

    def _observed(self, piece: bytes) -> bytes:
        lines = split(piece, self.population)
        records, answers = self._answered(lines, large=len(piece) > LARGEST)
        beginnings = [*map(self._plain.__getitem__, answers)]
        decided: list[Decided] = answers  # type: ignore[assignment]  # what is not decided yet has no beginning
        for at in self._to_explain(beginnings, records):
            decided[at], beginnings[at] = self._one_by_one(lines[at], records[at], answers[at])
        self._count(decided)
        return "".join(
            [f"{begins}{quoted(record.subject)}}}\n" for begins, record in zip(beginnings, records, strict=True)]
        ).encode()

    def _count(self, decided: Sequence[Decided]) -> None:
        self.records += len(decided)
        self._decided.update(decided)
        if len(self._decided) > MOST_KEPT:
            self._settle()

    def _settle(self) -> None:
        """Add to the tallies what was counted by its sort."""
        for position, tally in enumerate(self._tallies):
            tally.add(tallied(position, self._decided))
        self._decided.clear()

    def _to_explain(self, beginnings: Sequence[str | None], records: Sequence[Any]) -> Iterable[int]:
        """The positions of what does not simply pass, or was not wholly seen."""
        if self._unseen:
            return range(len(records))
        seen = zip(beginnings, map(GAPS, records), strict=True)
        return [at for at, (begins, gaps) in enumerate(seen) if begins is None or gaps is not None]

    def _answered(self, lines: list[bytes], *, large: bool) -> tuple[list[Any], list[Answers]]:
        """The projected records, and what generated code says of each. ``large``: a line of them may be."""
        if not large:
            decode = self._decoder.decode
            try:
                records = [decode(line) for line in lines]
            except MALFORMED:
                pass
            else:
                return records, self._judged(records)
        records = [self._decoded(line) for line in lines]
        undecided = (None,) * len(self.compiled.programs)
        answers = iter(self._judged([record for record in records if type(record) is not Line]))
        return records, [undecided if type(record) is Line else next(answers) for record in records]

    def _judged(self, records: Sequence[Any]) -> list[Answers]:
        unit, origin = self.population.unit, self.population.origin.value
        return self.compiled.judge(records, unit.place, origin, self._indexes)

    def _decoded(self, line: bytes) -> Any:
        """The projected record; a ``Line`` where it is very large or not as declared."""
        try:
            if len(line) <= LARGEST:
                return self._decoder.decode(line)
        except MALFORMED:
            pass
        return read_line(line, self.population)

    def _one_by_one(self, line: bytes, record: Any, answers: Answers) -> tuple[Decided, str]:
        """What is decided of a record that does not simply pass every check, and the beginning of its line."""
        declared = type(record) is not Line
        unseen = self._unseen if not declared or record.gaps is None else self._unseen_with(record.gaps)
        decided: list[bool | str] = []
        entries: list[str] = []
        for position, plain in enumerate(self._lines.plain):
            answer = answers if isinstance(answers, bool) else answers[position]
            if answer is None or answer not in plain or position in unseen:
                found, entry = self._exact.judged(position, line, record.subject, declared=declared)
            else:
                found, entry = answer, plain[answer]
            decided.append(found)
            entries.append(entry)
        explains = not PLAIN.keys() >= {*decided}
        return tuple(decided), self._lines.beginning(entries, digest_of(line) if explains else None)

    def _unseen_with(self, gaps: Iterable[GapPath]) -> frozenset[int]:
        """The checks that read what these gaps, or the population's coverage, leave out."""
        missing = tops(gap.path for gap in gaps)
        if missing not in self._unseen_by_gaps:
            met = (position for position, reads in enumerate(self._reads) if meet(missing, reads))
            self._unseen_by_gaps[missing] = self._unseen.union(met)
        return self._unseen_by_gaps[missing]


def _doubts(program: CheckProgram, reached: Iterable[Reached]) -> frozenset[Gap]:
    return frozenset(gap for each in reached if each.related in program.related for gap in each.doubts)


def _tops_read(program: CheckProgram) -> frozenset[str]:
    """The top-level fields that a check reads, of the record and its tags."""
    return tops(program.reads) | (frozenset({"tags"}) if "subject" in program.used else frozenset())
