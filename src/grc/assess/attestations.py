"""What a person's statements come to on a part that no check answers (docs/adr/0006-attestations.md).

A statement that counts makes such a part satisfied, one that says that it is not met makes it not satisfied, and one
that no longer counts raises nothing. A technical part is never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from grc.assess.waivers import has_begun
from grc.model.assessment import Finding
from grc.model.attestation import ATTESTABLE, Attestation, AttestationResult, AttestedPart, Conclusion, Standing
from grc.model.catalogue import Control, Mapped, Method, Part, Relation
from grc.model.identifiers import ControlId, PartId, RequirementId
from grc.model.persons import two_persons
from grc.model.status import Status
from grc.model.workspace import Period

COMES_TO: Final[Mapping[Standing, Status]] = {
    Standing.CHANGED: Status.UNKNOWN,
    Standing.EXPIRED: Status.STALE,
    Standing.UNREVIEWED: Status.NOT_ASSESSED,
    Standing.OUTSIDE: Status.NOT_ASSESSED,
    Standing.NOT_YET: Status.NOT_ASSESSED,
}
"""What a part comes to for which nothing counts, the worst first."""

Key = tuple[ControlId, RequirementId, PartId]


@dataclass(frozen=True, slots=True)
class Attested:
    """What the statements on a part that one control meets come to, and the statement that decides it."""

    status: Status
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Attestations:
    """Every statement of an assessment with its standing, and the same by what they are about."""

    standings: Mapping[Attestation, Standing]
    about: Mapping[Key, Sequence[Attestation]]

    def on(self, claim: Mapped, part: Part) -> Attested | None:
        """What the statements come to for a map that no check answers; None where there is none on it."""
        if claim.relation is not Relation.MEETS:
            return None
        found = self.about.get((claim.control, claim.requirement, claim.part), ())
        return _conclude([(each, self.standings[each]) for each in found if can_answer(each, part.method)])


def attestations_at(
    attestations: Iterable[Attestation],
    controls: Mapping[ControlId, Control],
    as_of: datetime,
    period: Period | None,
) -> Attestations:
    """The statements on what these controls meet, at an instant, each once."""
    four_eyes = {name for name, control in controls.items() if control.four_eyes}
    standings = {each: standing(each, as_of, period, four_eyes=each.control in four_eyes) for each in attestations}
    about: dict[Key, list[Attestation]] = defaultdict(list)
    for each in standings:
        for part in each.parts:
            about[each.control, part.requirement, part.part].append(each)
    return Attestations(standings, about)


def attestation_results(statements: Attestations, findings: Iterable[Finding]) -> tuple[AttestationResult, ...]:
    """Every statement by id, with the parts whose status comes from it."""
    answers: dict[str, set[AttestedPart]] = defaultdict(set)
    for finding in findings:
        for part in finding.parts:
            for mapped in part.controls:
                if mapped.attestation is not None:
                    answers[mapped.attestation].add(AttestedPart(requirement=finding.requirement, part=part.part))
    ordered = sorted(statements.standings.items(), key=lambda entry: (entry[0].id, str(entry[0])))
    return tuple(
        AttestationResult(
            attestation=each, standing=found, reason=reason(each, found), answers=tuple(sorted(answers[each.id]))
        )
        for each, found in ordered
    )


def standing(attestation: Attestation, as_of: datetime, period: Period | None, *, four_eyes: bool) -> Standing:
    """Whether a statement counts at an instant. ``four_eyes``: its control asks for a second person.

    One that says that it is not met counts from its day on: neither age nor a lost file takes it back.
    """
    if not has_begun(attestation.signed_on, as_of):
        return Standing.NOT_YET
    if attestation.conclusion is Conclusion.NOT_MET:
        return Standing.COUNTS
    if not all(file.unchanged for file in attestation.files):
        return Standing.CHANGED
    if four_eyes and not (_is_by_two(attestation) and _review_has_begun(attestation, as_of)):
        return Standing.UNREVIEWED
    if as_of >= attestation.valid_until:
        return Standing.EXPIRED
    outside = period is not None and not _meet(attestation.period, period)
    return Standing.OUTSIDE if outside else Standing.COUNTS


def _is_by_two(attestation: Attestation) -> bool:
    return two_persons(attestation.who, attestation.reviewed_by or "")


def _review_has_begun(attestation: Attestation, as_of: datetime) -> bool:
    return attestation.reviewed_on is None or has_begun(attestation.reviewed_on, as_of)


def can_answer(attestation: Attestation, method: Method) -> bool:
    """Whether a statement can answer a part of this method: a record is shown by itself, so a file is needed."""
    shows = bool(attestation.files) or attestation.conclusion is Conclusion.NOT_MET
    return method in ATTESTABLE and (shows or method is not Method.RECORD)


def reason(attestation: Attestation, found: Standing) -> str:
    """The sentence that says what became of a statement."""
    who = f"{attestation.who} ({attestation.role})"
    match found:
        case Standing.COUNTS:
            says = "met" if attestation.conclusion is Conclusion.MET else "not met"
            return f"{who} states that it is {says}, on {attestation.signed_on}."
        case Standing.NOT_YET:
            return f"It is to be signed by {who} on {attestation.signed_on}, which has not begun."
        case Standing.CHANGED:
            files = ", ".join(_difference(file.path, file.found) for file in attestation.files if not file.unchanged)
            return f"It does not count, because a file that it rests on is not the one of the statement: {files}."
        case Standing.UNREVIEWED:
            if _is_by_two(attestation):
                return f"It is to be reviewed by {attestation.reviewed_by} on {attestation.reviewed_on}."
            return f"It does not count, because nobody but {attestation.who} has reviewed it."
        case Standing.OUTSIDE:
            days = f"{attestation.period.first} to {attestation.period.last}"
            return f"It does not count, because it is about {days}, outside of the period that is assessed."
        case Standing.EXPIRED:
            return f"It has expired: {who} signed it on {attestation.signed_on}."
    assert_never(found)


def _difference(path: str, found: str | None) -> str:
    return f"{path} (missing)" if found is None else f"{path} (changed)"


def _conclude(found: Sequence[tuple[Attestation, Standing]]) -> Attested | None:
    """The newest that counts; a failure stands until a newer statement that counts takes it back.

    Of two on one day, the one that says that it is not met.
    """
    counting = [each for each, state in found if state is Standing.COUNTS]
    failing = _newest(each for each in counting if each.conclusion is Conclusion.NOT_MET)
    good = _newest(each for each in counting if each.conclusion is Conclusion.MET)
    if failing is not None and (good is None or good.signed_on <= failing.signed_on):
        return Attested(Status.NOT_SATISFIED, failing.id, reason(failing, Standing.COUNTS))
    if good is not None:
        return Attested(Status.SATISFIED, good.id, reason(good, Standing.COUNTS))
    for state, status in COMES_TO.items():
        last = _newest(each for each, its in found if its is state)
        if last is not None:
            return Attested(status, last.id, reason(last, state))
    return None


def _newest(attestations: Iterable[Attestation]) -> Attestation | None:
    return max(attestations, key=lambda each: (each.signed_on, each.id, str(each)), default=None)


def _meet(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last
