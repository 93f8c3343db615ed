"""Asks a pack questions in SQL.

What was concluded is loaded; evidence and observations are read from the pack's files as a question needs them.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grc.errors import ConfigError
from grc.evidence import open_assessment, open_pack
from grc.report import render_json
from grc.run.query.tables import TABLES, SqlTable
from grc.run.reporting import report_input

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GLOB: Final = re.compile(r"[*?\[]")
SILENT: Final = "SET enable_progress_bar = false"
"""Else DuckDB draws a bar into the answer, where Python was started without a file."""
IN_UTC: Final = "SET TimeZone = 'UTC'"
"""Else DuckDB takes an instant for one of the machine's zone wherever it is compared with now()."""
LOCKED: Final = (
    "SET enable_external_access = false",
    "SET autoinstall_known_extensions = false",
    "SET lock_configuration = true",
)
"""A question reads the pack and nothing else, and writes nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows, each a value a column: text, numbers, truth, instants in UTC, lists, or None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def query(path: Path, sql: str, which: str | None = None) -> Answer:
    """Ask a pack one question.

    Raises:
        EvidenceError: the pack is not whole, or holds no assessment.
        ConfigError: the question is wrong, or DuckDB is not installed.
    """
    with asking(path, which) as ask:
        return ask(sql)


@contextmanager
def asking(path: Path, which: str | None = None) -> Iterator[Callable[[str], Answer]]:
    """Open a pack for questions. ``which`` names an assessment; the latest if None.

    No digest is checked: ``verify`` does that. A question that is wrong raises ``ConfigError``.

    Raises:
        EvidenceError: the pack is not whole, or holds no assessment.
        ConfigError: DuckDB is not installed, or takes the path for a pattern.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ConfigError("questions in SQL need DuckDB: pip install 'grc[query]'") from error
    if GLOB.search(str(path.resolve())):
        raise ConfigError(f"{path}: DuckDB takes *, ? and [ in a path for a pattern: ask a copy of the pack elsewhere")
    pack = open_pack(path)
    report = json.loads(render_json(report_input(path, which, opened=pack)))
    layer = open_assessment(pack, which)
    with duckdb.connect(":memory:") as database:
        database.execute(SILENT)
        database.execute(IN_UTC)
        _load(database, report)
        _view(database, path, layer.path)
        yield partial(_ask, database)


def _ask(database: DuckDBPyConnection, sql: str) -> Answer:
    import duckdb

    try:
        asked = database.extract_statements(sql)
        if [statement.type for statement in asked] != [duckdb.StatementType.SELECT]:
            raise ConfigError("a question is one SELECT (or DESCRIBE): nothing else is run, and nothing written")
        answer = database.execute(sql)
        columns = tuple(column[0] for column in answer.description)
        return Answer(columns=columns, rows=tuple(answer.fetchall()))
    except duckdb.Error as error:
        raise ConfigError(f"the question cannot be answered: {_why(str(error))}") from error


def _why(told: str) -> str:
    """What DuckDB says, or what to do where it says no more than which module of Python it lacks."""
    if "pytz" in told:
        return "its answer holds an instant with a time zone: write it as one of UTC, such as now()::TIMESTAMP"
    return told


def _load(database: DuckDBPyConnection, report: Mapping[str, Any]) -> None:
    """The tables of what was concluded: they are small, and read once."""
    with tempfile.TemporaryDirectory() as folder:
        for name, table in TABLES.items():
            if table.key is not None:
                file = Path(folder) / f"{name}.ndjson"
                file.write_text("".join(map(_line, report[table.key])), encoding="utf-8")
                database.execute(f'CREATE TABLE "{name}" AS {_select(table, str(file))}')


def _view(database: DuckDBPyConnection, pack: Path, assessment: Path) -> None:
    """The tables that stay in the pack's files, which alone may be read from now on."""
    database.execute(f"SET allowed_directories = [{_quoted(str(pack.resolve()))}]")
    for name, table in TABLES.items():
        if table.files is not None:
            within = pack if table.files.startswith("evidence/") else assessment
            pattern = f"{within.resolve()}/{table.files}"
            database.execute(f'CREATE VIEW "{name}" AS {_select(table, pattern)}')
    for setting in LOCKED:
        database.execute(setting)


def _select(table: SqlTable, files: str) -> str:
    columns = ", ".join(f"{_quoted(name)}: {_quoted(sort)}" for name, sort in table.held.items())
    options = f"format = 'newline_delimited', maximum_object_size = {2**28}, columns = {{{columns}}}"
    source = f"SELECT * FROM read_json({_quoted(files)}, {options})"  # noqa: S608 - our own text, quoted
    return f"WITH source AS ({source}) SELECT {table.select}"


def _line(row: object) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
