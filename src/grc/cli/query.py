"""``grc query``: a question to a pack, in SQL."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from grc.cli.exits import Exit
from grc.cli.options import examples, pack_argument
from grc.cli.output import echo_json, table


@click.command(
    epilog=examples(
        "grc query packs/november 'SELECT status, count(*) FROM requirements GROUP BY status'",
        "grc query packs/november 'DESCRIBE observations'",
    )
)
@pack_argument
@click.argument("sql")
@click.option("--assessment", "which", help="Which assessment of the pack (default: the latest).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
def query(pack: Path, sql: str, which: str | None, form: str) -> int:
    """Ask a pack a question in SQL (DuckDB's).

    The tables: requirements, conclusions, parts, mappings, controls, checks, waivers, waiver_results,
    findings_on_record, affected_subjects, attestations, gaps, populations, observations, records. Nothing but the pack
    can be read, and nothing written. docs/query.md has the columns and ten questions.
    """
    from grc.run.query import query as ask

    answer = ask(pack, sql, which)
    if form == "json":
        echo_json(
            [{name: _plain(value) for name, value in zip(answer.columns, row, strict=True)} for row in answer.rows]
        )
    elif form == "csv":
        click.echo(_csv([answer.columns, *answer.rows]), nl=False)
    elif answer.columns:
        for line in table([answer.columns, *([_text(value) for value in row] for row in answer.rows)]):
            click.echo(line)
    return Exit.NOTHING_FAILED


def _plain(value: Any) -> Any:
    """A value as JSON has it; what JSON does not know stands as text."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float, bool, dict)) else _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return value.isoformat() + "Z" if isinstance(value, datetime) else str(value)


def _counts(value: Any) -> bool:
    return isinstance(value, (int, float))


def _csv(rows: list[Any]) -> str:
    from grc.report.annexes import inert

    text = io.StringIO(newline="")
    csv.writer(text).writerows(
        [_text(value) if _counts(value) else inert(_text(value)) for value in row] for row in rows
    )
    return text.getvalue()
