"""Observing populations: the short way gives what the exact way gives, to the byte."""

from __future__ import annotations

import gc
import pickle
import zlib
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from estates import (
    AS_OF,
    BUCKET,
    KINDS,
    LOG,
    STARTED,
    VPC,
    MemoryStore,
    check,
    days,
    estate,
    line,
    observed,
    plainly,
    population,
    waiver,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from grc import canonical
from grc.assess.blocks import LARGE, Block, Processes, Setup, batches, judge_batch
from grc.assess.lines import PopulationLines, explained
from grc.assess.observe import observe
from grc.canonical import plain
from grc.errors import EvidenceError
from grc.model.assessment import Outcome, Read
from grc.model.evidence import Coverage, Gap, GapReason
from grc.model.identifiers import CheckId
from grc.model.status import Verdict
from grc.policy.explain import Seen, observe_one
from grc.policy.program import CheckProgram
from grc.policy.values import Value

PUBLIC = check("b.public", BUCKET, "resource.Public == false", fail="{resource.Name} of age {resource.Age} is public")
ENCRYPTED = check(
    "a.encrypted",
    BUCKET,
    "resource.?encryption.?Rules.orValue([]).exists(r, r.?Algorithm.orValue('') in ['AES256', 'aws:kms'])",
)
LOGGED = check("c.logged", BUCKET, "has(resource.logging) && has(resource.logging.Target)", when="resource.Age != 0")
TAGGED = check("d.tagged", BUCKET, "!subject.tags.exists(k, k == 'public')")
YOUNG = check(
    "e.young",
    BUCKET,
    "has(resource.Created) && as_of - resource.Created < params.most",
    parameters=(days("most", 30),),
)
WHOLE = check("f.whole", BUCKET, "resource.encryption != resource.encryption || size(resource.Name) > 0")
SILENT = check("g.silent", BUCKET, "!has(resource.logging)")
CHECKS = (PUBLIC, ENCRYPTED, LOGGED, TAGGED, YOUNG, WHOLE, SILENT)
GOOD: Mapping[str, object] = {
    "Name": "a",
    "Public": False,
    "Age": 3,
    "Created": "2026-05-20T00:00:00Z",
    "encryption": {"Rules": [{"Algorithm": "AES256"}]},
    "logging": {"Target": "logs"},
}
PLACE = "aws/111122223333"


def test_a_pass_is_one_short_line() -> None:
    text = line("arn:aws:s3:::a", GOOD)
    (found,), _ = observed(estate(population(BUCKET, PLACE, text)), PUBLIC)
    assert found == {
        "check": "b.public",
        "kind": "aws.s3.bucket",
        "origin": "live",
        "place": PLACE,
        "subject": "arn:aws:s3:::a",
        "verdict": "pass",
    }


def test_a_failure_says_why() -> None:
    text = line("a", {"Name": "a", "Public": True})
    (found, other), results = observed(estate(population(BUCKET, PLACE, text, line("b", GOOD))), PUBLIC)
    assert (found["verdict"], found["digest"]) == ("fail", canonical.digest(text))
    assert found["message"] == "a of age (not set) is public"
    assert found["deciding"] == "resource.Public == false"
    assert found["reads"] == [{"path": "Public", "value": "true"}]
    assert other["verdict"] == "pass"
    (result,) = results[CheckId("b.public")]
    assert (result.subjects, result.passed, result.failed) == (2, 1, 1)


ODD_PATHS = ("logging.Target", "logging.Prefix", "encryption.Rules[0].Algorithm", "Age")


def test_records_that_fail_alike_are_told_apart_where_they_differ() -> None:
    """Explanations are kept and used again: for the same values only, whatever part of them is shown."""
    bodies: list[Mapping[str, object]] = [
        {**GOOD, "Name": name, "Public": True, "Age": age, "logging": {"Prefix": prefix}}
        for name, age, prefix in (("a", 1, "x"), ("b", 1, "y"), ("c", 2, "x"), ("d", 1, "x"))
    ]
    tags = ({"public": "1"}, {"public": "2"}, {}, {"public": "1", "more": "x"})
    lines = [line(f"arn:{body['Name']}", body, tags=each) for body, each in zip(bodies, tags, strict=True)]
    store = estate(population(BUCKET, PLACE, *lines))
    found, _ = observed(store, *CHECKS)
    assert [each["verdict"] for each in found if each["check"] == "d.tagged"] == ["fail", "fail", "pass", "fail"]
    assert found == plainly(store, *CHECKS)
    assert [each["message"] for each in found if each["check"] == "b.public"][2] == "c of age 2 is public"


def test_what_a_message_could_not_see_is_told_as_such() -> None:
    body = {"Name": "a", "Public": True}
    lines = [line(name, body, gaps={"Age": "throttled"}) for name in "ab"]
    found, _ = observed(estate(population(BUCKET, PLACE, *lines)), PUBLIC)
    assert [each["message"] for each in found] == ["a of age (not known) is public"] * 2
    narrow = Coverage(paths=frozenset({"Name", "Public"}), otherwise=GapReason.NOT_REQUESTED)
    found, _ = observed(estate(population(BUCKET, PLACE, line("a", body), line("b", body), coverage=narrow)), PUBLIC)
    assert [each["message"] for each in found] == ["a of age (not known) is public"] * 2


def test_gaps_elsewhere_do_not_make_records_unlike(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap names its file and line, which no two records share: what does not read there is explained once."""
    body = {**GOOD, "Public": True}
    lines = [line(name, body, gaps={path: "throttled"}) for name, path in zip("abcd", ODD_PATHS, strict=True)]
    store = estate(population(BUCKET, PLACE, *lines))
    expected = plainly(store, PUBLIC)
    explained: list[str] = []

    def counting(program: CheckProgram, bindings: Mapping[str, Value]) -> Seen:
        explained.append(program.check.id)
        return observe_one(program, bindings)

    monkeypatch.setattr("grc.assess.exact.observe_one", counting)
    found, _ = observed(store, PUBLIC)
    assert found == expected
    assert [each["verdict"] for each in found] == ["fail"] * 4
    assert len(explained) == 2, "those with a gap in what the message says are told apart"


def test_what_was_explained_elsewhere_is_not_taken_over_where_less_was_seen() -> None:
    body = {"Name": "a", "Public": True}
    narrow = Coverage(paths=frozenset({"Name", "Public"}), otherwise=GapReason.NOT_REQUESTED)
    store = estate(
        population(BUCKET, "aws/1", line("a", body)), population(BUCKET, "aws/2", line("a", body), coverage=narrow)
    )
    found, _ = observed(store, ENCRYPTED)
    assert [each["verdict"] for each in found] == ["fail", "unknown"]


def test_lines_stand_by_kind_place_subject_and_check() -> None:
    logs = check("a.log", LOG, "resource.Status == 'ACTIVE'")
    store = estate(
        population(BUCKET, "aws/2", line("x", GOOD)),
        population(BUCKET, "aws/1", line("z", GOOD), line("y", GOOD)),
        population(LOG, "aws/1/eu", line("l", {"FlowLogId": "l", "Status": "ACTIVE"})),
        population(VPC, "aws/1/eu", line("v", {"VpcId": "v"})),
    )
    found, results = observed(store, LOGGED, PUBLIC, logs)
    assert [(each["kind"], each["place"], each["subject"], each["check"]) for each in found] == sorted(
        [
            *(
                ("aws.s3.bucket", place, name, each)
                for place, name in (("aws/1", "y"), ("aws/1", "z"), ("aws/2", "x"))
                for each in ("b.public", "c.logged")
            ),
            ("aws.ec2.flow-log", "aws/1/eu", "l", "a.log"),
        ]
    )
    assert [each.place for each in results[CheckId("b.public")]] == ["aws/1", "aws/2"]


def test_a_gap_is_unknown_only_where_it_is_read() -> None:
    body = {key: value for key, value in GOOD.items() if key != "encryption"}
    store = estate(population(BUCKET, PLACE, line("a", body, gaps={"encryption": "access-denied"}, tags={})))
    found, _ = observed(store, PUBLIC, ENCRYPTED, LOGGED)
    assert [each["verdict"] for each in found] == ["unknown", "pass", "pass"]
    assert found[0]["gaps"] == [{"path": "encryption", "reason": "access-denied"}]
    assert found[0]["reason"] == "access-denied at encryption"


def test_a_gap_deep_in_a_list_counts() -> None:
    body = {**GOOD, "encryption": {"Rules": [{"Algorithm": "none"}, {}]}}
    gaps = {"encryption.Rules[1].Algorithm": "unknown-until-apply"}
    (found,), _ = observed(estate(population(BUCKET, PLACE, line("a", body, gaps=gaps))), ENCRYPTED)
    assert found["verdict"] == "unknown"


def test_a_gap_in_the_whole_record_makes_all_unknown() -> None:
    store = estate(population(BUCKET, PLACE, line("a", GOOD, gaps={"": "malformed"}, tags={})))
    found, _ = observed(store, *CHECKS[:3])
    assert {each["verdict"] for each in found} == {"unknown"}


def test_what_was_not_asked_for_is_unknown_and_not_absent() -> None:
    coverage = Coverage(paths=frozenset({"Name", "Public", "Age"}), otherwise=GapReason.NOT_REQUESTED)
    body = {"Name": "a", "Public": False, "Age": 1}
    store = estate(population(BUCKET, PLACE, line("a", body), coverage=coverage))
    found, _ = observed(store, PUBLIC, ENCRYPTED, LOGGED)
    assert [each["verdict"] for each in found] == ["unknown", "pass", "unknown"]
    assert found[0]["gaps"][0]["reason"] == "not-requested"


def test_absence_that_was_not_looked_at_is_no_pass() -> None:
    coverage = Coverage(paths=BUCKET.base, otherwise=GapReason.NOT_REQUESTED)
    store = estate(population(BUCKET, PLACE, line("a", {"Name": "a"}), coverage=coverage))
    (found,), _ = observed(store, SILENT)
    assert found["verdict"] == "unknown"


def test_tags_that_were_not_read_are_unknown() -> None:
    found, _ = observed(estate(population(BUCKET, PLACE, line("a", GOOD), line("b", GOOD, tags={}))), TAGGED)
    assert [each["verdict"] for each in found] == ["unknown", "pass"]


def test_not_applicable_is_counted_apart() -> None:
    store = estate(population(BUCKET, PLACE, line("a", {**GOOD, "Age": 0}), line("b", GOOD)))
    found, results = observed(store, LOGGED)
    assert [each["verdict"] for each in found] == ["not_applicable", "pass"]
    (result,) = results[CheckId("c.logged")]
    assert (result.not_applicable, result.passed) == (1, 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([waiver("w", "b.public")], "w"),
        ([waiver("w", "b.public", "a")], "w"),
        ([waiver("w2", "b.public", "a"), waiver("w1", "b.public")], "w1"),
        ([waiver("w", "b.public", "b")], None),
        ([waiver("w", "c.logged")], None),
        ([waiver("w", "b.public", until=AS_OF)], None),
        ([waiver("w", "b.public", approved_by="ana")], None),
    ],
)
def test_a_waiver_marks_a_failure_and_stays_one(given: list[Any], expected: str | None) -> None:
    store = estate(population(BUCKET, PLACE, line("a", {"Name": "a", "Public": True})))
    (found,), results = observed(store, PUBLIC, waivers=given)
    assert found["verdict"] == "fail"
    assert found.get("waiver") == expected
    (result,) = results[CheckId("b.public")]
    assert (result.waived, result.failed) == ((1, 0) if expected else (0, 1))


def test_a_waiver_never_touches_anything_but_a_failure() -> None:
    body = {"Name": "a", "encryption": {"Rules": []}}
    store = estate(population(BUCKET, PLACE, line("a", body, gaps={"Public": "throttled"}), line("b", GOOD)))
    found, _ = observed(store, PUBLIC, waivers=[waiver("w", "b.public")])
    assert [(each["verdict"], "waiver" in each) for each in found] == [("unknown", False), ("pass", False)]


def test_an_empty_population_has_a_result_dated_by_its_end() -> None:
    (found,) = observed(estate(population(BUCKET, PLACE)), PUBLIC)[1][CheckId("b.public")]
    assert (found.subjects, found.oldest) == (0, STARTED + timedelta(minutes=5))
    (found,) = observed(estate(population(BUCKET, PLACE, line("a", GOOD))), PUBLIC)[1][CheckId("b.public")]
    assert (found.subjects, found.oldest, found.complete) == (1, STARTED, True)


@pytest.mark.parametrize("facts", [{"complete": False}, {"gaps": (Gap(path="", reason=GapReason.THROTTLED),)}])
def test_a_population_with_a_hole_is_not_complete(facts: Mapping[str, Any]) -> None:
    (found,) = observed(estate(population(BUCKET, PLACE, **facts)), PUBLIC)[1][CheckId("b.public")]
    assert not found.complete
    assert found.gaps == facts.get("gaps", ())


def test_a_check_without_populations_has_no_results() -> None:
    assert observed(estate(), PUBLIC)[1] == {CheckId("b.public"): ()}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_population_that_lost_records_is_refused(count: int) -> None:
    store = estate(population(BUCKET, PLACE, line("a", GOOD), line("b", GOOD), count=count))
    with pytest.raises(EvidenceError, match="it is not whole"):
        observed(store, PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'{"subject":"a"}',
        b'{"body":{},"subject":1}',
        b'{"body":{}}{"body":{}}',
        b"\xff\xfe",
        b'"\\ud800"',
    ],
)
def test_a_line_that_is_no_record_is_refused(text: bytes) -> None:
    found, _ = population(BUCKET, PLACE, line("a", GOOD))
    with pytest.raises(EvidenceError, match=r"aws\.s3\.bucket in aws/111122223333"):
        observed(MemoryStore(((found, (text,)),)), PUBLIC)


def test_a_record_cut_off_is_refused() -> None:
    class Cut(MemoryStore):
        def lines(self, population: Any) -> Any:
            yield line("a", GOOD)

    with pytest.raises(EvidenceError, match="cut off"):
        observed(Cut(estate(population(BUCKET, PLACE, line("a", GOOD))).held), PUBLIC)


HOSTILE = [
    'quote " and \\ backslash',
    "line\nbreak\r\ttab\x00nul\x1b[31m",
    "\u2028\u2029\x85\x7f",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "😀 ñ 漢 \u202e",
    "{braces} %s {0}",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_as_canonical_json(text: str) -> None:
    body = {"Name": text, "Public": True, "grants": [text]}
    store = estate(population(BUCKET, PLACE, line(text, body), line(text + "z", GOOD)))
    (failed, passed), _ = observed(store, PUBLIC)
    assert (failed["subject"], passed["subject"]) == (text, text + "z")


def test_a_very_large_record_is_judged_all_the_same() -> None:
    body = {**GOOD, "grants": ["x" * 100] * 20_000}
    store = estate(population(BUCKET, PLACE, line("a", body), line("b", GOOD)))
    found, _ = observed(store, PUBLIC)
    assert [each["verdict"] for each in found] == ["pass", "pass"]


@pytest.mark.slow
def test_a_very_large_record_is_judged_within_bounds() -> None:
    """Generated code counts no work: such a record is the interpreter's, which does, and gives up."""
    condition = " && ".join(f"g != '{number}'" for number in range(25))
    many = check("b.many", BUCKET, f"resource.?grants.orValue([]).all(g, {condition})")
    store = estate(population(BUCKET, PLACE, line("a", {"Name": "a", "grants": ["x"] * 300_000})))
    (found,), _ = observed(store, many)
    assert found["verdict"] == "unknown"
    assert "work" in found["reason"]


def test_how_much_is_kept_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ages = [*range(6), *range(100, 104)]
    bodies = [{**GOOD, "Age": age, "Public": age % 2 == 0, **({} if age % 3 else {"logging": {}})} for age in ages]
    store = estate(
        population(BUCKET, PLACE, *(line(f"b{age:03}", body) for age, body in zip(ages, bodies, strict=True)))
    )
    found = observed(store, *CHECKS)
    for module in ("lines", "population"):
        monkeypatch.setattr(f"grc.assess.{module}.MOST_KEPT", 1)
    monkeypatch.setattr("grc.assess.records.PIECE", 1)
    assert observed(store, *CHECKS) == found
    assert {each["verdict"] for each in found[0]} > {"pass", "fail"}


def test_the_collector_is_left_as_it_was() -> None:
    assert gc.isenabled()
    observed(estate(population(BUCKET, PLACE, line("a", GOOD))), PUBLIC)
    assert gc.isenabled()


def test_an_explained_line_is_the_canonical_form_of_its_observation() -> None:
    found, _ = population(BUCKET, PLACE)
    gaps = (
        Gap(path="a[0].b", reason=GapReason.TIMEOUT, call="s3:Get", permission='"', detail="\n"),
        Gap(path="", reason=GapReason.BUDGET),
    )
    seen = Seen(
        verdict=Verdict.FAIL,
        message="m",
        reason="r",
        deciding='x == "y"',
        reads=(Read(path="p", value=None), Read(path="q", value="\u2028")),
        gaps=gaps,
    )
    for each in (seen, replace(seen, reads=(), gaps=(), deciding=None), Seen(verdict=Verdict.UNKNOWN)):
        for waived in (None, "w1"):
            made = PopulationLines([CheckId("c")], found).explained(0, explained(each), each.message, waived)
            told = Outcome(
                check=CheckId("c"),
                verdict=each.verdict,
                message=each.message,
                reason=each.reason,
                deciding=each.deciding,
                reads=each.reads,
                gaps=each.gaps,
                waiver=waived,
            )
            assert made.encode() == canonical.encode(plain(told))


# The short way against the exact way

texts = st.sampled_from(["", "a", "AES256", "aws:kms", "public", "é\u2028"])
instants = st.sampled_from(
    ["2026-05-20T00:00:00Z", "2020-01-01T00:00:00.5+01:00", "2026-05-20T00:00:00.0000001Z", "2026-05-20", "x"]
)
odd = st.sampled_from([None, 0, 1, True, "x", [], {}, 2**63, 1.5, [None]])
bodies = st.fixed_dictionaries(
    {},
    optional={
        "Name": texts,
        "Public": st.booleans() | odd,
        "Age": st.integers(-1, 2) | odd,
        "Created": instants,
        "grants": st.lists(texts, max_size=2),
        "encryption": st.fixed_dictionaries(
            {},
            optional={
                "Rules": st.lists(st.fixed_dictionaries({}, optional={"Algorithm": texts | odd}), max_size=2) | odd
            },
        ),
        "logging": st.fixed_dictionaries({}, optional={"Target": texts, "Prefix": texts | odd}),
        "unheard-of": odd,
    },
)
paths = st.sampled_from(
    [
        "",
        "Public",
        "Age",
        "encryption",
        "encryption.Rules",
        "encryption.Rules[0]",
        "encryption.Rules[1].Algorithm",
        "logging.Target",
        "Created",
        "grants[0]",
        "unheard-of",
    ]
)
gaps = st.dictionaries(paths, st.sampled_from([GapReason.ACCESS_DENIED, GapReason.THROTTLED]), max_size=2)
tags = st.none() | st.dictionaries(texts, texts, max_size=2)
coverages = st.sampled_from(
    [
        frozenset(BUCKET.shape.fields),
        BUCKET.base,
        BUCKET.base | {"encryption"},
        frozenset({"Name", "Public", "encryption.Rules.Algorithm"}),
        frozenset(),
    ]
)


@st.composite
def populations(draw: st.DrawFn, place: str) -> Any:
    lines = []
    for name in draw(st.lists(texts, unique=True, max_size=5)):
        more: dict[str, object] = {"gaps": draw(gaps)}
        found = draw(tags)
        lines.append(line(name, draw(bodies), **more, **({} if found is None else {"tags": found})))
    coverage = Coverage(paths=draw(coverages), otherwise=GapReason.NOT_REQUESTED)
    return population(BUCKET, place, *lines, coverage=coverage)


@settings(deadline=None, max_examples=150)
@given(one=populations("aws/1"), other=populations("aws/2"), chunk=st.integers(1, 4))
def test_any_estate_is_judged_as_by_the_interpreter_alone(one: Any, other: Any, chunk: int) -> None:
    store = estate(one, other, chunk=chunk)
    found, results = observed(store, *CHECKS)
    assert found == plainly(store, *CHECKS)
    counted = [0, 0, 0, 0]
    for each in (each for those in results.values() for each in those):
        counted = [
            a + b for a, b in zip(counted, (each.passed, each.failed, each.unknown, each.not_applicable), strict=True)
        ]
        assert each.subjects == each.passed + each.failed + each.unknown + each.not_applicable
    verdicts = [each["verdict"] for each in found]
    assert counted == [verdicts.count(name) for name in ("pass", "fail", "unknown", "not_applicable")]


# Several processes


def test_blocks_cover_every_population_once() -> None:
    counts = [0, 1, LARGE - 1, LARGE, LARGE + 1, 3 * LARGE, 7, 7]
    found = [population(BUCKET, f"aws/{number}", count=count)[0] for number, count in enumerate(counts)]
    blocks = [block for batch in batches(found) for block in batch]
    for position, count in enumerate(counts):
        mine = [block for block in blocks if block.population == position]
        assert mine[0].start == 0
        assert mine[-1].stop is None
        assert [block.start for block in mine[1:]] == [block.stop for block in mine[:-1]]
        assert all(block.start < max(count, 1) for block in mine)
    sizes = [[(block.stop or counts[block.population]) - block.start for block in batch] for batch in batches(found)]
    assert all(sum(batch) < 3 * LARGE and max(batch) < 2 * LARGE for batch in sizes)


def test_two_processes_write_what_one_writes() -> None:
    bodies: list[Mapping[str, object]] = [GOOD, {"Name": "b", "Public": True}, {"Name": "c"}]
    lines = [line(f"s{number:05}", bodies[number % 3]) for number in range(2 * LARGE + 123)]
    store = estate(
        population(BUCKET, "aws/1", *lines),
        population(BUCKET, "aws/2"),
        population(BUCKET, "aws/3", *lines[:50]),
        chunk=777,
    )
    programs = (PUBLIC, LOGGED)
    alone: list[bytes] = []
    together: list[bytes] = []
    waivers = (waiver("w", "b.public", "s00001"),)
    one = observe(store, programs, KINDS, waivers, AS_OF, {}, alone.append)
    with ProcessPoolExecutor(2) as executor:
        several = Processes(executor=executor, jobs=2, pack=zlib.compress, write=together.append)
        two = observe(store, programs, KINDS, waivers, AS_OF, {}, alone.append, processes=several)
    assert b"".join(alone) == b"".join(map(zlib.decompress, together))
    assert one == two


def test_blocks_can_be_judged_in_any_order() -> None:
    lines = [line(f"s{number:05}", GOOD) for number in range(2 * LARGE + 10)]
    store = estate(population(BUCKET, "aws/1", *lines), chunk=999)
    setup = Setup(store=store, checks=(PUBLIC.check,), kinds=KINDS, waivers=(), as_of=AS_OF, org={}, declared=())
    task = pickle.dumps((setup, bytes))
    blocks = [Block(0, 0, LARGE), Block(0, LARGE, 2 * LARGE), Block(0, 2 * LARGE, None)]
    ordered = [judge_batch(task, (each,))[0].packed for each in blocks]
    for order in ((1, 0, 2), (2, 1, 0), (0, 2, 1)):
        assert [judge_batch(task, (blocks[each],))[0].packed for each in order] == [ordered[each] for each in order]
    assert [text.count(b"\n") for text in ordered] == [LARGE, LARGE, 10]
