"""Turns a row into typed, redacted values, with a gap at each cell that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote

from grc.collect.registers.columns import CellError
from grc.collect.registers.tables import Block, Cell, Row, parse_error
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

    def read_block(self, block: Block) -> tuple[list[SubjectId], list[Mapping[str, object]]] | None:
        """The ids of a block's rows and what is known of each; None where one of them needs to be read by itself."""
        cells = block.columns
        if not cells.keys() >= {*self.required, *self.identity} or any("" in cells[name] for name in self.required):
            return None
        if not self.required or any(_may_be_example(cells[name]) for name in self.identity):
            return None
        try:
            columns = {name: [*map(self.holds[name].__getitem__, cells[name])] for name in cells if name in self.holds}
        except CellError:
            return None
        subjects = _subjects([columns[name] for name in self.identity])
        if subjects is None:
            return None
        bodies: list[Mapping[str, object]] = [
            dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
        ]
        if any(None in values for values in columns.values()):
            bodies = [{name: value for name, value in body.items() if value is not None} for body in bodies]
        return subjects, bodies

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


def _may_be_example(cells: Iterable[Cell]) -> bool:
    """Whether one of the cells may begin with ``(example)``."""
    return any(cell.startswith("(") for cell in set(cells) if isinstance(cell, str))


def _subjects(columns: Sequence[list[object]]) -> list[SubjectId] | None:
    """The ids of rows whose columns hold texts that need no quoting; None where one does."""
    steps = [step for column in columns for step in column]
    texts = [step for step in steps if isinstance(step, str)]
    if len(texts) < len(steps) or not AS_IT_IS.match(BETWEEN.join(texts)):
        return None
    return [SubjectId("/".join(row)) for row in zip(*columns, strict=True)]


def _subject(identity: Sequence[str], body: Mapping[str, object]) -> SubjectId:
    steps = [str(body.get(name, "")) for name in identity]
    if AS_IT_IS.match(BETWEEN.join(steps)):
        return SubjectId("/".join(steps))
    return SubjectId("/".join([quote(step, safe=SAFE) for step in steps]))
