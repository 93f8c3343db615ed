"""Judges the records of one population, a chunk of lines at a time.

What passes takes the short way: decoded to the fields that are read, judged by generated code, and written from parts.
Whatever was not seen, fails or is out of the ordinary goes to the exact interpreter, which has the last word.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from grc.assess.alike import Alike
from grc.assess.exact import Circumstances, ExactJudge
from grc.assess.joins import Reached
from grc.assess.lines import BEGINS, ENTRIES, VERDICTS, PlainLines, PopulationLines, quoted
from grc.assess.records import LARGEST, MALFORMED, meet, pieces, read_line, split, tops
from grc.assess.tally import Tally
from grc.model.evidence import Gap, Population
from grc.policy.compiler import Answers, CompiledKind
from grc.policy.program import CheckProgram
from grc.policy.projection import GapPath


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
        self.tallies = tuple(Tally(doubts=_doubts(program, reached)) for program in compiled.programs)
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

    def observed(self, chunk: bytes) -> bytes:
        """Judge a chunk of whole lines; the observations' lines, by subject.

        Raises:
            EvidenceError: a line is not a record.
        """
        return b"".join(self._observed(split(piece, self.population)) for piece in pieces(chunk))

    def _observed(self, lines: list[bytes]) -> bytes:
        self.records += len(lines)
        written: list[str] = []
        append, digest_of, plain = written.append, hashlib.sha256, self._plain
        hidden = bool(self._unseen)
        simply: dict[Answers, int] = defaultdict(int)
        for line, record, answers in self._answered(lines):
            middle = plain[answers]
            if middle is None or hidden or record.gaps is not None:
                subject, middle = self._one_by_one(line, record, answers)
            else:
                subject = record.subject
                simply[answers] += 1
            append(f"{BEGINS}{digest_of(line).hexdigest()}{middle}{quoted(subject)}}}\n")
        for answers, records in simply.items():
            self._count(answers, records)
        return "".join(written).encode()

    def _answered(self, lines: list[bytes]) -> Iterable[tuple[bytes, Any, Answers]]:
        """Each line, its record (None where it is not as declared) and what generated code says of it."""
        records = self._decoded(lines)
        unit, origin = self.population.unit, self.population.origin.value
        sound = [record for record in records if record is not None] if None in records else records
        answers = self.compiled.judge(sound, unit.place, origin, self._indexes)
        if sound is records:
            return zip(lines, records, answers, strict=True)
        return self._interleaved(lines, records, iter(answers))

    def _interleaved(
        self, lines: list[bytes], records: list[Any], answers: Iterator[Answers]
    ) -> Iterator[tuple[bytes, Any, Answers]]:
        undecided = (None,) * len(self.tallies)
        for line, record in zip(lines, records, strict=True):
            yield line, record, undecided if record is None else next(answers)

    def _decoded(self, lines: list[bytes]) -> list[Any]:
        """The projected records; None for one that is very large or not as declared."""
        decode = self._decoder.decode
        if len(max(lines, key=len, default=b"")) <= LARGEST:
            try:
                return [decode(line) for line in lines]
            except MALFORMED:
                pass
        return [self._decoded_alone(line) for line in lines]

    def _decoded_alone(self, line: bytes) -> Any:
        try:
            return self._decoder.decode(line) if len(line) <= LARGEST else None
        except MALFORMED:
            return None

    def _count(self, answers: Answers, records: int) -> None:
        """Count records that have nothing to explain."""
        for position, tally in enumerate(self.tallies):
            if isinstance(answers, bool) or answers[position] is True:
                tally.passed += records
            else:
                tally.not_applicable += records

    def _one_by_one(self, line: bytes, record: Any, answers: Answers) -> tuple[str, str]:
        """The subject, and the middle of the line, of a record that does not simply pass every check."""
        unseen = self._unseen if record is None or record.gaps is None else self._unseen_with(record.gaps)
        subject = read_line(line, self.population).subject if record is None else record.subject
        entries = []
        for position, tally in enumerate(self.tallies):
            answer = answers if isinstance(answers, bool) else answers[position]
            if position not in unseen and answer in ENTRIES:
                verdict, waived = VERDICTS[answer], False
                entry = self._lines.plain(position, answer)
            else:
                verdict, waived, entry = self._exact.judged(position, line, subject, declared=record is not None)
            tally.count(verdict, waived=waived)
            entries.append(entry)
        return subject, self._lines.middle(entries)

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
