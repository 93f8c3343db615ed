"""The denial campaign: each operation fails in each way, and nothing but what it reads is changed by it.

What was not read must be a gap that names the operation and the IAM action; it must never look like "not set".
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from aws_cassette import Cassette, Held, Told, response
from aws_faults import body, error, faults, hurried, stripped
from aws_pages import TOKEN, empty_page, listed
from botocore.exceptions import EndpointConnectionError
from lengths import in_turn
from urllib3.exceptions import NameResolutionError, NewConnectionError

from grc import canonical
from grc.collect.aws import AwsSource
from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Call, Resource, load
from grc.collect.aws.sessions import SessionFactory
from grc.collect.aws.shapes import paging, service_model
from grc.model.evidence import Demand, Gap, GapReason, Record
from grc.model.identifiers import KindName

BYSTANDER = KindName("aws.iam.group")
Make = Callable[..., AwsSource]


def reads_of(resource: Resource) -> frozenset[Read]:
    listed = tuple(read for listing in resource.listings for read in listing.reads)
    return frozenset((*listed, *(read for section in resource.sections.values() for read in section.reads)))


CALLS: dict[str, Call] = {call.read.call: call for resource in load().values() for call in resource.every_call}
READS = sorted({read for resource in load().values() for read in reads_of(resource)}, key=lambda read: read.call)
QUICK = ("denied",)
FAULTS = tuple(faults("iam"))
CASES = [
    pytest.param(read, fault, id=f"{read.call}-{fault}", marks=() if fault in QUICK else pytest.mark.slow)
    for sort, fault in enumerate(FAULTS)
    for number, read in enumerate(READS)
    if fault in QUICK or in_turn(number + sort, len(FAULTS) // 3)
]
"""Each operation is denied, and has more of the faults in turn; `GRC_LENGTH=10 make slow` is every one of them.

What each fault does to the verdicts is shown for every operation in ``tests/run``."""


@pytest.fixture(scope="module")
def reel(recorded: Cassette) -> Cassette:
    """One tape and session for the whole campaign."""
    return Cassette(kept=recorded.kept)


@pytest.fixture
def tape(reel: Cassette) -> Cassette:
    """The recorded estate, without faults."""
    return reel.playing()


@pytest.fixture
def session_maker(tape: Cassette) -> SessionFactory:
    """The one session of the tape."""
    return lambda: tape.session


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with hurried():
        yield


def demand_for(read: Read) -> Demand:
    """Whole kinds that the operation is read for, and one more that has nothing to do with it."""
    kinds = {name for name, resource in load().items() if read in reads_of(resource)} | {BYSTANDER}
    return {name: frozenset(load()[name].sections) for name in kinds}


def event(read: Read) -> str:
    return f"{service_model(read.service).service_id.hyphenize()}:{read.operation}"


def collect(make: Make, demand: Demand) -> Held:
    sink = Held()
    make(regions=("us-east-1",)).collect(demand, sink, Told())
    return sink


def without(record: Record, gaps: list[Gap]) -> dict[str, Any]:
    """The record's body with nothing at the paths of the gaps."""
    found = copy.deepcopy(dict(record.body))
    for gap in gaps:
        holder: Any = found
        steps = gap.path.replace("[", ".[").split(".")
        for step in steps[:-1]:
            holder = holder[int(step[1:-1])] if step.startswith("[") else holder[step]
        holder.pop(steps[-1], None)
    return found


def assert_only_gaps(faulted: Held, whole: Held, read: Read, reason: GapReason) -> None:
    """Each unit is as it was but for gaps of the operation, and there is at least one of these."""
    seen = 0
    for unit, (population, records) in faulted.units.items():
        before_population, before = whole.units[unit]
        if read not in reads_of(load()[unit.kind]):
            assert canonical.encode(records) == canonical.encode(before)
            assert canonical.encode(population) == canonical.encode(before_population)
            continue
        seen += len(population.gaps)
        assert all(named(gap, read, reason) for gap in population.gaps)
        assert population.complete is not bool(population.gaps)
        by_subject = {record.subject: record for record in before}
        assert population.gaps or len(records) == len(before)
        for record in records:
            known = by_subject[record.subject]
            gaps = [gap for gap in record.gaps if gap not in known.gaps]
            assert all(named(gap, read, reason) for gap in gaps)
            assert dict(record.body) == without(known, gaps)
            seen += len(gaps)
    assert seen


def named(gap: Gap, read: Read, reason: GapReason) -> bool:
    return (gap.call, gap.permission, gap.reason) == (read.call, read.action, reason)


@pytest.mark.parametrize(("read", "fault"), CASES)
def test_a_failed_operation_is_a_gap_and_changes_nothing_else(
    read: Read, fault: str, tape: Cassette, source: Make, whole: Held
) -> None:
    reason, answer = faults(read.service)[fault]
    tape.faults[event(read)] = answer
    assert_only_gaps(collect(source, demand_for(read)), whole, read, reason)


STRIPPED = [
    read for number, read in enumerate(READS) if read.call in CALLS and CALLS[read.call].expected and in_turn(number, 5)
]


@pytest.mark.parametrize("read", STRIPPED, ids=lambda read: read.call)
@pytest.mark.slow
def test_an_answer_of_the_right_form_with_nothing_in_it_is_malformed(
    read: Read, tape: Cassette, source: Make, whole: Held
) -> None:
    tape.faults[event(read)] = body(stripped, of_success=True)
    assert_only_gaps(collect(source, demand_for(read)), whole, read, GapReason.MALFORMED)


PAGED = [
    pytest.param(read, id=read.call)
    for number, read in enumerate(READS)
    if in_turn(number, 2) and read.call in CALLS and paging(read.service, read.operation)
]


@pytest.mark.parametrize("read", PAGED)
def test_an_empty_page_with_a_token_goes_on(
    read: Read, tape: Cassette, source: Make, whole: Held, everything: Demand
) -> None:
    how = paging(read.service, read.operation)
    empties = 0

    def first_is_empty(params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
        nonlocal empties
        if context.get("asked_on"):
            return None
        empties += 1
        return response("", 200, {}, b""), empty_page(read)

    def without_token(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked_on"] = params.pop(listed(how["input_token"])[0], None) == TOKEN

    name = event(read).replace(":", ".")
    tape.hooks = {f"before-call.{name}": first_is_empty, f"provide-client-params.{name}": without_token}
    sink = collect(source, demand_for(read))
    assert empties
    for unit, (_, records) in sink.units.items():
        assert canonical.encode(records) == canonical.encode(whole.units[unit][1])


@pytest.mark.parametrize("read", PAGED)
def test_a_token_that_comes_back_is_truncated(read: Read, tape: Cassette, source: Make, whole: Held) -> None:
    name = event(read).replace(":", ".")
    tape.hooks = {f"before-call.{name}": lambda **_: (response("", 200, {}, b""), empty_page(read))}
    assert_only_gaps(collect(source, demand_for(read)), whole, read, GapReason.TRUNCATED)


def test_denied_regions_are_a_gap_of_every_regional_kind(tape: Cassette, source: Make, whole: Held) -> None:
    tape.faults["ec2:DescribeRegions"] = error("ec2", 403, "UnauthorizedOperation")
    sink = Held()
    source(regions=None).collect({KindName("aws.ec2.vpc"): frozenset(), BYSTANDER: frozenset()}, sink, Told())
    found = {unit.place: population for unit, (population, _) in sink.units.items() if unit.kind == "aws.ec2.vpc"}
    (population,) = found.values()
    assert set(found) == {"aws/123456789012"}
    assert (population.count, population.complete) == (0, False)
    assert [gap.call for gap in population.gaps] == ["ec2:DescribeRegions"]


def test_regions_that_were_named_are_read_even_so(tape: Cassette, source: Make) -> None:
    tape.faults["ec2:DescribeRegions"] = error("ec2", 403, "UnauthorizedOperation")
    sink = collect(source, {KindName("aws.ec2.vpc"): frozenset()})
    assert {(unit.place, population.complete) for unit, (population, _) in sink.units.items()} == {
        ("aws/123456789012/us-east-1", True)
    }


def test_a_subject_gone_between_list_and_read_is_a_fact(tape: Cassette, source: Make) -> None:
    tape.faults["s3:GetBucketEncryption"] = error("s3", 404, "NoSuchBucket")
    sink = collect(source, {KindName("aws.s3.bucket"): frozenset({"encryption", "versioning"})})
    ((population, records),) = sink.units.values()
    assert records == []
    assert (population.count, population.complete, population.gaps) == (0, True, ())
    assert [(fact.fact, fact.detail) for fact in population.facts] == [
        ("subject-gone", "arn:aws:s3:::full-bucket"),
        ("subject-gone", "arn:aws:s3:::plain-bucket"),
    ]


def test_a_service_that_is_not_enabled_is_a_fact_of_its_section(tape: Cassette, source: Make) -> None:
    kind = KindName("aws.account-region")
    region = load()[kind]
    section = replace(region.sections["guardduty_detectors"], disabled_when=frozenset({"OptInRequired"}))
    resources = {kind: replace(region, sections={section.name: section})}
    tape.faults["guardduty:ListDetectors"] = error("guardduty", 403, "OptInRequired")
    sink = Held()
    made = source(regions=("us-east-1",), resources=resources)
    made.collect({kind: frozenset({section.name})}, sink, Told())
    ((population, (record,)),) = sink.units.values()
    assert (population.complete, record.gaps, section.name in record.body) == (True, (), False)
    assert [(fact.fact, fact.detail) for fact in population.facts] == [
        ("service-not-enabled", "guardduty:ListDetectors: OptInRequired (HTTP 403)")
    ]


def test_a_service_that_is_not_enabled_is_a_fact_of_its_population(tape: Cassette, source: Make) -> None:
    kind = KindName("aws.rds.instance")
    resources = {kind: replace(load()[kind], disabled_when=frozenset({"OptInRequired"}))}
    tape.faults["rds:DescribeDBInstances"] = error("rds", 403, "OptInRequired")
    sink = Held()
    source(regions=("us-east-1",), resources=resources).collect({kind: frozenset()}, sink, Told())
    ((population, records),) = sink.units.values()
    assert (population.count, population.complete, population.gaps, records) == (0, True, (), [])
    assert [fact.fact for fact in population.facts] == ["service-not-enabled"]


def test_a_listed_item_without_its_key_is_a_gap_of_the_population(tape: Cassette, source: Make) -> None:
    tape.faults["ec2:DescribeVpcs"] = body(lambda whole: whole.replace(b"vpcId>", b"other>"))
    sink = collect(source, {KindName("aws.ec2.vpc"): frozenset()})
    ((population, records),) = sink.units.values()
    assert records == []
    assert not population.complete
    assert [(gap.reason, gap.detail) for gap in population.gaps] == [(GapReason.MALFORMED, "a listed item lacks VpcId")]


def nowhere(request: Any, kept: Any) -> Any:
    """What botocore raises where the host of an endpoint has no address."""
    cause = NameResolutionError("appstream2.example", None, OSError("no such host"))  # type: ignore[arg-type]
    raise EndpointConnectionError(endpoint_url=request.url, error=cause)


def refused(request: Any, kept: Any) -> Any:
    """What botocore raises where the host is there and does not answer."""
    raise EndpointConnectionError(endpoint_url=request.url, error=NewConnectionError(None, "refused"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("region", "answer", "offered"),
    [("eu-north-1", nowhere, False), ("eu-central-1", nowhere, True), ("eu-north-1", refused, True)],
    ids=["not-listed-no-name", "listed", "not-listed-but-there"],
)
def test_a_service_that_a_region_does_not_have_is_a_fact(
    region: str, answer: Any, offered: bool, tape: Cassette, source: Make
) -> None:
    tape.faults["appstream:DescribeFleets"] = answer
    sink = Held()
    source(regions=(region,)).collect({KindName("aws.appstream.fleet"): frozenset()}, sink, Told())
    ((population, records),) = sink.units.values()
    assert records == []
    assert population.complete is not offered
    assert [gap.reason for gap in population.gaps] == ([GapReason.UNREACHABLE] if offered else [])
    assert [fact.fact for fact in population.facts] == ([] if offered else ["service-not-offered"])


def opted_in(request: Any, kept: Any) -> Any:
    """The list of regions of an account that has opted in to all of them."""
    return response(request.url, 200, {}, kept.body.replace(b"not-opted-in", b"opted-in"))


def test_a_section_of_a_service_that_a_region_does_not_have_stays_a_gap(tape: Cassette, source: Make) -> None:
    """As "not there" it would read like "not switched on", and fail where nobody can switch it on."""
    tape.faults["macie2:GetMacieSession"] = nowhere
    tape.faults["ec2:DescribeRegions"] = opted_in
    sink = Held()
    source(regions=("eu-central-2",)).collect({KindName("aws.account-region"): frozenset({"macie"})}, sink, Told())
    records = [record for _, found in sink.units.values() for record in found]
    gaps = [gap for record in records for gap in record.gaps]
    assert [(gap.path, gap.reason) for gap in gaps] == [("macie", GapReason.UNREACHABLE)]
    assert all("macie" not in record.body for record in records)


@pytest.mark.parametrize(
    "newer",
    [{"service": "novelties"}, {"operation": "ListNovelties"}],
    ids=["service", "operation"],
)
def test_what_the_installed_sdk_does_not_know_is_a_gap_of_what_needs_it(
    newer: dict[str, str], source: Make, tape: Cassette
) -> None:
    queue, topic = KindName("aws.sqs.queue"), KindName("aws.sns.topic")
    listing, section = load()[queue].listing, load()[topic].sections["attributes"]
    assert listing is not None
    assert section.call is not None
    resources = {
        queue: replace(load()[queue], listing=replace(listing, read=replace(listing.read, **newer))),
        topic: replace(
            load()[topic],
            sections={
                "attributes": replace(section, call=replace(section.call, read=replace(section.call.read, **newer)))
            },
        ),
    }
    sink = Held()
    asked = {queue: frozenset[str](), topic: frozenset({"attributes"})}
    source(regions=("us-east-1",), resources=resources).collect(asked, sink, Told())
    found = {unit.kind: held for unit, held in sink.units.items()}
    of_records = [gap for record in found[topic][1] for gap in record.gaps]
    assert found[topic][0].complete
    assert of_records
    for gap in (*found[queue][0].gaps, *of_records):
        assert gap.reason is GapReason.NOT_PROVIDED
        assert "does not know the operation" in gap.detail
    assert not found[queue][0].complete
