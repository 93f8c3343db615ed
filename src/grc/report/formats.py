"""The formats of a report, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from grc.report.annexes import render_csv, render_xlsx
from grc.report.document import render_json
from grc.report.exchange import render_junit, render_ocsf, render_oscal, render_sarif
from grc.report.html import render_html
from grc.report.input import ReportInput
from grc.report.pdf import render_pdf

Render = Callable[[ReportInput, Sequence[Path]], bytes]

FORMATS: Final[Mapping[str, Render]] = {
    "html": render_html,
    "json": lambda report, templates: render_json(report),
    "pdf": render_pdf,
    "csv": render_csv,
    "xlsx": render_xlsx,
    "sarif": lambda report, templates: render_sarif(report),
    "junit": lambda report, templates: render_junit(report),
    "ocsf": lambda report, templates: render_ocsf(report),
    "oscal": lambda report, templates: render_oscal(report),
}


def render(report: ReportInput, form: str, templates: Sequence[Path]) -> bytes:
    """Render a report in one of the formats. ``templates`` are folders of templates and words; the first wins.

    Raises:
        ReportError: a template has a mistake, or the library that writes the format is not installed.
        DataError: a folder's ``messages.yaml`` has a mistake.
    """
    return FORMATS[form](report, templates)
