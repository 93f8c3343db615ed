"""A register's template: a header, one row that only shows how rows are written, and a page about the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from grc.model.kind import Kind
from grc.model.types import Field, ListType, Primitive

EXAMPLE: Final = "(example)"
PROVIDER: Final = "register"
DAY: Final = "2026-01-31"
INSTANT: Final = "2026-01-31T14:05+01:00"
WRITTEN: Final[Mapping[Primitive, str]] = {
    Primitive.INT: "whole number",
    Primitive.DOUBLE: "number, such as 1250.5",
    Primitive.BOOL: "`yes` or `no`",
    Primitive.TIMESTAMP: "day, as YYYY-MM-DD",
}


def name_of(kind: Kind) -> str:
    """What a register is called, and its file without the suffix."""
    return kind.name.partition(".")[2]


def template(kind: Kind) -> str:
    """The CSV of a register before anything is entered: its columns and the example row."""
    identity = kind.document.get("identity", [kind.key])
    assert isinstance(identity, list)
    cells = {name: _example(kind, name, field) for name, field in kind.shape.fields.items()}
    marked = next(name for name in identity if kind.shape.fields[name].type is Primitive.STRING)
    cells[marked] = f"{EXAMPLE} {cells[marked]}"
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(cells)
    writer.writerow(cells.values())
    return out.getvalue()


def page(kind: Kind) -> str:
    """What a register is about and what its columns hold, in Markdown."""
    return "\n".join([*_head(kind), "| column | holds | written as | needed |", "|---|---|---|---|", *_rows(kind), ""])


def _head(kind: Kind) -> Iterator[str]:
    dated_by, age = kind.document.get("dated_by"), kind.max_age_days
    yield f"# {kind.title}"
    yield ""
    yield f"File: `{name_of(kind)}.csv` (or `.xlsx`, or `.yaml`), one row each, in UTF-8."
    if dated_by:
        yield f"`{dated_by}` says what day a row is true of."
    if age:
        yield f"The file is read again at least every {age} days; older evidence counts as stale."
    if kind.document.get("may_be_empty") is True:
        yield "If there was nothing, delete the example row and keep the header: that says so."
    yield ""


def _rows(kind: Kind) -> Iterator[str]:
    for name, field in kind.shape.fields.items():
        notes = [_written(kind, name, field)]
        if field.references:
            notes.append(f"as in `{field.references}`")
        if field.personal is not None:
            notes.append("kept as a pseudonym" if field.personal.value == "pseudonym" else "not kept")
        elif field.secret:
            notes.append("not kept")
        needed = "no" if field.nullable else "yes"
        yield f"| `{name}` | {_cell(field.title)} | {_cell('; '.join(notes))} | {needed} |"


def _written(kind: Kind, name: str, field: Field) -> str:
    if field.enum:
        return "one of " + ", ".join(f"`{choice}`" for choice in field.enum)
    if isinstance(field.type, ListType):
        return "texts, separated by semicolons"
    if _property(kind, name).get("format") == "date-time":
        return f"instant with its time zone, as {INSTANT}"
    return WRITTEN.get(field.type, "text") if isinstance(field.type, Primitive) else "text"


def _example(kind: Kind, name: str, field: Field) -> str:
    """A cell that can be read: the schema's own example, where it gives one."""
    given = _property(kind, name).get("examples")
    if isinstance(given, list) and given:
        return str(given[0])
    if field.enum:
        return field.enum[0]
    if field.references:
        return _id_of(field.references.rpartition(".")[0])
    if isinstance(field.type, ListType):
        return "first; second"
    if field.type is Primitive.TIMESTAMP:
        return INSTANT if _property(kind, name).get("format") == "date-time" else DAY
    if field.type in (Primitive.INT, Primitive.DOUBLE):
        return "1"
    if field.type is Primitive.BOOL:
        return "yes"
    return _id_of(kind.name) if name == kind.key else field.title


def _id_of(kind: str) -> str:
    """The id that example rows give to a row of a register, so that they refer to one another."""
    return kind.rpartition(".")[2].upper() + "-001"


def _property(kind: Kind, name: str) -> Mapping[str, Any]:
    schema = kind.document["schema"]
    assert isinstance(schema, Mapping)
    found: Mapping[str, Any] = schema["properties"][name]
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
