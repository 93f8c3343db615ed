"""The assessment as OSCAL assessment results."""

from grc.report.exchange.oscal.results import render_oscal

__all__ = ["render_oscal"]
