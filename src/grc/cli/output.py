"""Printing data to stdout, as text for people or as JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import click

MOST_LINES: Final = 30
"""Lines of one list that are printed as text."""
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)


def printable(text: str) -> str:
    """The text on one line, without characters that could drive a terminal or reorder what is read."""
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def printable_lines(text: str) -> str:
    """The same for a text that has lines of its own."""
    return "\n".join(map(printable, text.split("\n")))


def echo_json(value: object) -> None:
    """Print JSON data, indented, in the order given. What a terminal must not get stands as JSON's own escapes."""
    click.echo(printable_lines(json.dumps(value, ensure_ascii=False, indent=2)))


def echo_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str) -> None:
    """Print rows as JSON, or the named columns as an aligned table."""
    if form == "json":
        echo_json(rows)
        return
    for line in table([[_cell(row.get(column)) for column in columns] for row in rows]):
        click.echo(line)


def echo_list(title: str, lines: Sequence[str]) -> None:
    """Print a list below its title, as far as a person reads it; nothing where the list is empty."""
    if lines:
        click.echo(title)
    for line in lines[:MOST_LINES]:
        click.echo(f"  {printable(line)}")
    if len(lines) > MOST_LINES:
        click.echo(f"  and {len(lines) - MOST_LINES} more: --format json names them all")


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines with aligned columns; the last column is not padded."""
    held = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*held, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in held]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)


def minute(moment: datetime) -> str:
    """``2026-05-03 09:12 UTC``, as reports write it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
