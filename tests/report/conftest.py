"""Reports made once, and the folders that they are made with."""

from pathlib import Path

import pytest
from report_page import Page
from report_sample import sample

from grc.report import ReportInput, render_html

TEMPLATES = Path(__file__).parents[2] / "reports" / "templates"


@pytest.fixture(scope="session")
def templates() -> Path:
    return TEMPLATES


@pytest.fixture(scope="session")
def report() -> ReportInput:
    """A small report that holds every sort of thing, hostile names among them."""
    return sample(subjects=3000, checks=20)


@pytest.fixture(scope="session")
def html(report: ReportInput) -> str:
    return render_html(report, [TEMPLATES]).decode()


@pytest.fixture(scope="session")
def page(html: str) -> Page:
    return Page.read(html)
