"""The report as tables: a workbook with a sheet each, or an archive of CSV files. Every row, nothing folded away."""

from grc.report.annexes.separated import inert, render_csv
from grc.report.annexes.workbook import render_xlsx

__all__ = ["inert", "render_csv", "render_xlsx"]
