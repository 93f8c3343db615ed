"""Related records: found where they are, and never taken as missing where they could be."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from estates import (
    BUCKET,
    KINDS,
    LOG,
    PERSON,
    VPC,
    Within,
    check,
    estate,
    line,
    observed,
    population,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.assess.joins import MOST_NAMED
from grc.assess.places import account, reaches
from grc.model.evidence import OF_RECORD, Coverage, Gap, GapReason, Origin
from grc.model.identifiers import Place

HERE = "aws/111122223333/eu-central-1"
MATCH = {"ResourceId": "resource.VpcId"}
LOGGED = check("v.logged", VPC, "logs.exists(l, l.Status == 'ACTIVE')", relate={"logs": (LOG, MATCH)})
UNIFORM = check("v.uniform", VPC, "logs.all(l, l.Status == 'ACTIVE')", relate={"logs": (LOG, MATCH)})
COUNTED = check("v.counted", VPC, "size(logs) == 1", relate={"logs": (LOG, MATCH)})
ALL = (LOGGED, UNIFORM, COUNTED)
VPC1 = line("vpc-1", {"VpcId": "vpc-1"})


def log(name: str, vpc: str | None = "vpc-1", status: str = "ACTIVE", **more: Any) -> bytes:
    body = {"FlowLogId": name, "Status": status, **({} if vpc is None else {"ResourceId": vpc})}
    return line(name, body, **more)


def verdicts(*held: Any, checks: Any = ALL, **more: Any) -> list[str]:
    """The verdicts on the VPCs, or on what the checks are about."""
    found, _ = observed(estate(*held), *checks, **more)
    return [each["verdict"] for each in found]


def vpcs(*logs: bytes, place: str = HERE, **facts: Any) -> list[str]:
    return verdicts(population(VPC, HERE, VPC1), population(LOG, place, *logs, **facts))


def test_related_records_are_found_by_their_field() -> None:
    assert vpcs(log("a"), log("b", "vpc-2", "FAILED")) == ["pass", "pass", "pass"]
    assert vpcs(log("a"), log("b", status="FAILED")) == ["fail", "pass", "fail"]


def test_where_nothing_is_related_the_list_is_empty() -> None:
    assert vpcs() == ["fail", "fail", "pass"]
    assert vpcs(log("a", "vpc-2")) == ["fail", "fail", "pass"]


def test_null_matches_nothing_on_either_side() -> None:
    joined = check(
        "b.key", BUCKET, "size(logs) == 0", relate={"logs": (LOG, {"ResourceId": "resource.KeyId"}, Within.ANY)}
    )
    held = (population(LOG, HERE, log("a", None), log("b", "k")), population(BUCKET, "aws/1", line("x", {"Name": "x"})))
    assert verdicts(*held, checks=[joined]) == ["pass"]


def test_without_evidence_of_the_related_kind_there_is_a_hole() -> None:
    assert verdicts(population(VPC, HERE, VPC1)) == ["unknown"] * 3
    assert vpcs(log("a"), place="aws/111122223333/us-east-1") == ["unknown"] * 3
    found, _ = observed(estate(population(VPC, HERE, VPC1)), LOGGED)
    assert found[0]["gaps"][0]["reason"] == "not-provided"
    assert "aws.ec2.flow-log" in found[0]["gaps"][0]["detail"]


@pytest.mark.parametrize("facts", [{"complete": False}, {"gaps": (Gap(path="", reason=GapReason.THROTTLED),)}])
def test_a_population_with_a_hole_gives_lists_with_holes(facts: Mapping[str, Any]) -> None:
    assert vpcs(log("a"), **facts) == ["unknown", "pass", "unknown"]
    assert vpcs(log("a", status="FAILED"), **facts) == ["unknown", "unknown", "fail"]
    assert vpcs(**facts) == ["unknown"] * 3


def test_a_record_whose_match_field_was_not_seen_may_be_anyones() -> None:
    hidden = log("a", None, gaps={"ResourceId": "access-denied"})
    assert vpcs(hidden, log("b")) == ["unknown", "pass", "unknown"]
    assert vpcs(hidden) == ["unknown"] * 3
    assert vpcs(log("a", gaps={"": "malformed"}), log("b")) == ["unknown", "pass", "unknown"]


def test_a_record_with_another_gap_stands_where_it_belongs() -> None:
    body = {"FlowLogId": "a", "ResourceId": "vpc-1"}
    hidden = line("a", body, gaps={"Status": "access-denied"})
    assert vpcs(hidden, log("b")) == ["fail", "pass", "unknown"]
    elsewhere = line("a", {**body, "ResourceId": "vpc-2"}, gaps={"Status": "access-denied"})
    assert vpcs(elsewhere, log("b")) == ["pass", "pass", "pass"]


def test_a_gap_that_is_not_read_is_no_hole() -> None:
    assert vpcs(log("a", gaps={"details": "throttled"})) == ["pass", "pass", "pass"]


def test_what_was_not_asked_for_is_a_hole() -> None:
    narrow = Coverage(paths=frozenset({"FlowLogId", "Status"}), otherwise=GapReason.NOT_REQUESTED)
    assert vpcs(log("a", None), coverage=narrow) == ["unknown"] * 3
    unread = Coverage(paths=frozenset({"FlowLogId", "ResourceId"}), otherwise=GapReason.NOT_REQUESTED)
    assert vpcs(line("a", {"FlowLogId": "a", "ResourceId": "vpc-1"}), coverage=unread) == ["pass", "unknown", "unknown"]


@pytest.mark.parametrize("odd", [1, None, ["vpc-1"], {}])
def test_a_match_field_that_is_not_as_declared_is_a_hole(odd: object) -> None:
    text = json.dumps({"body": {"FlowLogId": "a", "ResourceId": odd}, "subject": "a"}).encode()
    assert vpcs(text, log("b")) == ["unknown", "pass", "unknown"]


def test_a_value_to_match_that_was_not_seen_may_match_anything() -> None:
    joined = check(
        "b.key", BUCKET, "size(logs) == 0", relate={"logs": (LOG, {"ResourceId": "resource.KeyId"}, Within.ANY)}
    )
    text = line("x", {"Name": "x"}, gaps={"KeyId": "access-denied"})
    found, _ = observed(estate(population(LOG, HERE), population(BUCKET, "aws/1", text)), joined)
    assert found[0]["verdict"] == "unknown"
    assert found[0]["gaps"] == [{"path": "KeyId", "reason": "access-denied"}]


def test_a_value_to_match_that_is_an_error_is_unknown() -> None:
    joined = check(
        "b.key",
        BUCKET,
        "has(resource.grants) && logs.exists(l, l.Status == 'ACTIVE')",
        relate={"logs": (LOG, {"ResourceId": "resource.?grants.orValue([])[0]"}, Within.ANY)},
    )
    held = (population(LOG, HERE, log("a")), population(BUCKET, "aws/1", line("x", {"Name": "x", "grants": []})))
    assert verdicts(*held, checks=[joined]) == ["unknown"]


def test_the_message_may_tell_of_related_records() -> None:
    told = check(
        "v.told",
        VPC,
        "logs.all(l, l.Status == 'ACTIVE')",
        fail="{logs.map(l, l.FlowLogId + l.?details.?Format.orValue('')).join(',')}",
        relate={"logs": (LOG, MATCH)},
    )
    body = {"FlowLogId": "b", "ResourceId": "vpc-1", "Status": "FAILED", "details": {"Format": "!"}}
    held = (population(VPC, HERE, VPC1), population(LOG, HERE, log("a"), line("b", body)))
    found, _ = observed(estate(*held), told)
    assert found[0]["message"] == "a,b!"


def test_the_same_record_with_other_relations_is_explained_anew() -> None:
    told = check("v.told", VPC, "logs.all(l, l.Status == 'ACTIVE')", relate={"logs": (LOG, MATCH)})
    held = [line(name, {"VpcId": name, "IsDefault": True}) for name in ("vpc-1", "vpc-2")]
    logs = [log("a", "vpc-1", "FAILED"), log("b", "vpc-2", "GONE")]
    found, _ = observed(estate(population(VPC, HERE, *held), population(LOG, HERE, *logs)), told)
    assert [each["reads"][0]["value"] for each in found] == ["FAILED", "GONE"]


@pytest.mark.parametrize(
    ("source", "other", "within", "expected"),
    [
        ("aws/1/eu", "aws/1/eu", Within.PLACE, True),
        ("aws/1/eu", "aws/1/us", Within.PLACE, False),
        ("aws/1/eu", "aws/1/us", Within.ACCOUNT, True),
        ("aws/1", "aws/1/us", Within.ACCOUNT, True),
        ("aws/1/eu", "aws/2/eu", Within.ACCOUNT, False),
        ("aws/1", "aws/11", Within.ACCOUNT, False),
        ("aws/1/eu", "aws/2/us", Within.ORGANIZATION, True),
        ("aws/1/eu", "register/people", Within.ORGANIZATION, False),
        ("register/people", "register/leavers", Within.ACCOUNT, False),
        ("register/people", "register/people", Within.ACCOUNT, True),
        ("file/infra/plan.json", "file/infra/other.json", Within.ACCOUNT, False),
        ("register/people", "aws/1", Within.ANY, True),
    ],
)
def test_how_far_a_join_reaches(source: str, other: str, within: Within, expected: bool) -> None:
    assert reaches(Place(source), Place(other), within) is expected
    assert reaches(Place(other), Place(source), within) is expected


def test_an_account_is_two_steps_of_a_place() -> None:
    assert account(Place("aws/1/eu")) == account(Place("aws/1")) == "aws/1"
    assert account(Place("file/a/b")) == "file/a/b"


def test_regional_kinds_join_in_their_place_and_global_ones_in_their_account() -> None:
    elsewhere = population(LOG, "aws/111122223333/us-east-1", log("a"))
    here = population(LOG, HERE)
    assert verdicts(population(VPC, HERE, VPC1), here, elsewhere, checks=[LOGGED]) == ["fail"]
    joined = check("b.log", BUCKET, "size(logs) == 1", relate={"logs": (LOG, {"ResourceId": "resource.KeyId"})})
    bucket = line("x", {"Name": "x", "KeyId": "vpc-1"})
    assert verdicts(population(BUCKET, "aws/111122223333", bucket), here, elsewhere, checks=[joined]) == ["pass"]
    assert verdicts(population(BUCKET, "aws/4", bucket), here, elsewhere, checks=[joined]) == ["unknown"]


def test_a_region_where_only_the_related_kind_is_missing_is_a_hole() -> None:
    joined = check("b.log", BUCKET, "size(logs) == 0", relate={"logs": (LOG, {"ResourceId": "resource.KeyId"})})
    bucket = population(BUCKET, "aws/111122223333", line("x", {"Name": "x", "KeyId": "k"}))
    assert verdicts(bucket, population(LOG, HERE), checks=[joined]) == ["pass"]
    other = population(VPC, "aws/111122223333/us-east-1")
    assert verdicts(bucket, population(LOG, HERE), other, checks=[joined]) == ["unknown"]
    declared = [Place("aws/111122223333/eu-west-1")]
    assert verdicts(bucket, population(LOG, HERE), checks=[joined], declared=declared) == ["unknown"]


def test_registers_join_with_live_evidence() -> None:
    match = {"Email": "resource.KeyId"}
    joined = check(
        "b.owner", BUCKET, "people.exists(p, p.Left != true)", relate={"people": (PERSON, match, Within.ANY)}
    )
    people = population(
        PERSON, "register/people", line("ana", {"Email": "ana"}), line("bo", {"Email": "bo", "Left": True})
    )
    buckets = [line(name, {"Name": name, "KeyId": name}) for name in ("ana", "bo", "cy")]
    assert verdicts(people, population(BUCKET, "aws/1", *buckets), checks=[joined]) == ["pass", "fail", "fail"]


@pytest.mark.parametrize("origin", sorted(set(Origin) - OF_RECORD))
def test_a_plan_joins_with_its_own_place_alone(origin: Origin) -> None:
    live = population(LOG, HERE, log("a"))
    plan = population(VPC, "file/plan.json", VPC1, origin=origin)
    assert verdicts(live, plan, checks=[LOGGED]) == ["unknown"]
    own = population(LOG, "file/plan.json", log("b"), origin=origin)
    assert verdicts(live, plan, own, checks=[LOGGED]) == ["pass"]
    assert verdicts(own, population(VPC, HERE, VPC1), checks=[LOGGED]) == ["unknown"]


def test_what_a_plan_does_not_declare_may_be_there_all_the_same() -> None:
    """Another root module, or a person, may have made the log: a plan neither fails for that nor passes."""
    plan = population(VPC, "file/plan.json", VPC1, origin=Origin.PLAN)
    other = population(LOG, "file/plan.json", log("b", vpc="vpc-2"), origin=Origin.PLAN)
    none = population(LOG, "file/plan.json", origin=Origin.PLAN)
    unlogged = check("v.unlogged", VPC, "logs.all(log, log.Status == 'x')", relate={"logs": (LOG, MATCH)})
    assert verdicts(plan, other, checks=[LOGGED]) == ["unknown"]
    assert verdicts(plan, none, checks=[LOGGED]) == ["unknown"]
    assert verdicts(plan, none, checks=[unlogged]) == ["unknown"]


def test_evidence_of_record_never_joins_with_a_plan() -> None:
    anywhere = check("v.any", VPC, "size(logs) == 1", relate={"logs": (LOG, MATCH, Within.ANY)})
    planned = population(LOG, "file/plan.json", log("b"), origin=Origin.PLAN)
    live = population(VPC, HERE, VPC1)
    assert verdicts(live, planned, checks=[anywhere]) == ["unknown"]
    assert verdicts(live, planned, population(LOG, HERE), checks=[anywhere]) == ["fail"]
    assert verdicts(
        population(VPC, HERE, VPC1, origin=Origin.PLAN), population(LOG, HERE, log("a")), checks=[anywhere]
    ) == ["unknown"]


def test_several_fields_must_all_match() -> None:
    joined = check("v.both", VPC, "size(logs) == 1", relate={"logs": (LOG, {**MATCH, "Status": "'ACTIVE'"})})
    held = population(VPC, HERE, VPC1)
    assert verdicts(held, population(LOG, HERE, log("a"), log("b", status="x")), checks=[joined]) == ["pass"]


# The indexed way against comparing every pair

names = st.sampled_from(["vpc-1", "vpc-2"])


@st.composite
def logs(draw: st.DrawFn) -> list[dict[str, Any]]:
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {"status": st.sampled_from(["ACTIVE", "FAILED"])},
                optional={"vpc": names, "gap": st.sampled_from(["Status", "ResourceId", "details", ""])},
            ),
            max_size=4,
        )
    )


@settings(deadline=None, max_examples=100)
@given(found=logs(), hole=st.booleans())
def test_joins_are_sound(found: list[dict[str, Any]], hole: bool) -> None:
    """Whatever the unseen parts may be, a pass or a failure would stay one."""
    lines = []
    possible: list[list[tuple[str, str] | None]] = []
    for number, each in enumerate(found):
        gap = each.get("gap")
        body = {"FlowLogId": str(number), "Status": each["status"], "ResourceId": each.get("vpc")}
        hidden = {"Status", "ResourceId"} if gap == "" else {gap}
        shown = {key: value for key, value in body.items() if value is not None and key not in hidden}
        lines.append(line(str(number), shown, gaps={} if gap is None else {gap: "throttled"}))
        statuses = ["ACTIVE", "FAILED"] if "Status" in hidden else [each["status"]]
        owners = ["vpc-1", "vpc-2"] if "ResourceId" in hidden else [each.get("vpc", "none")]
        possible.append([(owner, status) for owner in owners for status in statuses])
    if hole:
        possible += [[None, ("vpc-1", "ACTIVE"), ("vpc-1", "FAILED")]] * 2
    told = verdicts(population(VPC, HERE, VPC1), population(LOG, HERE, *lines, complete=not hole))
    truths = [_truths(world) for world in _worlds(possible)]
    for position in range(3):
        answers = {truth[position] for truth in truths}
        if told[position] == "unknown":
            continue
        assert answers == {told[position] == "pass"}


def _worlds(possible: list[list[tuple[str, str] | None]]) -> list[list[tuple[str, str]]]:
    worlds: list[list[tuple[str, str]]] = [[]]
    for choices in possible:
        worlds = [[*world, *([choice] if choice else [])] for world in worlds for choice in choices]
    return worlds


def _truths(world: list[tuple[str, str]]) -> tuple[bool, bool, bool]:
    mine = [status for owner, status in world if owner == "vpc-1"]
    return len(mine) == 1, "ACTIVE" in mine, all(status == "ACTIVE" for status in mine)


def test_the_kinds_are_those_of_the_tests() -> None:
    assert {LOG.name, VPC.name, BUCKET.name, PERSON.name} == set(KINDS)


SHARED = check(
    "b.shared",
    BUCKET,
    "logs.exists(l, l.Status == resource.KeyId) || resource.?Public.orValue(false)",
    when="resource.?Name.orValue('') != 'left-out'",
    relate={"logs": (LOG, {"ResourceId": "resource.?logging.?Target.orValue('')"}, Within.ANY)},
    fail="{resource.Name} of {logs.size()}",
)
BUCKETS = st.builds(
    lambda body, gaps: (body, {path: "access-denied" for path in gaps if path not in body}),
    st.fixed_dictionaries(
        {},
        optional={
            "KeyId": st.sampled_from(["k", "l"]),
            "Public": st.booleans(),
            "logging": st.sampled_from([{"Target": "x"}, {"Target": "y"}, {}]),
        },
    ),
    st.sets(st.sampled_from(["KeyId", "Public", "logging", "encryption"])),
)


@given(st.lists(BUCKETS, min_size=2, max_size=6), st.booleans(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_what_is_said_of_a_record_does_not_hang_on_those_before_it(
    buckets: list[tuple[dict[str, object], dict[str, str]]], left_out: bool, whole: bool
) -> None:
    """Records that read the same of the same related records are explained once, each with its own message."""
    names = ["left-out" if left_out and not n else f"other-{n}" for n in range(len(buckets))]
    lines = [line(name, {"Name": name, **body}, gaps=gaps) for name, (body, gaps) in zip(names, buckets, strict=True)]
    logs = population(LOG, HERE, log("1", "x", "k"), log("2", "y", "l"), complete=whole)
    together, _ = observed(estate(logs, population(BUCKET, "aws/1", *lines)), SHARED)
    alone = [observed(estate(logs, population(BUCKET, "aws/1", text)), SHARED)[0][0] for text in lines]
    assert together == alone


def test_many_records_that_read_the_same_are_not_each_compared_with_all() -> None:
    """A thousand groups of one network, none of which has an id yet."""
    held = [
        line(f"b{n}", {"Name": f"b{n}", "logging": {"Target": "x"}}, gaps={"KeyId": "not-translated"})
        for n in range(1000)
    ]
    logs = [log(f"l{n}", "x", f"s{n}") for n in range(1000)]
    started = time.process_time()
    found, _ = observed(estate(population(LOG, HERE, *logs), population(BUCKET, "aws/1", *held)), SHARED)
    assert {each["verdict"] for each in found} == {"unknown"}
    assert time.process_time() - started < 2


def test_a_row_that_points_at_nothing_counts_as_it_is_written_and_leaves_the_check_undecided() -> None:
    """It belongs to nobody who is there: it decides nothing on them, and nothing is satisfied while it stands."""
    strayed = log("a", "vpc-9", "FAILED", gaps={"ResourceId": "no-such-row"})
    held = (population(VPC, HERE, VPC1), population(LOG, HERE, strayed, log("b")))
    assert verdicts(*held) == ["pass", "pass", "pass"]
    _, results = observed(estate(*held), *ALL)
    for name in ("v.logged", "v.uniform", "v.counted"):
        (result,) = results[name]
        assert [(gap.path, gap.reason) for gap in result.gaps] == [("ResourceId", GapReason.NO_SUCH_ROW)]
        assert not result.complete
    found = (population(VPC, HERE, VPC1), population(LOG, HERE, strayed, log("b", status="FAILED")))
    assert verdicts(*found) == ["pass", "fail", "fail"]


def test_a_row_that_points_at_nothing_where_no_check_looks_leaves_nothing_open() -> None:
    held = population(LOG, HERE, log("b", gaps={"details": "no-such-row"}))
    _, results = observed(estate(population(VPC, HERE, VPC1), held), *ALL)
    assert all(result.complete and not result.gaps for (result,) in results.values())


def test_a_thousand_rows_that_point_at_nothing_are_not_all_named_and_hide_no_other() -> None:
    gaps = [[{"path": "Status", "reason": "no-such-row", "detail": f"line {n}"}] for n in range(1000)]
    stray = [json.dumps({**json.loads(log(f"s{n}", "vpc-9")), "gaps": each}).encode() for n, each in enumerate(gaps)]
    last = log("z", "vpc-9", gaps={"ResourceId": "no-such-row"})
    _, results = observed(estate(population(VPC, HERE, VPC1), population(LOG, HERE, *stray, last)), LOGGED)
    (result,) = results["v.logged"]
    assert [gap.path for gap in result.gaps] == ["ResourceId", *["Status"] * MOST_NAMED]


KNOWN = check(
    "b.known",
    BUCKET,
    "logs.exists(l, l.Status == 'ACTIVE')",
    relate={"logs": (LOG, {"ResourceId": "resource.KeyId"}, Within.ANY)},
    fail="{resource.Name} names {resource.KeyId}: {logs.size()}",
)
NAMED = check("b.named", BUCKET, "resource.KeyId != null")
UNLIKE = check("b.unlike", BUCKET, "resource.KeyId == null || resource.KeyId == 'k'", fail="is {resource.KeyId}")


def test_a_row_that_points_at_nothing_fails_by_what_it_says_and_passes_by_nothing_that_it_says() -> None:
    names = ("x", "y")
    lines = [line(name, {"Name": name, "KeyId": "k"}, gaps={"KeyId": "no-such-row"}) for name in names]
    held = estate(population(LOG, HERE, log("1", "l")), population(BUCKET, "aws/1", *lines))
    found, results = observed(held, KNOWN, NAMED, UNLIKE)
    assert [each["verdict"] for each in found] == ["fail", "unknown", "unknown"] * 2
    assert [each["message"] for each in found if "message" in each] == ["x names k: 0", "y names k: 0"]
    assert [(result.failed, result.unknown) for (result,) in results.values()] == [(2, 0), (0, 2), (0, 2)]
    other = line("x", {"Name": "x", "KeyId": "other"}, gaps={"KeyId": "no-such-row"})
    told, _ = observed(estate(population(BUCKET, "aws/1", other)), UNLIKE)
    assert [(each["verdict"], each["message"]) for each in told] == [("fail", "is other")]


def test_what_is_written_is_told_of_each_row_also_where_the_message_is_not_compiled() -> None:
    """Such a message is the interpreter's, and the second row is explained as the first was."""
    whole = check(
        "b.whole", BUCKET, "resource.KeyId == 'k'", fail="{resource.Name} is {resource.KeyId}: {resource.logging}"
    )
    for gaps in ({}, {"KeyId": "no-such-row"}):
        lines = [line(name, {"Name": name, "KeyId": "l", "logging": {"Target": "t"}}, gaps=gaps) for name in ("x", "y")]
        found, _ = observed(estate(population(BUCKET, "aws/1", *lines)), whole)
        assert [each["message"] for each in found] == ['x is l: {Target: "t"}', 'y is l: {Target: "t"}']
