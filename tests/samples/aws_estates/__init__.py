"""Parts of the estate by group of services: resources made through the simulator, and answers where it has none.

Each module has ``seed(client)`` (``client`` makes a client of a service) and ``ANSWERS``, by ``service:Operation``.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws_answers import Answer

from aws_estates import access, account, app, data, guard, net

PARTS = (access, account, app, data, guard, net)


def answers() -> Mapping[str, Answer]:
    """Every answer that the simulator does not give; each operation once."""
    found: dict[str, Answer] = {}
    for part in PARTS:
        twice = found.keys() & part.ANSWERS.keys()
        assert not twice, f"answered twice: {sorted(twice)}"
        found.update(part.ANSWERS)
    return found
