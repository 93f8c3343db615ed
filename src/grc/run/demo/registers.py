"""The clinic's registers and policies as files, with dates reckoned from the day of the demonstration."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from grc import kinds
from grc.model.identifiers import KindName
from grc.run.demo.statement import ADDRESSABLE, ANNEX_A
from grc.run.starting import policy_templates
from grc.yamltext import read

DATA: Final = Path(__file__).with_name("registers.yaml")
DAY: Final = re.compile(r"D([+-][0-9]{1,4})(T[0-9]{2}:[0-9]{2})?\Z")
PLACEHOLDER: Final = re.compile(r"\[\[([^\]]*)\]\]")
FRONT: Final = """\
---
id: {id}
title: {title}
version: "{version}"
status: in-force
author: {author}
owner: {owner}
approver: {approver}
approved on: {approved_on}
effective on: {effective_on}
next review: {next_review_on}
---
"""
PRINTED_OTHERWISE: Final = {"POL-CRYPTO": {"version": "2.0", "approved_on": "D-400"}}
"""What a document prints that its register row does not say."""

Row = Mapping[str, Any]


def register_files(today: date) -> Mapping[str, str]:
    """The registers as CSV and the policies as Markdown, by path in the workspace."""
    written: dict[str, Any] = read(DATA).value
    registers: dict[str, Sequence[Row]] = {name: rows for name, rows in written.items() if name != "format"}
    registers |= {"soa": ANNEX_A, "addressable-decisions": ADDRESSABLE}
    policies = dict(_policies(registers["policies"], today))
    known = kinds.load((kinds.SHIPPED / "registers",))
    files = {
        f"registers/{name}.csv": _csv(list(known[KindName(f"register.{name}")].shape.fields), rows, today, policies)
        for name, rows in sorted(registers.items())
    }
    return {**files, **policies}


def _csv(columns: Sequence[str], rows: Sequence[Row], today: date, files: Mapping[str, str]) -> str:
    """The whole header, also of columns that no row fills: an empty cell is a fact, a missing column is not."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        assert set(row) <= set(columns), f"{set(row) - set(columns)}: no such column"
        writer.writerow([_cell(row.get(column, ""), today, files) for column in columns])
    return out.getvalue()


def _cell(value: Any, today: date, files: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "; ".join(_cell(one, today, files) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    found = DAY.match(text)
    if found:
        day = (today + timedelta(days=int(found[1]))).isoformat()
        return f"{day}{found[2]}Z" if found[2] else day
    sort, _, rest = text.partition(":")
    if sort == "FILE":
        return hashlib.sha256(files[rest].encode()).hexdigest()
    return hashlib.sha256(rest.encode()).hexdigest() if sort == "SHA" else text


def _policies(rows: Sequence[Row], today: date) -> Iterator[tuple[str, str]]:
    templates = policy_templates()
    for row in rows:
        name = Path(row["location"]).name
        printed = {**row, **PRINTED_OTHERWISE.get(row["id"], {})}
        front = FRONT.format_map({key: _cell(value, today, {}) for key, value in printed.items() if key != "sha256"})
        body = templates[name].partition("\n---\n")[2]
        yield row["location"], front + PLACEHOLDER.sub(lambda found: found[1].lower(), body)
