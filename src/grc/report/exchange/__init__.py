"""The report as what other tools take in: SARIF for pull requests and code scanning, JUnit for what shows tests."""

from grc.report.exchange.junit import render_junit
from grc.report.exchange.sarif import render_sarif

__all__ = ["render_junit", "render_sarif"]
