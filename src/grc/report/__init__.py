"""Assessment → HTML, JSON and the terminal's summary. Lays out what was concluded; decides nothing."""

from grc.report.document import render_json
from grc.report.html import render_html
from grc.report.input import EvidenceItem, Exclusion, ReportInput, SourceUsed
from grc.report.summary import summary_lines

__all__ = [
    "EvidenceItem",
    "Exclusion",
    "ReportInput",
    "SourceUsed",
    "render_html",
    "render_json",
    "summary_lines",
]
