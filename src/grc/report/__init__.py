"""Assessment → HTML, JSON, tables and the terminal's summary. Lays out what was concluded; decides nothing."""

from grc.report.annexes import render_csv, render_xlsx
from grc.report.document import render_json
from grc.report.formats import FORMATS, render
from grc.report.html import render_html
from grc.report.input import Earlier, EvidenceItem, Exclusion, ReportInput, SourceUsed
from grc.report.narrowed import narrowed
from grc.report.pdf import render_pdf
from grc.report.period import PeriodInput, render_period
from grc.report.requests import render_requests
from grc.report.site import SiteFile, render_site, write_folder
from grc.report.summary import summary_lines
from grc.report.views.raised import raised_line, raised_row
from grc.report.words import load_words

__all__ = [
    "FORMATS",
    "Earlier",
    "EvidenceItem",
    "Exclusion",
    "PeriodInput",
    "ReportInput",
    "SiteFile",
    "SourceUsed",
    "load_words",
    "narrowed",
    "raised_line",
    "raised_row",
    "render",
    "render_csv",
    "render_html",
    "render_json",
    "render_pdf",
    "render_period",
    "render_requests",
    "render_site",
    "render_xlsx",
    "summary_lines",
    "write_folder",
]
