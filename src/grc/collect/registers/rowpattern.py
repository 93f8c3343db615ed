"""The form of a worksheet's rows, learned from those that were read: one expression for nearly all that follow.

Programs write a column's cells in the same style and of the same type from the first row to the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from grc.collect.registers.plainrows import FORMULA, ROW, TEXT, PlainRow

MOST_LEARNED: Final = 24
"""So often the expression is made anew. A sheet that needs more is read without."""
MOST_FORMS: Final = 4
"""Forms of the cells of one column."""
MOST_COLUMNS: Final = 256
VALUE: Final = rf"(?:/>|>(?:{FORMULA})?<v>({TEXT}+)</v></c>)"


class Form(NamedTuple):
    """How a cell is written: its style and type, None where that is not written."""

    style: str | None
    type: str | None


class RowPattern:
    """Matches rows whose cells have the columns and forms that were learned. ``forms`` says of each group whose it is.

    The first group is the row's number; the others are values, None where the row has no such cell.
    """

    def __init__(self) -> None:
        self.forms: tuple[tuple[int, Form], ...] = ()
        self.match = re.compile(rb"(?!)").fullmatch
        self._known: dict[int, tuple[str, list[Form]]] = {}
        self._learned = 0

    def learn(self, columns: Sequence[int], row: PlainRow) -> None:
        """Match rows such as this one too, whose cells stand in these columns, if they are not too various."""
        if self._learned == MOST_LEARNED or not self._add(columns, row):
            return
        self._learned += 1
        held = sorted(self._known.items())
        self.forms = tuple((column, form) for column, (_, forms) in held for form in forms)
        expression = ROW.pattern + "".join(_column(*each) for _, each in held)
        self.match = re.compile(expression.encode("ascii")).fullmatch

    def _add(self, columns: Sequence[int], row: PlainRow) -> bool:
        """Whether there was anything new."""
        new = False
        for column, letters, form in zip(columns, row.letters, map(Form, row.styles, row.types), strict=True):
            if column not in self._known and len(self._known) == MOST_COLUMNS:
                continue
            forms = self._known.setdefault(column, (letters, []))[1]
            if form not in forms and len(forms) < MOST_FORMS:
                forms.append(form)
                new = True
        return new


def _column(letters: str, forms: Sequence[Form]) -> str:
    written = "|".join(_written(form) + VALUE for form in forms)
    return rf'(?:<c r="{letters}[0-9]{{1,7}}"(?:{written}))?'


def _written(form: Form) -> str:
    style = "" if form.style is None else f' s="{form.style}"'
    return style if form.type is None else f'{style} t="{form.type}"'
