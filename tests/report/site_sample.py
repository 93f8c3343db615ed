"""A report as a folder, small, with every sort of page in it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from report_sample import sample, shipped_sample, with_every
from view_sample import tables

from grc.report import ReportInput, render_site

TEMPLATES = Path(__file__).parents[2] / "reports" / "templates"


@cache
def site_report() -> ReportInput:
    """Hostile names, waivers, plans, earlier runs and the frameworks' own documents."""
    report = sample(subjects=3000, checks=20)
    return with_every(replace(report, views=tables(report)))


@cache
def small_report() -> ReportInput:
    """One framework and few checks, for what is rendered anew in many ways."""
    return with_every(sample(subjects=400, checks=10, frameworks=("hipaa",)))


@cache
def site_files() -> dict[str, bytes]:
    """The files of that report, by path."""
    return {file.path: file.data for file in render_site(site_report(), [TEMPLATES])}


@cache
def large_files() -> dict[str, bytes]:
    """The files of a report of 100,000 observations over all that the project ships."""
    return {file.path: file.data for file in render_site(with_every(shipped_sample(102_000)), [TEMPLATES])}
