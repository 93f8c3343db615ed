"""The tables that frameworks are known by: every row, whatever was decided, and nothing said that was not found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc import catalogue, kinds
from grc.errors import ConfigError
from grc.model.assessment import Applicability, Finding, PartResult
from grc.model.catalogue import Catalogue, Method, Policy, View
from grc.model.identifiers import FrameworkId, PartId, RequirementId
from grc.model.status import Status
from grc.model.tailoring import AddressableChoice, AddressableDecision, CapabilityRating, Tailoring
from grc.model.views import (
    AccountabilityView,
    AddressableView,
    ApplicabilityView,
    CapabilityLevel,
    CapabilityView,
    Grade,
    Standing,
)
from grc.run.decisions import Decisions
from grc.run.views import Given, changes, document, views
from grc.run.views.capability import capability_level, grade, reached

BASE = Path(__file__).parents[1] / "catalogue"
DEMO = FrameworkId("demo")
TODAY = date(2026, 6, 1)
FIRST, SECOND = RequirementId("demo:1.1"), RequirementId("demo:1.10")


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    root = tmp_path_factory.mktemp("views") / "root"
    shutil.copytree(BASE / "base", root)
    loaded = catalogue.load([root], kinds.load([BASE / "kinds"]))
    demo = replace(loaded.catalogues[DEMO], views=dict.fromkeys(View, "rules"))
    return replace(loaded, catalogues={DEMO: demo})


def given_of(
    policy: Policy,
    *,
    applicability: tuple[Applicability, ...] = (),
    tailoring: Tailoring | None = None,
    findings: Mapping[RequirementId, Finding] | None = None,
) -> Given:
    made = {each.requirement: each for each in applicability}
    return Given(
        policy=policy,
        decisions=Decisions(applicability=made, tailoring=tailoring or Tailoring()),
        findings=findings,
        today=TODAY,
    )


def one(given: Given, view: View) -> Any:
    (found,) = views(given, [DEMO], view)
    return found


def finding(requirement: RequirementId, status: Status, part: Status = Status.NOT_ASSESSED) -> Finding:
    result = PartResult(part=PartId("rules"), method=Method.DOCUMENT, status=part, reason="", controls=())
    return Finding(
        requirement=requirement,
        engine_status=status,
        reason="",
        assessor_conclusion=None,
        counted_in="rules",
        parts=(result,),
    )


def decision(applicable: bool, approved_on: date = date(2026, 3, 1)) -> Applicability:
    return Applicability(
        requirement=FIRST, applicable=applicable, reason="because", approved_by="Grace", approved_on=approved_on
    )


def addressed(choice: AddressableChoice, **more: Any) -> Tailoring:
    dates = {"approved_on": date(2026, 3, 1), "review_on": date(2027, 3, 1), **more}
    made = AddressableDecision(requirement=FIRST, choice=choice, factors=("cost",), approved_by="Grace", **dates)
    return Tailoring(addressable=(made,))


# The statement of applicability


def test_every_row_is_in_the_statement_decided_or_not(policy: Policy) -> None:
    found: ApplicabilityView = one(given_of(policy), View.SOA)
    assert [row.code for row in found.rows] == ["1.1", "1.10", "2"]
    assert (found.total, found.applicable, found.excluded, found.undecided) == (3, 3, 0, 3)
    assert all(row.applicable is None and row.engine_status is None for row in found.rows)


def test_an_exclusion_has_its_reason_in_its_own_column(policy: Policy) -> None:
    found: ApplicabilityView = one(given_of(policy, applicability=(decision(False),)), View.SOA)
    row = found.rows[0]
    assert (row.applicable, row.reason_for_exclusion, row.reason_for_inclusion) == (False, "because", None)
    assert (found.applicable, found.excluded, found.undecided) == (2, 1, 2)


def test_a_decision_counts_from_its_day(policy: Policy) -> None:
    tomorrow = decision(False, approved_on=date(2026, 6, 2))
    assert one(given_of(policy, applicability=(tomorrow,)), View.SOA).excluded == 0


def test_with_a_pack_its_own_decisions_count(policy: Policy) -> None:
    findings = {FIRST: finding(FIRST, Status.PARTIAL)}
    found: ApplicabilityView = one(given_of(policy, applicability=(decision(False),), findings=findings), View.SOA)
    assert (found.rows[0].applicable, found.rows[0].engine_status) == (None, Status.PARTIAL)


# Addressable specifications


@pytest.mark.parametrize(
    ("choice", "status", "standing", "counts_as"),
    [
        (None, None, Standing.UNDOCUMENTED, Status.NOT_SATISFIED),
        (None, Status.NOT_ASSESSED, Standing.UNDOCUMENTED, Status.NOT_SATISFIED),
        (None, Status.WAIVED, Standing.UNDOCUMENTED, Status.NOT_SATISFIED),
        (None, Status.SATISFIED, Standing.IMPLEMENTED, Status.SATISFIED),
        (AddressableChoice.IMPLEMENT, Status.PARTIAL, Standing.TO_BE_IMPLEMENTED, Status.PARTIAL),
        (AddressableChoice.IMPLEMENT, Status.SATISFIED, Standing.IMPLEMENTED, Status.SATISFIED),
        (AddressableChoice.ALTERNATIVE, Status.NOT_SATISFIED, Standing.ALTERNATIVE, Status.NOT_SATISFIED),
        (AddressableChoice.NOT_REASONABLE, Status.NOT_ASSESSED, Standing.NOT_REASONABLE, Status.NOT_ASSESSED),
    ],
)
def test_where_an_addressable_specification_stands(
    policy: Policy, choice: AddressableChoice | None, status: Status | None, standing: Standing, counts_as: Status
) -> None:
    tailoring = None if choice is None else addressed(choice)
    findings = None if status is None else {FIRST: finding(FIRST, status)}
    found: AddressableView = one(given_of(policy, tailoring=tailoring, findings=findings), View.ADDRESSABLE)
    (row,) = found.rows
    assert (row.standing, row.counts_as) == (standing, counts_as)


def test_only_addressable_rows_are_in_the_table_and_an_overdue_review_is_told(policy: Policy) -> None:
    late = addressed(AddressableChoice.ALTERNATIVE, review_on=date(2026, 5, 31))
    found: AddressableView = one(given_of(policy, tailoring=late), View.ADDRESSABLE)
    assert [row.code for row in found.rows] == ["1.1"]
    assert (found.total, found.undocumented, found.overdue) == (1, 0, 1)
    due_today = addressed(AddressableChoice.ALTERNATIVE, review_on=TODAY)
    assert one(given_of(policy, tailoring=due_today), View.ADDRESSABLE).overdue == 0


def test_a_decision_of_tomorrow_documents_nothing(policy: Policy) -> None:
    early = addressed(AddressableChoice.NOT_REASONABLE, approved_on=date(2026, 6, 2))
    assert one(given_of(policy, tailoring=early), View.ADDRESSABLE).undocumented == 1


def test_what_is_scoped_out_needs_no_decision(policy: Policy) -> None:
    found: AddressableView = one(given_of(policy, applicability=(decision(False),)), View.ADDRESSABLE)
    assert (found.rows[0].standing, found.undocumented) == (Standing.SCOPED_OUT, 0)


# The accountability index


def test_each_duty_has_its_parts_their_owners_and_its_contents(policy: Policy) -> None:
    found: AccountabilityView = one(given_of(policy), View.ACCOUNTABILITY)
    first = found.rows[0]
    assert found.total == 3
    assert first.binds == ("Organisation",)
    assert [(part.part, part.method) for part in first.parts] == [("rules", "document"), ("at-rest", "technical")]
    assert [(part.controls, part.owners) for part in first.parts] == [
        (("rules-kept",), ("platform engineering",)),
        (("crypto",), ("platform engineering",)),
    ]
    assert [(item.code, item.title) for item in first.contents] == [("1.1(a)", "Field of the first rule")]
    assert found.rows[2].parts == ()


# Capability


@pytest.mark.parametrize(
    ("per_cent", "expected"),
    [(0, "N"), (15, "N"), (16, "P"), (50, "P"), (51, "L"), (85, "L"), (86, "F"), (100, "F")],
)
def test_grades_change_above_15_50_and_85(per_cent: int, expected: str) -> None:
    assert grade(per_cent, 1).value == expected
    assert grade(per_cent * 7, 7).value == expected


def test_a_grade_is_not_rounded() -> None:
    assert grade(85 * 3 + 1, 3) is Grade.FULLY
    assert grade(15 * 3 + 1, 3) is Grade.PARTLY


def level(number: int, found: Grade | None) -> CapabilityLevel:
    return CapabilityLevel(level=number, activities=4, practices=1, rated=1, achieved=None, grade=found)


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ("", None),
        ("-", None),
        ("-F", None),
        ("N", 0),
        ("P", 1),
        ("L", 2),
        ("F", 2),
        ("LF", 2),
        ("FP", 2),
        ("FL", 3),
        ("F-F", 2),
        ("FFF", 4),
        ("FFFL", 5),
    ],
)
def test_a_level_is_reached_when_all_below_are_fully(grades: str, expected: int | None) -> None:
    levels = [level(number, None if it == "-" else Grade(it)) for number, it in enumerate(grades, start=2)]
    assert reached(levels) == expected


@given(st.lists(st.sampled_from([None, *Grade]), min_size=1, max_size=4), st.integers(0, 3))
def test_losing_a_rating_never_raises_a_level(grades: list[Grade | None], index: int) -> None:
    lost = [None if place == index else found for place, found in enumerate(grades)]
    before = reached([level(number, found) for number, found in enumerate(grades, start=2)])
    after = reached([level(number, found) for number, found in enumerate(lost, start=2)])
    assert (after or 0) <= (before or 0)


def rating(achieved: int, on: int = 2) -> CapabilityRating:
    return CapabilityRating(
        practice=FIRST, level=on, achieved=achieved, basis="x", assessor="Ada", rated_on=date(2026, 3, 1)
    )


def test_a_level_is_rated_when_each_of_its_practices_is(policy: Policy) -> None:
    row = next(row for row in policy.catalogues[DEMO].requirements if row.id == FIRST)
    other = replace(row, id=SECOND, attributes={"activities-level-2": 1})
    half = capability_level([row, other], 2, {(FIRST, 2): rating(90)})
    assert (half.practices, half.rated, half.achieved, half.grade) == (2, 1, None, None)
    whole = capability_level([row, other], 2, {(FIRST, 2): rating(90), (SECOND, 2): rating(50)})
    assert (whole.activities, whole.achieved, whole.grade) == (5, 82, Grade.LARGELY)
    assert capability_level([other], 3, {}).grade is None


def test_an_unrated_objective_says_what_there_is_evidence_for(policy: Policy) -> None:
    without: CapabilityView = one(given_of(policy), View.CAPABILITY)
    assert [(row.code, row.reached, row.practices, row.with_evidence) for row in without.rows] == [("1", None, 2, 2)]
    assert without.seen is False
    unseen = one(given_of(policy, findings={FIRST: finding(FIRST, Status.NOT_ASSESSED)}), View.CAPABILITY)
    assert (unseen.seen, unseen.rows[0].with_evidence) == (True, 0)
    seen = one(given_of(policy, findings={FIRST: finding(FIRST, Status.PARTIAL, Status.SATISFIED)}), View.CAPABILITY)
    assert seen.rows[0].with_evidence == 1


def test_a_rating_of_tomorrow_counts_for_nothing(policy: Policy) -> None:
    now = Tailoring(ratings=(rating(90),))
    later = Tailoring(ratings=(replace(rating(90), rated_on=date(2026, 6, 2)),))
    assert one(given_of(policy, tailoring=now), View.CAPABILITY).rows[0].reached == 2
    assert one(given_of(policy, tailoring=later), View.CAPABILITY).rows[0].reached is None


# As JSON, and since an earlier one


@pytest.mark.parametrize("view", list(View))
def test_a_document_is_plain_data_with_every_key(policy: Policy, view: View) -> None:
    told = document(one(given_of(policy), view))
    assert json.loads(json.dumps(told)) == told
    assert told["format"] == f"grc.view.{view.value}/1"
    assert len({frozenset(row) for row in told["rows"]}) == 1


def test_nothing_changed_since_itself(policy: Policy, tmp_path: Path) -> None:
    found = one(given_of(policy), View.SOA)
    (tmp_path / "earlier.json").write_text(json.dumps(document(found)), encoding="utf-8")
    assert changes(found, tmp_path / "earlier.json") == []


def test_changes_name_row_field_before_and_after(policy: Policy, tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text(json.dumps(document(one(given_of(policy), View.SOA))), encoding="utf-8")
    now = one(given_of(policy, applicability=(decision(False),)), View.SOA)
    found = changes(now, tmp_path / "e.json")
    assert {"row": FIRST, "field": "applicable", "before": None, "after": False} in found
    assert {"row": None, "field": "excluded", "before": 0, "after": 1} in found


def test_rows_that_came_and_went_are_told(policy: Policy, tmp_path: Path) -> None:
    found = one(given_of(policy), View.SOA)
    earlier = document(found)
    gone = {**earlier["rows"].pop(), "requirement": "demo:gone"}
    earlier["rows"].append(gone)
    (tmp_path / "e.json").write_text(json.dumps(earlier), encoding="utf-8")
    told = [(change["row"], change["before"] is None) for change in changes(found, tmp_path / "e.json")]
    assert told == [("demo:2", True), ("demo:gone", False)]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "[" * 5000, '{"format": "grc.view.soa/1", "framework": "other", "rows": []}', "\x00"],
)
def test_what_is_no_earlier_table_is_refused(policy: Policy, tmp_path: Path, text: str) -> None:
    (tmp_path / "e.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        changes(one(given_of(policy), View.SOA), tmp_path / "e.json")
    with pytest.raises(ConfigError, match="cannot be read"):
        changes(one(given_of(policy), View.SOA), tmp_path / "none.json")


def test_a_catalogue_without_views_has_no_tables(policy: Policy) -> None:
    bare: Catalogue = replace(policy.catalogues[DEMO], views={})
    assert views(given_of(replace(policy, catalogues={DEMO: bare})), [DEMO]) == ()
