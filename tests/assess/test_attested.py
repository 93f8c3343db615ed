"""What statements come to on parts that no check answers, case by case; the laws are in ``test_laws``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from assess_samples import (
    AS_OF,
    World,
    attestation,
    catalogue,
    check,
    claim,
    control,
    population,
    requirement,
    result,
)

from grc.model.assessment import AttestationResult, MappedResult, PartResult
from grc.model.attestation import Attestation, AttestedFile, AttestedPart, Conclusion, Standing
from grc.model.catalogue import Method, Relation
from grc.model.status import Status
from grc.model.workspace import Period

CHANGED = (AttestedFile(path="list.csv", sha256="a" * 64, found="b" * 64),)
GONE = (AttestedFile(path="list.csv", sha256="a" * 64, found=None),)
EXPIRED = AS_OF
LATER = (AS_OF + timedelta(days=2)).date()


def world(*attestations: Attestation, method: Method = Method.DOCUMENT, **more: Any) -> World:
    """One requirement of one part, met by one control that no check decides."""
    return World(
        **{
            "catalogues": (catalogue("f", requirement("f:1", method=method)),),
            "controls": (control("k", (), (claim("k"),)),),
            "attestations": attestations,
        }
        | more
    )


def part(found: World) -> PartResult:
    (finding,) = found.assess().findings
    (only,) = finding.parts
    return only


def mapped(found: World) -> MappedResult:
    (only,) = part(found).controls
    return only


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, Status.SATISFIED),
        ({"valid_until": AS_OF + timedelta(microseconds=1)}, Status.SATISFIED),
        ({"valid_until": AS_OF}, Status.STALE),
        ({"signed_on": LATER}, Status.NOT_ASSESSED),
        ({"files": CHANGED}, Status.UNKNOWN),
        ({"files": GONE}, Status.UNKNOWN),
        ({"files": GONE, "valid_until": EXPIRED}, Status.UNKNOWN),
        ({"files": ()}, Status.SATISFIED),
        ({"conclusion": Conclusion.NOT_MET}, Status.NOT_SATISFIED),
        ({"conclusion": Conclusion.NOT_MET, "valid_until": EXPIRED, "files": GONE}, Status.NOT_SATISFIED),
        ({"conclusion": Conclusion.NOT_MET, "signed_on": LATER}, Status.NOT_ASSESSED),
        ({"control": "other"}, Status.NOT_ASSESSED),
        ({"parts": (AttestedPart(requirement="f:1", part="q"),)}, Status.NOT_ASSESSED),
    ],
)
def test_one_statement(more: dict[str, Any], status: Status) -> None:
    assert part(world(attestation(**more))).status is status


def test_a_part_without_a_statement_is_not_assessed() -> None:
    found = mapped(world())
    assert (found.status, found.attestation, found.reason) == (Status.NOT_ASSESSED, None, None)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("files", [(), attestation().files])
def test_what_a_statement_can_answer(method: Method, files: tuple[AttestedFile, ...]) -> None:
    can = method in (Method.DOCUMENT, Method.INTERVIEW) or (method is Method.RECORD and files)
    found = part(world(attestation(files=files), method=method))
    assert found.status is (Status.SATISFIED if can else Status.NOT_ASSESSED)


@pytest.mark.parametrize(
    ("who", "reviewed_by", "status"),
    [
        ("Ann", "Bob", Status.SATISFIED),
        ("Ann", None, Status.NOT_ASSESSED),
        ("Ann", "", Status.NOT_ASSESSED),
        ("Ann", "\u200b", Status.NOT_ASSESSED),
        ("Ann", " aNN\u00a0", Status.NOT_ASSESSED),
        ("Ann Lee", "ANN LEE", Status.NOT_ASSESSED),
        ("Ann", "\uff21\uff2e\uff2e", Status.NOT_ASSESSED),
        ("José", "Jose\u0301", Status.NOT_ASSESSED),
    ],
)
def test_four_eyes(who: str, reviewed_by: str | None, status: Status) -> None:
    seen = attestation(who=who, reviewed_by=reviewed_by)
    strict = (control("k", (), (claim("k"),), four_eyes=True),)
    assert part(world(seen, controls=strict)).status is status
    assert part(world(seen)).status is Status.SATISFIED


@pytest.mark.parametrize(("day", "status"), [(AS_OF.date(), Status.SATISFIED), (LATER, Status.NOT_ASSESSED)])
def test_four_eyes_have_seen_it_from_the_day_of_the_review_on(day: date, status: Status) -> None:
    seen = attestation(reviewed_by="Bob", reviewed_on=day)
    strict = (control("k", (), (claim("k"),), four_eyes=True),)
    assert part(world(seen, controls=strict)).status is status
    assert part(world(seen)).status is Status.SATISFIED


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2026, 12, 31), date(2027, 1, 1), True),
        (date(2027, 1, 1), date(2027, 1, 1), False),
    ],
)
def test_a_statement_is_about_the_period_that_is_assessed(first: date, last: date, *, counts: bool) -> None:
    made = attestation(period=Period(first=first, last=last))
    assessed = world(made, period=Period(first=date(2026, 1, 1), last=date(2026, 12, 31)))
    assert part(assessed).status is (Status.SATISFIED if counts else Status.NOT_ASSESSED)
    assert part(world(made)).status is Status.SATISFIED


MET, FAILED = attestation(id="met"), attestation(id="failed", conclusion=Conclusion.NOT_MET)
EARLIER, NEWER = {"signed_on": date(2026, 2, 1)}, {"signed_on": date(2026, 3, 2)}


@pytest.mark.parametrize(
    ("attestations", "status", "by"),
    [
        ((MET, replace(FAILED, **NEWER)), Status.NOT_SATISFIED, "failed"),
        ((replace(MET, **NEWER), FAILED), Status.SATISFIED, "met"),
        ((MET, FAILED), Status.NOT_SATISFIED, "failed"),
        ((replace(MET, **NEWER, valid_until=EXPIRED), FAILED), Status.NOT_SATISFIED, "failed"),
        ((replace(MET, **NEWER, files=GONE), FAILED), Status.NOT_SATISFIED, "failed"),
        ((MET, replace(MET, id="newer", **NEWER)), Status.SATISFIED, "newer"),
        ((MET, replace(MET, id="newer", **NEWER, files=CHANGED)), Status.SATISFIED, "met"),
        ((replace(MET, **EARLIER, valid_until=EXPIRED), replace(MET, id="b", files=GONE)), Status.UNKNOWN, "b"),
        ((replace(MET, valid_until=EXPIRED), replace(MET, id="b", signed_on=LATER)), Status.STALE, "met"),
    ],
)
def test_the_newest_that_counts_decides(attestations: tuple[Attestation, ...], status: Status, by: str) -> None:
    for order in (attestations, attestations[::-1]):
        found = mapped(world(*order))
        assert (found.status, found.attestation) == (status, by)


@pytest.mark.parametrize("providers", [frozenset({"aws", "register"}), frozenset({"aws"}), frozenset()])
@pytest.mark.parametrize("selected", [None, frozenset()])
def test_a_statement_never_stands_in_for_a_check(providers: frozenset[str], selected: frozenset[str] | None) -> None:
    found = world(
        attestation(),
        controls=(control("k", ("c",), (claim("k"),)),),
        checks=(check("c", "register.people"),),
        populations=(population("register.people", "register/people"),),
        results={"c": (result("register/people", 1, 1),)},
        providers=providers,
        selected=selected,
    )
    decides = "register" in providers and selected is None
    assert part(found).status is (Status.NOT_SATISFIED if decides else Status.NOT_ASSESSED)
    assert mapped(found).attestation is None


def test_a_statement_does_not_stand_in_for_a_check_that_is_gone() -> None:
    found = world(attestation(), controls=(control("k", ("gone",), (claim("k"),)),))
    assert part(found).status is Status.NOT_ASSESSED


def test_a_map_without_checks_is_a_persons_in_a_control_that_checks_decide() -> None:
    maps = (claim("k", checks=()), claim("k", "f:2"))
    found = world(
        attestation(),
        catalogues=(catalogue("f", requirement("f:1", method=Method.RECORD), requirement("f:2")),),
        controls=(control("k", ("c",), maps),),
        checks=(check("c"),),
        populations=(population("aws.vm", "aws/1/eu"),),
        results={"c": (result(passed=0, failed=1),)},
    ).assess()
    assert [each.engine_status for each in found.findings] == [Status.SATISFIED, Status.NOT_SATISFIED]


def test_every_control_that_meets_a_part_has_to_be_answered() -> None:
    both = (control("k", (), (claim("k"),)), control("l", (), (claim("l"),)))
    one = attestation()
    assert part(world(one, controls=both)).status is Status.NOT_ASSESSED
    assert part(world(one, replace(one, id="B", control="l"), controls=both)).status is Status.SATISFIED


def test_a_control_that_supports_is_not_answered_for() -> None:
    supports = (control("k", (), (claim("k", relation=Relation.SUPPORTS),)),)
    assert part(world(attestation(), controls=supports)).status is Status.NOT_ASSESSED


def results(found: World) -> tuple[AttestationResult, ...]:
    return found.assess().attestations


def test_every_statement_is_reported_with_what_became_of_it() -> None:
    old = attestation(id="B", valid_until=EXPIRED)
    first, second = results(world(old, attestation(), old))
    assert (first.attestation.id, first.standing) == ("A", Standing.COUNTS)
    assert first.answers == (AttestedPart(requirement="f:1", part="p"),)
    assert (second.standing, second.answers) == (Standing.EXPIRED, ())
    assert second.reason == "It has expired: ann (head) signed it on 2026-03-01."


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "ann (head) states that it is met, on 2026-03-01."),
        ({"conclusion": Conclusion.NOT_MET}, "ann (head) states that it is not met, on 2026-03-01."),
        (
            {"files": GONE},
            "It does not count, because a file that it rests on is not the one of the statement: list.csv (missing).",
        ),
        (
            {"files": CHANGED},
            "It does not count, because a file that it rests on is not the one of the statement: list.csv (changed).",
        ),
        ({"signed_on": LATER}, f"It is to be signed by ann (head) on {LATER}, which has not begun."),
        ({"reviewed_by": "Ann"}, "It does not count, because nobody but ann has reviewed it."),
        ({"reviewed_by": "Bob", "reviewed_on": LATER}, f"It is to be reviewed by Bob on {LATER}."),
        (
            {"period": Period(first=date(2024, 1, 1), last=date(2024, 2, 1))},
            "It does not count, because it is about 2024-01-01 to 2024-02-01, outside of the period that is assessed.",
        ),
    ],
)
def test_the_reason_says_what_became_of_it(more: dict[str, Any], reason: str) -> None:
    strict = (control("k", (), (claim("k"),), four_eyes=True),)
    found = world(attestation(**more), controls=strict, period=Period(first=date(2026, 1, 1), last=date(2026, 12, 31)))
    assert [each.reason for each in results(found)] == [reason]
    assert mapped(found).reason == reason
