"""The denial campaign under the checks: whatever is not answered, no verdict is made up and none gets better.

The estate is whole once; then calls fail. A verdict that still stands must be the one of the whole estate, and no
answer to the missing call could have changed it.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cassette import Cassette, Held, Told, canned, response
from aws_faults import body, error, faults, hurried, stripped
from aws_pages import TOKEN, declared_calls, empty_page, listed
from campaign import (
    AS_OF,
    COLLECTED,
    REGIONS,
    Judged,
    Key,
    Recorded,
    anew,
    assert_no_check_gains,
    assert_nothing_gained,
    declared_reads,
    demand,
    desk,
    event,
    judged,
    kinds_of,
    made_up_credentials,
    programs,
    source,
    touched_by,
    under,
    under_fault,
)
from lengths import in_turn, one_in

from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import load
from grc.collect.aws.plan import needs_regions
from grc.collect.aws.shapes import paging
from grc.errors import ConfigError
from grc.evidence import PackWriter, RunFacts, SourceUsed, open_pack, verify
from grc.model.evidence import GapReason, Unit
from grc.model.identifiers import CheckId, KindName
from grc.model.status import GOOD, UNDECIDED, Status
from grc.policy import CheckProgram
from grc.run import Reach, open_desk, scan
from grc.run.collecting import Asked

READS = declared_reads()
QUICK = "denied"
EVERY = ("throttled", "timeout", "html")
"""Beside denials and empty pages, of what every operation has one in the long tail, and at full length all."""
MALFORMED = ("empty", "cut", "stripped")
"""More bodies that are no answer, which some operations have in turn and at full length all."""
MAY_BE_EMPTY = frozenset(
    call.read for resource in load().values() for call in resource.every_call if not call.expected
) | frozenset(read for resource in load().values() for section in resource.sections.values() for read in section.calls)
"""Operations of which an answer with nothing in it is whole: a bucket that never had versioning has such a one."""


def faults_of(number: int, read: Read) -> tuple[str, ...]:
    """The faults that an operation has in the long tail."""
    one = [name for turn, name in enumerate(EVERY) if in_turn(number + turn, 1)]
    more = [name for turn, name in enumerate(MALFORMED) if in_turn(number + turn, len(MALFORMED))]
    return (*one, *(name for name in more if name != "stripped" or read not in MAY_BE_EMPTY))


CASES = [pytest.param(read, QUICK, id=f"{read.call}-{QUICK}") for read in READS] + [
    pytest.param(read, name, id=f"{read.call}-{name}", marks=pytest.mark.slow)
    for number, read in enumerate(READS)
    for name in faults_of(number, read)
]
OF_SUCCESS = ("cut", "stripped")
"""Faults that leave answers alone that say "not set", as all may do that some check reads."""
SEED = 20261122
ABSENT = object()
ELSEWHERE = "aws.account-region.trail-records-management-events"
"""A trail of all regions is seen from each of them: one region's silence hides nothing of it."""
REGION_SEEN = ("123456789012/us-east-1", "aws/123456789012/us-east-1")


@pytest.fixture(autouse=True)
def offline() -> Iterator[None]:
    with made_up_credentials(), hurried():
        yield


def fault(read: Read, name: str) -> Any:
    """A fault of the operation."""
    return body(stripped, of_success=True) if name == "stripped" else faults(read.service)[name][1]


def dotted(read: Read) -> str:
    """The operation in the names of the SDK's events."""
    return event(read).replace(":", ".")


def sections_of(read: Read, kind: KindName) -> frozenset[str]:
    """The sections of a kind that the operation is read for."""
    return frozenset(name for name, section in load()[kind].sections.items() if read in section.reads)


def lists(read: Read, kind: KindName) -> bool:
    """Whether a kind is listed by the operation, or one above it for whose items it is listed."""
    return kind in load() and any(read in listing.reads for listing in load()[kind].listings)


def reads_it(program: CheckProgram, read: Read) -> bool:
    """Whether a check rests on what the operation gives: of its own kind, or of one that it joins."""
    looked = [(program.kind.name, program.reads), *((each.kind.name, each.reads) for each in program.related)]
    return any(
        lists(read, kind) or sections_of(read, kind) & {path.partition(".")[0] for path in paths}
        for kind, paths in looked
        if kind in kinds_of(read)
    )


def joins_the_account(program: CheckProgram) -> bool:
    """Whether a check of other subjects rests on what the account holds."""
    return any(related.kind.name.startswith("aws.") for related in program.related)


def newly_unknown(before: Judged, after: Judged) -> list[Key]:
    return [key for key, verdict in after.verdicts.items() if verdict == "unknown" != before.verdicts[key]]


def assert_gaps_are_named(before: Judged, after: Judged, reads: Iterable[Read]) -> None:
    """Whatever is not decided any more says which call was missing, and which permission."""
    missing = {(read.call, read.action) for read in reads}
    for key in newly_unknown(before, after):
        gaps = after.observations[key]["gaps"]
        assert {(gap.get("call"), gap.get("permission")) for gap in gaps} & missing, f"{key} names {gaps}"
        assert after.observations[key]["reason"]


@pytest.mark.parametrize(("read", "name"), CASES)
def test_a_call_without_an_answer_decides_nothing(read: Read, name: str, estate: Recorded) -> None:
    before, kinds = estate.baseline, kinds_of(read)
    if not kinds:
        assert_never_called(read, estate)
        return
    after = under(estate, estate.faulted({event(read): fault(read, name)}), kinds)
    if name == QUICK and not in_turn(READS.index(read), 1):
        assert_no_check_gains(before, after)  # its other fault in the long tail comes to the same, concluded whole
    else:
        assert_nothing_gained(before, after)
    assert_gaps_are_named(before, after, [read])
    if name not in OF_SUCCESS:
        assert newly_unknown(before, after) or before.verdicts.keys() - after.verdicts.keys()
    concerned = {program.check.id for program in touched_by(kinds) if reads_it(program, read)}
    for key, verdict in before.verdicts.items():
        if key[0] not in concerned and not lists(read, KindName(key[1])):
            assert after.verdicts[key] == verdict, f"{key} does not read {read.call} and became {after.verdicts[key]}"
    assert_lists_are_undecided(read, before, after)
    for world in worlds(before, read, kinds, most=2) if name == "denied" else ():
        assert_holds_in(world, after)


def assert_never_called(read: Read, estate: Recorded) -> None:
    """An operation that no check needs is not called at all."""
    tape = estate.faulted()
    estate.collected(tape, {name: demand()[name] for name in demand() if read in reads_of_kind(name)})
    assert event(read) not in tape.asked


def reads_of_kind(name: KindName) -> set[Read]:
    return {read for section in load()[name].sections.values() for read in section.reads} if name in load() else set()


def assert_lists_are_undecided(read: Read, before: Judged, after: Judged) -> None:
    """A check on a kind that could not be listed has no status but unknown; a failure that was seen stays one."""
    for program in programs():
        if program.kind.name in kinds_of(read) and lists(read, program.kind.name):
            seen = any(key[0] == program.check.id and verdict == "fail" for key, verdict in after.verdicts.items())
            assert after.checks[program.check.id] is (Status.NOT_SATISFIED if seen else Status.UNKNOWN), (
                program.check.id
            )
            assert before.checks[program.check.id] is not Status.UNKNOWN


def worlds(before: Judged, read: Read, kinds: Iterable[KindName], *, most: int) -> Iterator[Judged]:
    """Estates that answer the call otherwise: nothing set, or what other subjects have; nothing listed."""
    for kind in sorted(kinds):
        units = {unit: found for unit, found in before.store.units.items() if unit.kind == kind}
        if lists(read, kind):
            yield anew(before, {kind}, {unit: emptied(found) for unit, found in units.items()})
        for section in sorted(sections_of(read, kind) & {path.partition(".")[0] for path in demand()[kind]}):
            each = load()[kind].sections[section].each
            into = each.into if each is not None and each.call.read == read else None
            for value in [ABSENT, *seen_values(units, section, into)[: most - 1]]:
                yield anew(
                    before, {kind}, {unit: otherwise(*found, section, into, value) for unit, found in units.items()}
                )


def emptied(found: Any) -> Any:
    population, _ = found
    return replace(population, count=0), []


def seen_values(units: Mapping[Unit, Any], section: str, into: str | None) -> list[Any]:
    """What subjects have at a section, or at a member of its elements; each value once, the commonest last."""
    bodies = [record.body for _, records in units.values() for record in records if section in record.body]
    values = (
        [element.get(into) for found in bodies for element in found[section]]
        if into
        else [found[section] for found in bodies]
    )
    told = [json.dumps(value, sort_keys=True) for value in values if value is not None]
    return [json.loads(text) for text in sorted(set(told), key=lambda text: (told.count(text), text))]


def otherwise(population: Any, records: Any, section: str, into: str | None, value: Any) -> Any:
    """The records with another value at a section, or at a member of each of its elements."""

    def changed(record: Any) -> Any:
        found = copy.deepcopy(dict(record.body))
        for holder in found.get(section, []) if into else [found]:
            holder.pop(into or section, None)
            if value is not ABSENT:
                holder[into or section] = copy.deepcopy(value)
        return replace(record, body=found, gaps=tuple(gap for gap in record.gaps if not gap.path.startswith(section)))

    return population, [changed(record) for record in records]


def assert_holds_in(world: Judged, after: Judged) -> None:
    """A verdict that was given without seeing holds whatever there was to see."""
    for key, verdict in after.verdicts.items():
        if verdict != "unknown" and key in world.verdicts:
            assert world.verdicts[key] == verdict, (
                f"{key}: {verdict} without seeing, and {world.verdicts[key]} in another world"
            )


PAIRS = 12


@pytest.mark.parametrize("number", [pytest.param(n, marks=() if n < 2 else pytest.mark.slow) for n in range(PAIRS)])
def test_two_calls_without_an_answer_decide_no_more_than_one(number: int, estate: Recorded) -> None:
    chosen = random.Random(SEED + number).sample([read for read in READS if kinds_of(read)], 2)
    kinds = kinds_of(chosen[0]) | kinds_of(chosen[1])
    both = under(estate, estate.faulted({event(read): fault(read, "denied") for read in chosen}), kinds)
    assert_nothing_gained(estate.baseline, both)
    assert_gaps_are_named(estate.baseline, both, chosen)
    for read in chosen:
        alone = under(estate, estate.faulted({event(read): fault(read, "denied")}), kinds_of(read))
        for key, verdict in both.verdicts.items():
            assert verdict in ("unknown", alone.verdicts.get(key, verdict))


@pytest.mark.parametrize("name", ["denied", pytest.param("throttled", marks=pytest.mark.slow)])
def test_when_nothing_is_answered_nothing_is_decided(name: str, estate: Recorded) -> None:
    tape = estate.faulted({event(read): fault(read, name) for read in READS})
    after = judged(estate.store(estate.collected(tape)))
    assert_nothing_gained(estate.baseline, after)
    assert {verdict for key, verdict in after.verdicts.items() if key[1].startswith("aws.")} == {"unknown"}
    assert {status for check, status in after.checks.items() if check.startswith("aws.")} == {Status.UNKNOWN}
    joined = {program.check.id for program in programs() if joins_the_account(program)}
    registers = {key: verdict for key, verdict in after.verdicts.items() if key[1].startswith("register.")}
    for key, verdict in registers.items():
        before = estate.baseline.verdicts[key]
        assert verdict == ("unknown" if key[0] in joined and before != "not_applicable" else before), key
    assert not any(status in GOOD for status in after.concluded.requirements.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    "read", [read for number, read in enumerate(READS) if in_turn(number, 40)], ids=lambda read: read.call
)
def test_a_denied_call_under_a_whole_collection_is_no_different(read: Read, estate: Recorded) -> None:
    """The short way of this campaign, collecting only what a fault concerns, comes to the same."""
    faulted = {event(read): fault(read, "denied")}
    whole = judged(estate.store(estate.collected(estate.tape(faults=dict(faulted)))))
    short = under(estate, estate.faulted(faulted), kinds_of(read))
    assert whole.observations == short.observations
    assert whole.checks == short.checks
    assert_nothing_gained(estate.baseline, whole)


PAGED = [read for read in READS if paging(read.service, read.operation) and read.call in declared_calls()]


@pytest.mark.slow
@pytest.mark.parametrize("read", PAGED, ids=lambda read: read.call)
def test_empty_pages_without_end_decide_nothing(read: Read, estate: Recorded) -> None:
    if not kinds_of(read):
        assert_never_called(read, estate)
        return
    hooks = {f"before-call.{dotted(read)}": lambda **_: (response("", 200, {}, b""), empty_page(read))}
    after = under(estate, estate.faulted(hooks=hooks), kinds_of(read))
    assert_nothing_gained(estate.baseline, after)
    assert_gaps_are_named(estate.baseline, after, [read])
    assert newly_unknown(estate.baseline, after) or estate.baseline.verdicts.keys() - after.verdicts.keys()


@pytest.mark.slow
@pytest.mark.parametrize("read", PAGED, ids=lambda read: read.call)
def test_an_empty_page_before_the_others_changes_nothing(read: Read, estate: Recorded) -> None:
    """The evidence is the same, and so is every verdict."""
    how, wanted = paging(read.service, read.operation), kinds_of(read)
    if not wanted:
        assert_never_called(read, estate)
        return
    empties = 0

    def first_is_empty(params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
        nonlocal empties
        if context.get("asked_on"):
            return None
        empties += 1
        return response("", 200, {}, b""), empty_page(read)

    def without_token(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked_on"] = params.pop(listed(how["input_token"])[0], None) == TOKEN

    name = dotted(read)
    hooks = {f"before-call.{name}": first_is_empty, f"provide-client-params.{name}": without_token}
    held = estate.collected(estate.faulted(hooks=hooks), {kind: demand()[kind] for kind in wanted})
    assert empties
    before = estate.baseline.store.units
    assert held.units == {unit: before[unit] for unit in before if unit.kind in wanted}


@pytest.mark.slow
@pytest.mark.parametrize(
    "read", [read for number, read in enumerate(READS) if in_turn(number, 20)], ids=lambda read: read.call
)
def test_the_words_of_a_gap_move_no_verdict(read: Read, estate: Recorded) -> None:
    """What this campaign rests on where it judges once for several faults."""
    kinds = kinds_of(read)
    for name in ("denied", *EVERY):
        faulted = {event(read): fault(read, name)}
        once = under(estate, estate.faulted(faulted), kinds)
        alone = anew(estate.baseline, kinds, under_fault(estate, estate.faulted(faulted), kinds))
        assert alone.verdicts == once.verdicts
        assert alone.checks == once.checks
        assert alone.concluded_anew() == once.concluded


def region_list(**regions: str) -> Any:
    """An answer of ec2:DescribeRegions: whether each region is opted in to."""
    items = "".join(
        f"<item><regionName>{name.replace('_', '-')}</regionName><regionEndpoint>ec2.example</regionEndpoint>"
        f"<optInStatus>{status}</optInStatus></item>"
        for name, status in regions.items()
    )
    answer = canned("DescribeRegions", f"<requestId>1</requestId><regionInfo>{items}</regionInfo>")
    return lambda request, kept: response(request.url, 200, {}, answer)


BOTH = {"eu_central_1": "opt-in-not-required", "us_east_1": "opt-in-not-required"}


@pytest.mark.parametrize("named", [None, (*REGIONS, "af-south-1")], ids=["all", "named"])
def test_a_region_that_is_off_is_a_fact_and_changes_no_verdict(named: Any, estate: Recorded) -> None:
    tape = estate.faulted({"ec2:DescribeRegions": region_list(**BOTH, af_south_1="not-opted-in")})
    after = judged(estate.store(estate.collected(tape, regions=named)))
    assert after.verdicts == estate.baseline.verdicts
    assert after.checks == estate.baseline.checks
    assert after.concluded.requirements == estate.baseline.concluded.requirements
    off = [each for each in after.store.populations() if each.unit.place.endswith("af-south-1")]
    assert off
    for population in off:
        assert (population.count, population.complete, population.gaps) == (0, True, ())
        assert [fact.fact for fact in population.facts] == ["region-not-enabled"]


def test_a_region_that_is_on_and_does_not_answer_is_a_gap(estate: Recorded) -> None:
    """Opted in to, says the account, and every call there is refused: no check that looks there is satisfied."""
    tape = estate.faulted({"ec2:DescribeRegions": region_list(**BOTH, af_south_1="opted-in")})
    tape.faults |= {event(read): only_in("af-south-1", error(read.service, 401, "AuthFailure")) for read in READS}
    after = judged(estate.store(estate.collected(tape, regions=None)))
    assert_nothing_gained_elsewhere(estate.baseline, after)
    looking = {name for name in demand() if name in load() and needs_regions([load()[name]])}
    here = [program.check.id for program in programs() if program.kind.name in looking]
    statuses = {check: after.checks[check] for check in here}
    assert statuses.pop(CheckId(ELSEWHERE)) is Status.SATISFIED
    assert set(statuses.values()) == {Status.UNKNOWN, Status.NOT_SATISFIED}
    assert {gap.reason for each in after.store.populations() for gap in each.gaps} == {GapReason.CREDENTIALS}


def only_in(region: str, refuse: Any) -> Any:
    def answer(request: Any, kept: Any) -> Any:
        if region in request.url or f"/{region}/".encode() in request.headers.get("Authorization", b""):
            return refuse(request, kept)
        return response(request.url, kept.status, kept.headers, kept.body)

    return answer


def assert_nothing_gained_elsewhere(before: Judged, after: Judged) -> None:
    """As ``assert_nothing_gained``, for an estate that has one more place."""
    old = {key: seen for key, seen in after.observations.items() if key in before.observations}
    assert_nothing_gained(before, Judged(after.store, old, after.results))
    new = {key[0]: seen["verdict"] for key, seen in after.observations.items() if key not in before.observations}
    assert new.pop(ELSEWHERE) == before.verdicts[ELSEWHERE, "aws.account-region", *REGION_SEEN] == "pass"
    assert set(new.values()) == {"unknown"}


def test_without_the_list_of_regions_no_regional_check_is_decided(estate: Recorded) -> None:
    tape = estate.faulted({"ec2:DescribeRegions": error("ec2", 403, "UnauthorizedOperation")})
    after = judged(estate.store(estate.collected(tape, regions=None)))
    assert_nothing_gained(estate.baseline, after)
    for program in programs():
        resource = load().get(program.kind.name)
        if resource is not None and resource.scope.value == "regional":
            assert after.checks[program.check.id] is Status.UNKNOWN
            assert not [key for key in after.verdicts if key[0] == program.check.id]
    gaps = {(gap.call, gap.permission) for each in after.store.populations() for gap in each.gaps}
    assert gaps == {("ec2:DescribeRegions", "ec2:DescribeRegions")}


def test_with_named_regions_the_list_is_not_needed(estate: Recorded) -> None:
    tape = estate.faulted({"ec2:DescribeRegions": error("ec2", 403, "UnauthorizedOperation")})
    after = judged(estate.store(estate.collected(tape)))
    assert_nothing_gained(estate.baseline, after)


def test_no_credentials_make_no_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    reach = Reach(names=("aws",), regions=("us-east-1",))
    with pytest.raises(ConfigError, match="no credentials"):
        scan(open_desk(), reach, tmp_path / "pack", Asked(), clock=lambda: COLLECTED, progress=Told())
    assert not (tmp_path / "pack").exists()


def expiring(tape: Cassette, after: int) -> Cassette:
    """Credentials that end after so many calls: every later one is refused, in the service's own form."""
    made = 0

    def wrapped(service: str) -> Any:
        refuse = error(service, 403, "ExpiredToken")

        def answer(request: Any, kept: Any) -> Any:
            nonlocal made
            made += 1
            if made > after:
                return refuse(request, kept)
            return response(request.url, kept.status, kept.headers, kept.body)

        return answer

    tape.faults = {event(read): wrapped(read.service) for read in READS}
    return tape


HALFWAY = (0, 30, 75)
LATE = tuple(range(6, 120, 12 * one_in(2)))


@pytest.mark.parametrize("calls", [*HALFWAY, *(pytest.param(n, marks=pytest.mark.slow) for n in LATE)])
def test_what_was_collected_before_the_credentials_expired_is_kept(
    calls: int, estate: Recorded, tmp_path: Path
) -> None:
    tape = expiring(estate.faulted(), calls)
    facts = RunFacts(id="run", started=COLLECTED, engine="0", scope={"calls": calls})
    with PackWriter(tmp_path / "pack", facts, desk().kinds) as writer:
        source(tape, concurrency=1).collect(demand(), writer, Told())
        writer.seal(finished=COLLECTED, sources=[SourceUsed(name="aws", version="1")])
    assert verify(tmp_path / "pack").whole
    pack = open_pack(tmp_path / "pack")
    held = {each.unit: (each, list(pack.records(each))) for each in pack.populations()}
    after = judged(estate.store(Held(units=held)))
    assert_nothing_gained(estate.baseline, after)
    reasons = {gap.reason for gap in gaps_of(held)}
    assert reasons == {GapReason.CREDENTIALS}
    assert len(held_as_before(held, estate.baseline)) >= (calls > 18) + (
        calls > 60
    )  # the account comes first, with more calls than eighteen
    decided = [key for key, verdict in after.verdicts.items() if verdict != "unknown" and key[1].startswith("aws.")]
    assert bool(decided) is bool(calls)


def gaps_of(held: Mapping[Unit, Any]) -> Iterator[Any]:
    for population, records in held.values():
        yield from population.gaps
        for record in records:
            yield from record.gaps


def held_as_before(held: Mapping[Unit, Any], before: Judged) -> list[Unit]:
    """The units that were read whole: each record is the baseline's."""
    return [
        unit for unit, (_, records) in held.items() if records and list(records) == list(before.store.units[unit][1])
    ]


def test_the_estate_is_worth_a_campaign(estate: Recorded) -> None:
    """Every check decides something in it, most fail on some subjects and pass on others, and nothing is unknown."""
    verdicts = estate.baseline.verdicts
    assert "unknown" not in verdicts.values()
    assert {key[0] for key in verdicts} == {program.check.id for program in programs()}
    passing = {key[0] for key, verdict in verdicts.items() if verdict == "pass"}
    failing = {key[0] for key, verdict in verdicts.items() if verdict == "fail"}
    assert min(len(passing), len(failing), 2 * len(passing & failing)) >= 35
    assert not any(status in UNDECIDED for status in estate.baseline.checks.values())
    assert AS_OF > COLLECTED
