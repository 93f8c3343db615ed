"""Observation lines as single observations, the way tests like to ask about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def single(lines: bytes) -> Iterator[dict[str, Any]]:
    """What each check saw on each subject, in the order in which it is written."""
    for line in lines.splitlines():
        observed = json.loads(line)
        where = {key: value for key, value in observed.items() if key != "observations"}
        yield from ({**where, **outcome} for outcome in observed["observations"])
