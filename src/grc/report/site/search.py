"""What the search box of every page looks through: each id of the report, its title, and where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from grc.report.text import visible
from grc.report.views.page import Page


def search_script(page: Page, home: Mapping[str, str]) -> bytes:
    """The script that hands over the entries: code as the publisher writes it, title, anchor and file."""
    entries = [
        [visible(code), visible(title), anchor, home[anchor]]
        for code, title, anchor in _entries(page)
        if anchor in home  # a workspace's own template may leave it out
    ]
    return f"grc.entries({json.dumps(entries, separators=(',', ':'))});\n".encode()


def _entries(page: Page) -> Iterator[tuple[str, str, str]]:
    for framework in page.frameworks:
        yield framework.id, framework.title, framework.anchor
        for sheet in (sheet for group in framework.groups for sheet in group.sheets):
            yield sheet.code, sheet.title, sheet.anchor
    for row in page.check_rows:
        yield row.id, row.title, row.anchor
    for control in (control for theme in page.themes for control in theme.controls):
        yield control.id, control.title, control.anchor
    for kind in page.kinds:
        yield kind.kind, kind.title, kind.anchor
    for waiver in page.waivers:
        yield waiver.id, waiver.reason, waiver.anchor
    for found in page.raised:
        yield found.id, found.condition, found.anchor
    for stated in page.attestations:
        yield stated.id, stated.statement, stated.anchor
