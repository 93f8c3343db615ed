"""A period as a page: how each check and requirement fared over the runs. Lays out what was found; decides nothing."""

from grc.report.period.input import PeriodInput
from grc.report.period.render import render_period

__all__ = ["PeriodInput", "render_period"]
