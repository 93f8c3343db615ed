"""Makes the computed sections of a record from the rest of its body. Nothing is called for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grc.collect.aws.declared import Section
from grc.collect.aws.sections import malformed
from grc.collect.policies import ANALYSES, Computed, place
from grc.model.evidence import Gap


def place_computed(body: dict[str, Any], sections: Iterable[Section], account: str, gaps: list[Gap]) -> None:
    """Put each computed section into the body, or a gap into ``gaps`` where a source has one or cannot be read."""
    declared = {section.name: section for section in sections if section.computed is not None}
    computed = [
        Computed(name=name, analysis=ANALYSES[str(section.computed)], sources=section.sources)
        for name, section in declared.items()
    ]
    place(body, computed, account, gaps, lambda one, detail: malformed(declared[one.name], detail))
