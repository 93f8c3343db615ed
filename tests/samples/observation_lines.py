"""Observation lines as single observations, the way tests like to ask about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def single(lines: bytes) -> Iterator[dict[str, Any]]:
    """What each check saw on each subject, in the order in which it is written.

    The record's digest, which a line has where any of its checks explains something, is told of those that do.
    """
    for line in lines.splitlines():
        observed = json.loads(line)
        where = {key: value for key, value in observed.items() if key not in ("digest", "observations")}
        for outcome in observed["observations"]:
            explained = outcome["verdict"] in ("fail", "unknown")
            yield {**where, **outcome, **({"digest": observed["digest"]} if explained else {})}
