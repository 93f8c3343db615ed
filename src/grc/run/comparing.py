"""Comparing: what is not as it was between two packs, down to the subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from grc.assess.comparing import (
    Change,
    StatusChange,
    Turn,
    check_changes,
    checks_run,
    compare,
    folders_apart,
    requirement_changes,
    sight_lost,
)
from grc.canonical import plain
from grc.errors import ConfigError
from grc.evidence import AssessmentLayer, open_assessment, open_pack
from grc.model.assessment import Assessment
from grc.model.catalogue import Policy, Severity
from grc.model.identifiers import CheckId, Place
from grc.model.status import UNDECIDED
from grc.run.desk import Desk
from grc.run.gate import ORDER, Gated
from grc.run.judged import PolicyChange, judge_of, policy_change
from grc.run.sealed import same_policy, sealed_policy

FORMAT: Final = "grc.difference/1"
WORSE: Final = (Turn.UNDECIDED, Turn.UNSEEN)
"""Nothing is known to fail, and less is known than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two assessments: the pack's folder and digest, the layer's name and its instant."""

    path: str
    pack: str
    assessment: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that stands otherwise. ``policy`` is None where both were judged alike.

    ``dropped`` are checks that the earlier assessment alone ran, ``added`` those that the later one alone did, ``lost``
    the places that a check no longer sees whole. ``apart`` are the folders that each is about, where none is in both:
    a place is named by its folder. ``titles`` and ``severities`` are of all that is named. ``timezone``
    is the later one's: its days are days of that zone.
    """

    earlier: Side
    later: Side
    policy: PolicyChange | None
    dropped: tuple[CheckId, ...]
    added: tuple[CheckId, ...]
    lost: tuple[tuple[CheckId, Place], ...]
    apart: tuple[tuple[Place, ...], tuple[Place, ...]] | None
    changes: tuple[Change, ...]
    checks: tuple[StatusChange, ...]
    requirements: tuple[StatusChange, ...]
    titles: Mapping[str, str]
    severities: Mapping[CheckId, Severity]
    timezone: str

    @property
    def counts(self) -> Mapping[Turn, int]:
        """How many subjects turned how."""
        found = Counter(change.turn for change in self.changes)
        return {turn: found[turn] for turn in Turn}

    def gate(self, fail_on: Severity) -> Gated:
        """What an exit code is to say of the checks of this severity and above: only what has become worse counts."""
        counted = {
            check for check, severity in self.severities.items() if ORDER.index(severity) >= ORDER.index(fail_on)
        }
        turns = {change.turn for change in self.changes if change.check in counted}
        if Turn.BROKEN in turns:
            return Gated.FAILED
        opened = {
            it.id for it in self.checks if it.now in UNDECIDED and (it.before is None or it.before not in UNDECIDED)
        }
        if turns & {*WORSE} or counted & {*opened, *self.dropped, *(check for check, _ in self.lost)}:
            return Gated.UNDECIDED
        return Gated.NOTHING_FAILED

    def document(self) -> dict[str, Any]:
        """The difference as JSON data, in the form of docs/comparing.md."""
        return {
            "format": FORMAT,
            "earlier": plain(self.earlier),
            "later": plain(self.later),
            "policy": None if self.policy is None else plain(self.policy),
            "checks_dropped": list(self.dropped),
            "checks_added": list(self.added),
            "sight_lost": [{"check": check, "place": place} for check, place in self.lost],
            "folders_apart": None
            if self.apart is None
            else dict(zip(("earlier", "later"), map(list, self.apart), strict=True)),
            "counts": {turn.value: count for turn, count in self.counts.items()},
            "changes": [self._change(change) for change in self.changes],
            "checks": list(map(_status_change, self.checks)),
            "requirements": list(map(_status_change, self.requirements)),
        }

    def _change(self, change: Change) -> dict[str, Any]:
        kind, place, subject = change.subject
        return {
            "turn": change.turn.value,
            "check": change.check,
            "severity": self.severities[change.check].value,
            "kind": kind,
            "place": place,
            "subject": subject,
            "origin": change.origin.value,
            "before": change.before.value,
            "now": change.now.value,
            "message": change.message,
            "reason": change.reason,
        }


def compare_packs(earlier: Path, later: Path, desk: Desk | None = None) -> Difference:
    """Compare the latest assessments of two packs. ``desk`` holds the policy in force, which may be the later one's.

    Raises:
        ConfigError: the earlier one is not the earlier one.
        EvidenceError: a pack is not whole, or holds no assessment.
    """
    before, pack = open_assessment(open_pack(earlier)), open_pack(later)
    after = open_assessment(pack)
    then, now = before.assessment(), after.assessment()
    if then.as_of > now.as_of:
        raise ConfigError(f"{earlier} is as of {then.as_of}, after {later}: name the earlier pack first")
    ran_then, ran_now = checks_run(then), checks_run(now)
    return Difference(
        earlier=_side(earlier, before, then),
        later=_side(later, after, now),
        policy=policy_change(judge_of(before), judge_of(after)),
        dropped=tuple(sorted(ran_then - ran_now)),
        added=tuple(sorted(ran_now - ran_then)),
        lost=tuple(sight_lost(then, now)),
        apart=folders_apart(then, now),
        changes=tuple(compare(then, now, before.subjects(), after.subjects())),
        checks=tuple(check_changes(then, now)),
        requirements=tuple(requirement_changes(then, now)),
        titles=_titles(_policy(after, desk)),
        severities={result.check: result.severity for each in (then, now) for result in each.checks},
        timezone=pack.manifest.run.scope.get("timezone", "UTC"),
    )


def _status_change(change: StatusChange) -> dict[str, Any]:
    return {"id": change.id, "before": None if change.before is None else change.before.value, "now": change.now.value}


def _side(path: Path, layer: AssessmentLayer, found: Assessment) -> Side:
    return Side(path=str(path), pack=layer.manifest.evidence, assessment=layer.name, as_of=found.as_of)


def _policy(layer: AssessmentLayer, desk: Desk | None) -> Policy:
    effective = layer.effective()
    found, _ = (desk and same_policy(layer, effective, desk)) or sealed_policy(layer, effective)
    return found


def _titles(policy: Policy) -> dict[str, str]:
    found: dict[str, str] = {check.id: check.title for check in policy.checks.values()}
    for held in policy.catalogues.values():
        found |= {requirement.id: requirement.title for requirement in held.requirements}
    return found
