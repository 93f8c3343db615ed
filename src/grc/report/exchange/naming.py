"""What other tools know a finding by, from run to run, and the requirements that it bears on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256

from grc.model.assessment import Observation
from grc.model.identifiers import CheckId, RequirementId
from grc.report.index import Index


def name(it: Observation) -> tuple[str, str, str]:
    """What makes two observations of two runs the same: check, place and subject."""
    return it.check, it.place, it.subject


def fingerprint(it: Observation, *more: str) -> str:
    """A name of fixed length, in hexadecimal; ``more`` tells apart what shares the three."""
    return sha256("\n".join((*name(it), *more)).encode()).hexdigest()


def requirements_of(index: Index) -> Mapping[CheckId, Sequence[RequirementId]]:
    """The requirements that each check bears on, in the publishers' order."""
    found: defaultdict[CheckId, list[RequirementId]] = defaultdict(list)
    for requirement in index.requirements:
        for check in index.answered_by.get(requirement, ()):
            found[check].append(requirement)
    return found
