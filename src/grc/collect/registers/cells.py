"""Turns a row into typed, redacted values, with a gap at each cell that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote

from grc.collect.registers.columns import CellError
from grc.collect.registers.tables import Cell, Row, parse_error
from grc.model.evidence import Gap, GapReason
from grc.model.identifiers import SubjectId

SAFE: Final = ":@ +"  # so that two rows never share an id: a slash only stands between columns
BETWEEN: Final = "\x1f"  # stands in no cell that makes an id
AS_IT_IS: Final = re.compile("[A-Za-z0-9_.~:@ +\x1f-]*\\Z")  # what quoting leaves as it is
EXAMPLE: Final = "(example)"
"""How the id of a row begins that only shows how rows are written. It is no evidence."""


class ReadRow(NamedTuple):
    """A row that has an id: what is known of it, and a gap at each cell that could not be read."""

    subject: SubjectId
    body: Mapping[str, object]
    gaps: tuple[Gap, ...]


def is_example(row: Row, identity: Sequence[str]) -> bool:
    """Whether a row is the example of a template: one of the columns of its id begins with ``(example)``."""
    for name in identity:
        cell = row.cells.get(name)
        if isinstance(cell, str) and cell.startswith("(") and cell[: len(EXAMPLE)].casefold() == EXAMPLE:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one register, whose file is called ``file``."""

    holds: Mapping[str, Mapping[Cell, object]]
    required: tuple[str, ...]
    identity: tuple[str, ...]
    file: str

    def read(self, row: Row) -> ReadRow | Gap:
        """Read one row; without its required columns it is a gap of the register, because it could be anyone's."""
        holds = self.holds
        try:
            body = {name: holds[name][cell] for name, cell in row.cells.items() if name in holds}
        except CellError:
            return self._read_in_part(row)
        if None in body.values():
            body = {name: value for name, value in body.items() if value is not None}
        return self._identified(row, body, ())

    def _read_in_part(self, row: Row) -> ReadRow | Gap:
        body: dict[str, object] = {}
        gaps: list[Gap] = []
        for name, cell in row.cells.items():
            if name not in self.holds:
                continue
            try:
                value = self.holds[name][cell]
            except CellError as error:
                detail = f"{self.file}:{row.line}: {name} {error}"
                if name in self.required:
                    return parse_error(detail)
                gaps.append(Gap(path=name, reason=GapReason.PARSE_ERROR, detail=detail))
                continue
            if value is not None:
                body[name] = value
        return self._identified(row, body, tuple(gaps))

    def _identified(self, row: Row, body: Mapping[str, object], gaps: tuple[Gap, ...]) -> ReadRow | Gap:
        for name in self.required:
            if name not in row.cells:
                return parse_error(f"{self.file}:{row.line}: {name} is missing: each row needs it")
        return ReadRow(subject=_subject(self.identity, body), body=body, gaps=gaps)


def _subject(identity: Sequence[str], body: Mapping[str, object]) -> SubjectId:
    steps = [str(body.get(name, "")) for name in identity]
    if AS_IT_IS.match(BETWEEN.join(steps)):
        return SubjectId("/".join(steps))
    return SubjectId("/".join([quote(step, safe=SAFE) for step in steps]))
