"""What a register's rows come to: a record each, a gap where a row cannot be read or stands there twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grc.collect.registers.cells import Reader, ReadRow, is_example
from grc.collect.registers.tables import Block, Doubt, Row, Rows, parse_error
from grc.model.evidence import Gap, Origin, Record, Unit
from grc.model.identifiers import SubjectId


@dataclass(slots=True, kw_only=True)
class Recorded:
    """The records of one register, whose file is called ``file``. ``lines`` says where each subject was first seen."""

    unit: Unit
    file: str
    collected: datetime
    records: list[Record] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    lines: dict[SubjectId, int] = field(default_factory=dict)
    examples: int = 0

    def take(self, rows: Rows, reader: Reader) -> None:
        """Read rows to their end."""
        doubtful: list[range] = []
        for row in rows:
            if isinstance(row, Gap):
                self.gaps.append(row)
            elif isinstance(row, Doubt):
                doubtful.append(row.lines)
                self.gaps.append(row.gap)
            elif isinstance(row, Row):
                self._take_row(row, reader)
            elif not self._take_block(row, reader):
                for each in row.rows():
                    self._take_row(each, reader)
        if doubtful:
            self.records = [each for each in self.records if not any(each.line in lines for lines in doubtful)]

    def _take_block(self, block: Block, reader: Reader) -> bool:
        """Take rows of which none is out of the ordinary; False where one may be."""
        read = reader.read_block(block)
        if read is None:
            return False
        subjects, bodies = read
        known = dict(zip(subjects, block.lines, strict=True))
        if len(known) < len(subjects) or not self.lines.keys().isdisjoint(known):
            return False
        self.lines.update(known)
        self.records += map(self._record, subjects, bodies, block.lines)
        return True

    def _take_row(self, row: Row, reader: Reader) -> None:
        if is_example(row, reader.identity):
            self.examples += 1
            return
        read = reader.read(row)
        if isinstance(read, ReadRow) and read.subject in self.lines:
            read = self._twice(row, self.lines[read.subject], reader.identity)
        if isinstance(read, Gap):
            self.gaps.append(read)
            return
        self.lines[read.subject] = row.line
        self.records.append(self._record(read.subject, read.body, row.line, read.gaps))

    def _record(self, subject: SubjectId, body: Mapping[str, object], line: int, gaps: tuple[Gap, ...] = ()) -> Record:
        return Record(
            kind=self.unit.kind,
            subject=subject,
            place=self.unit.place,
            origin=Origin.REGISTER,
            collected=self.collected,
            body=body,
            gaps=gaps,
            file=self.file,
            line=line,
        )

    def _twice(self, row: Row, first: int, identity: Sequence[str]) -> Gap:
        return parse_error(
            f"{self.file}:{row.line}: the same row as in line {first}: "
            f"rows need ids of their own ({', '.join(identity)})"
        )
