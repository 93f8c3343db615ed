"""What the formats for other tools share: how a finding is known from run to run, and what nothing could decide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from grc.model.assessment import CheckResult, Observation
from grc.model.identifiers import CheckId, RequirementId
from grc.model.status import Status, Verdict
from grc.report.index import NOTHING_SEEN, Index

NOT_KNOWN: Final = "no reason is known"
OPEN: Final = frozenset({Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED})


def name(it: Observation) -> tuple[str, str, str]:
    """What makes two observations of two runs the same: check, place and subject."""
    return it.check, it.place, it.subject


def fingerprint(*names: str) -> str:
    """A name of fixed length, in hexadecimal, of several."""
    return sha256("\n".join(names).encode()).hexdigest()


def failures(index: Index) -> Iterator[Observation]:
    """Every failure that nobody waived, of record and as declared."""
    for seen in index.seen.values():
        yield from seen.failed
        yield from (each for each in seen.ahead if each.verdict is Verdict.FAIL and each.waiver is None)


def reasons(index: Index, check: CheckId) -> Counter[str]:
    """Why a check leaves subjects open, by how many."""
    seen = index.seen.get(check, NOTHING_SEEN)
    unknown = (*seen.unknown, *(each for each in seen.ahead if each.verdict is Verdict.UNKNOWN))
    return Counter(each.reason or NOT_KNOWN for each in unknown)


def why_open(result: CheckResult) -> str | None:
    """Why a check that ran is not decided as a whole: a list that was refused has no subject that could say so."""
    if result.in_scope and result.ran and result.status in OPEN:
        return result.reason
    return as_declared(result) if result.ahead_status in OPEN else None


def as_declared(result: CheckResult) -> str:
    """What a check says of declarations, where it has seen some."""
    return "" if result.ahead_status is None else f"as declared: {result.ahead_status.replace('_', ' ')}"


def requirements_of(index: Index) -> Mapping[CheckId, Sequence[RequirementId]]:
    """The requirements that each check bears on, in the publishers' order."""
    found: defaultdict[CheckId, list[RequirementId]] = defaultdict(list)
    for requirement in index.requirements:
        for check in index.answered_by.get(requirement, ()):
            found[check].append(requirement)
    return found
