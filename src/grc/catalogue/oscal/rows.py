"""Makes the rows of a catalogue of ours out of the groups, controls and statements of an OSCAL one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from grc.catalogue.oscal.prose import plain, resolved, shortened
from grc.catalogue.oscal.reading import Book, Entry, Statement
from grc.catalogue.oscal.strict import JsonPath
from grc.errors import DataError, Problem

CODE: Final = re.compile(r"[!-9;-~]{1,60}\Z")
MAX_ROWS: Final = 20_000
MAX_TITLE: Final = 500
SET: Final = "controls"

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """The rows of one catalogue as they are made. ``codes`` are taken, ``labels`` name each id's row."""

    book: Book
    problems: list[Problem] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    counted: int = 0
    withdrawn: int = 0
    made: int = 0

    def chapters(self) -> Iterator[tuple[str, list[Row]]]:
        """The rows under each group at the top, with its title; controls outside of any stand under the book's."""
        loose = [entry for entry in self.book.entries if not entry.group]
        for entry in self.book.entries:
            if entry.group:
                yield plain(entry.title), list(self._rows(entry, None))
        if loose:
            yield plain(self.book.title), [row for entry in loose for row in self._rows(entry, None)]
        if self.problems:
            raise DataError(self.problems)

    def _rows(self, entry: Entry, parent: str | None) -> Iterator[Row]:
        code = self._code(entry.label, entry.id, entry.at)
        yield self._row(entry, code, parent)
        if not entry.group and not entry.withdrawn:
            for statement in entry.statements:
                yield from self._items(statement, code)
        for below in entry.below:
            yield from self._rows(below, code)

    def _row(self, entry: Entry, code: str, parent: str | None) -> Row:
        row: Row = {"id": code, "title": self._title(entry), "kind": "heading"}
        if parent is not None:
            row["parent"] = parent
        if not entry.group and entry.id is not None and entry.id != code and CODE.match(entry.id):
            row["aliases"] = [self._taken(entry.id, (*entry.at, "id"))]
        if entry.withdrawn:
            self.withdrawn += 1
            where = ", ".join(plain(name) for name in entry.moved_to)
            row["note"] = f"Withdrawn by the publisher; now in {where}" if where else "Withdrawn by the publisher"
        elif not entry.group:
            self.counted += 1
            prose = " ".join(self._said(found.prose, found.at) for found in entry.statements if found.prose.strip())
            row |= {"kind": "assessable", "counted": SET} | ({"note": prose} if prose else {}) | {"parts": "pending"}
        return self._counted(row, entry.at)

    def _items(self, statement: Statement, parent: str) -> Iterator[Row]:
        for item in statement.items:
            prose = self._said(item.prose, (*item.at, "prose"))
            code = parent
            if prose:
                code = self._code(_below(parent, item.label), item.name, item.at)
                row: Row = {"id": code, "title": shortened(prose), "kind": "content", "parent": parent}
                yield self._counted(row | ({"note": prose} if shortened(prose) != prose else {}), item.at)
            yield from self._items(item, code)

    def _code(self, label: str | None, name: str | None, at: JsonPath) -> str:
        """The publisher's label where it can be a code of ours and is not taken, else the id, else a number."""
        for choice in (label and plain(label).replace(" ", ""), name):
            if choice and CODE.match(choice) and choice not in self.codes:
                self.codes.add(choice)
                return choice
        return self._taken(f"row-{self.made + 1}", at)

    def _taken(self, code: str, at: JsonPath) -> str:
        if code in self.codes:
            self._refuse(at, f"{code!r} names two rows: as an id of one and a label of another")
        self.codes.add(code)
        return code

    def _title(self, entry: Entry) -> str:
        title = self._said(entry.title, (*entry.at, "title"))
        if len(title) > MAX_TITLE:
            self._refuse((*entry.at, "title"), f"is longer than {MAX_TITLE} characters: no title is")
        return title

    def _said(self, text: str, at: JsonPath) -> str:
        try:
            return resolved(text, self.book.params)
        except ValueError as error:
            self._refuse(at, str(error))
            return "?"

    def _counted(self, row: Row, at: JsonPath) -> Row:
        self.made += 1
        if self.made > MAX_ROWS:
            self._refuse(at, f"this would be more than {MAX_ROWS} rows: import a part of it")
            raise DataError(self.problems)
        return row

    def _refuse(self, at: JsonPath, message: str) -> None:
        self.problems.append(self.book.foreign.problem(at, message))


def _below(parent: str, label: str | None) -> str | None:
    """``a.`` below ``AC-2`` is ``AC-2(a)``."""
    mark = plain(label or "").strip(".()[] ")
    return f"{parent}({mark})" if mark else None
