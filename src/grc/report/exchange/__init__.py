"""The report as what other tools take in.

SARIF for code scanning, JUnit for builds, OCSF for what keeps events, OSCAL for what keeps the state of controls.
"""

from grc.report.exchange.junit import render_junit
from grc.report.exchange.ocsf import render_ocsf
from grc.report.exchange.oscal import render_oscal
from grc.report.exchange.sarif import render_sarif

__all__ = ["render_junit", "render_ocsf", "render_oscal", "render_sarif"]
