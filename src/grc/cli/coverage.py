"""``grc coverage``: what of each framework something tests, and what nothing does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from grc.cli.clock import now
from grc.cli.desk import open_desk
from grc.cli.exits import Exit
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json, format_option, printable
from grc.run.coverage import Coverage, MethodCoverage, Tester, coverage

HEAD = ("", "parts", "technical check", "register", "attestation", "nothing", "of that attestable")


@click.command(
    "coverage",
    short_help="Count the parts of each framework by what tests them.",
    epilog=examples("grc coverage", "grc coverage --framework gdpr --format json"),
)
@click.option("--framework", "frameworks", metavar="F", multiple=True, help="Only this framework (repeatable).")
@workspace_option
@format_option
def coverage_(frameworks: Sequence[str], workspace: Path | None, form: str) -> int:
    """Count the parts of the counted requirements by what tests them.

    A part counts under the strongest check among those that answer it, of the controls that meet it; what only
    supports it does not count. It says what could be tested, not what was: that is in a report. Without a check, a
    part counts under attestation where statements of the workspace that count today answer it.
    """
    from grc.run.stated import attested

    desk = open_desk(workspace)
    named = frameworks or desk.workspace.frameworks or ()
    found = coverage(desk.policy, desk.kinds, named, attested(desk, now()))
    if form == "json":
        echo_json([_row(each) for each in found])
        return Exit.NOTHING_FAILED
    for each in found:
        for line in _lines(each):
            click.echo(printable(line))
    return Exit.NOTHING_FAILED


def _row(found: Coverage) -> dict[str, Any]:
    return {
        "framework": found.framework,
        "title": found.title,
        "requirements": {
            "counted": found.requirements,
            "pending": found.pending,
            "every_part_tested": found.whole,
            "some_parts_tested": found.some,
            "no_part_tested": found.none,
        },
        "parts": _method(found.methods),
        "methods": {each.method: _method([each]) for each in found.methods},
    }


def _method(methods: Sequence[MethodCoverage]) -> dict[str, Any]:
    return {
        "parts": sum(each.parts for each in methods),
        "tested_by": {tester: sum(each.tested_by[tester] for each in methods) for tester in Tester},
        "attestable": sum(each.attestable for each in methods),
    }


def _lines(found: Coverage) -> Iterator[str]:
    yield f"{found.title}: {found.requirements} counted requirements"
    pending = f", {found.pending} without parts yet" if found.pending else ""
    yield f"  every part tested in {found.whole}, some in {found.some}, none in {found.none}{pending}"
    rows = [(each.method.value, _method([each])) for each in found.methods]
    rows.append(("all", _method(found.methods)))
    cells = [[name, *map(str, (row["parts"], *row["tested_by"].values(), row["attestable"]))] for name, row in rows]
    widths = [max(map(len, column)) for column in zip(HEAD, *cells, strict=True)]
    for name, *numbers in (list(HEAD), *cells):
        line = "  ".join(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))
        yield f"  {name.ljust(widths[0])}  {line}"
    yield ""
