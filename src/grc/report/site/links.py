"""Links between pages. Templates link by anchor alone; here each link is led to the page on which its anchor stands.

So one template serves the report in one file and the folder, a workspace's own template too.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

ANCHOR: Final = re.compile(r'<[a-z][^<>]*?\sid=(?:"([^"<>]*)"|([^\s"<>]+))')
LINK: Final = re.compile(r'(<a\s(?:[^<>]*?\s)?href=)("?)#([^"\s<>]+)')
"""Text is escaped, so neither ``<`` nor, within a value, ``"`` stands for itself: these find a template's markup."""


def anchors_of(html: str) -> frozenset[str]:
    """Every anchor of a page."""
    return frozenset(quoted or bare for quoted, bare in ANCHOR.findall(html))


def homes(pages: Mapping[str, str]) -> Mapping[str, str]:
    """The page on which each anchor stands, by the pages' files; the first that has it."""
    found: dict[str, str] = {}
    for file, html in pages.items():
        for anchor in anchors_of(html):
            found.setdefault(anchor, file)
    return found


def linked(file: str, html: str, home: Mapping[str, str]) -> str:
    """A page with each link led to where its anchor stands; one on the page itself stays as it is."""
    own = anchors_of(html)

    def lead(found: re.Match[str]) -> str:
        before, mark, anchor = found.groups()
        if anchor in own or anchor not in home:
            return found[0]
        return f"{before}{mark}{way(file, home[anchor])}#{anchor}"

    return LINK.sub(lead, html)


def way(start: str, target: str) -> str:
    """The relative address of one file of the folder as seen from another."""
    return quote(posixpath.relpath(target, posixpath.dirname(start) or "."))
