"""Every kind end to end against a recorded moto server: what is called, what is held, what is redacted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from aws_cassette import NOW, Cassette, Held, Told

from grc import canonical, kinds
from grc.collect.aws import AwsSource
from grc.collect.aws.declared import Section, load
from grc.collect.aws.iam import demanded_reads
from grc.collect.persons import Pseudonyms
from grc.errors import ConfigError
from grc.model.evidence import Demand, GapReason, Origin, Record, Unit
from grc.model.identifiers import KindName, Place
from grc.model.types import ListType, MapType, ObjectType, Primitive, Redaction, Type

ACCOUNT = "aws/123456789012"
HOME = f"{ACCOUNT}/us-east-1"
Make = Callable[..., AwsSource]


def collect(source: AwsSource, demand: Demand) -> Held:
    sink = Held()
    source.collect(demand, sink, Told())
    return sink


def held(sink: Held, kind: str, place: str = ACCOUNT) -> list[dict[str, object]]:
    return [dict(record.body) for record in sink.units[Unit(source="aws", place=Place(place), kind=KindName(kind))][1]]


def test_every_kind_is_found_without_a_gap(whole: Held) -> None:
    found = Counter(unit.kind for unit, (_, records) in whole.units.items() for _ in records)
    assert set(found) == set(load())
    gaps = [gap for _, records in whole.units.values() for record in records for gap in record.gaps]
    assert {(gap.path, gap.call) for gap in gaps} == {("root", "iam:GetCredentialReport")}  # moto reports no root user
    assert all(population.complete and not population.gaps for population, _ in whole.units.values())


def test_the_declared_calls_are_the_calls_made(tape: Cassette, source: Make, everything: Demand) -> None:
    made = source()
    sink = collect(made, everything)
    declared = {read.call for read in demanded_reads(everything)} | {"sts:GetCallerIdentity"}
    assert set(made.tally) == declared
    assert sum(made.tally.values()) == sum(tape.asked.values())
    buckets = len(held(sink, "aws.s3.bucket"))
    per_bucket = {
        section.call.read.call for section in load()[KindName("aws.s3.bucket")].sections.values() if section.call
    }
    assert made.tally["s3:ListBuckets"] == 1
    assert {made.tally[call] for call in per_bucket} == {buckets}
    assert made.tally["iam:GetCredentialReport"] == 1


def test_no_more_is_called_than_lists_and_one_for_each_subject_and_section(
    tape: Cassette, source: Make, everything: Demand
) -> None:
    made = source()
    sink = collect(made, everything)
    assert sum(made.tally.values()) <= RUN + sum(most_calls(sink, name) for name in everything)


RUN = 5 + 2
"""The identity and the regions, and what is read once for all kinds (credential report, authorization details)."""


def most_calls(sink: Held, name: KindName) -> int:
    """A list in each place or for each subject of the kind above; one for each section, and each element of it."""
    resource = load()[name]
    found = [(population, records) for unit, (population, records) in sink.units.items() if unit.kind == name]
    above = resource.line[1:2]
    lists = sum(len(population.parameters["regions"]) for population, _ in found)  # type: ignore[arg-type]
    further = sum(most_lists(sink, parent.name) for parent in above)
    if resource.listing is not None and resource.listing.also == "definitions_in_use":
        lists += len(found) + 4 * most_lists(sink, KindName("aws.ecs.cluster"))
    sections = [section for section in resource.sections.values() if section.reads and section.computed is None]
    return lists + further + sum(asked(record, section) for _, held in found for record in held for section in sections)


def most_lists(sink: Held, name: KindName) -> int:
    parent = load()[name]
    subjects = sum(len(records) for unit, (_, records) in sink.units.items() if unit.kind == name)
    return subjects + sum(most_lists(sink, above.name) for above in parent.line[1:2])


def asked(record: Record, section: Section) -> int:
    of_elements = section.each is not None or section.derive == "function_versions"
    elements = record.body.get(section.name, ()) if of_elements else ()
    return 1 + len(elements)  # type: ignore[arg-type]


def test_only_what_is_demanded_is_called(source: Make) -> None:
    made = source()
    sink = collect(made, {KindName("aws.s3.bucket"): frozenset({"encryption.Rules.SSE", "Name"})})
    assert made.tally == {"s3:GetBucketEncryption": 2, "s3:ListBuckets": 1, "sts:GetCallerIdentity": 1}
    population, _ = next(iter(sink.units.values()))
    assert population.coverage.covers("encryption.Rules")
    assert population.coverage.covers("CreationDate")
    assert not population.coverage.covers("versioning")
    assert population.coverage.otherwise is GapReason.NOT_REQUESTED


def test_a_demand_of_others_calls_nothing(tape: Cassette, source: Make) -> None:
    assert collect(source(), {KindName("register.people"): frozenset({"person_id"})}).units == {}
    assert not tape.asked


def test_a_population_says_how_it_was_asked_for(whole: Held) -> None:
    population, records = whole.units[Unit(source="aws", place=Place(HOME), kind=KindName("aws.ec2.snapshot"))]
    assert population.query == "ec2:DescribeSnapshots"
    assert population.parameters == {"OwnerIds": ["self"], "regions": ["us-east-1"]}
    assert population.caller.startswith("arn:aws:sts::123456789012:")
    assert (population.started, population.finished, population.origin) == (NOW, NOW, Origin.LIVE)
    assert population.count == len(records) == 3  # one by hand, and one of each of two images


def test_a_whole_bucket(whole: Held) -> None:
    full, plain = held(whole, "aws.s3.bucket")
    assert full["Name"] == "full-bucket"
    assert full["policy"] == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["s3:*"], "Resource": ["*"]}],
    }
    assert full["encryption"]["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}  # type: ignore[index]
    assert full["logging"]["TargetBucket"] == "plain-bucket"  # type: ignore[index]
    assert full["tags"] == {"Owner": "x"}
    assert plain["versioning"] == {"Status": "Enabled"}
    assert "policy" not in plain
    assert "logging" not in plain


def test_tags_are_a_map_in_the_record_too(whole: Held) -> None:
    records = {record.subject: record.tags for _, found in whole.units.values() for record in found}
    assert records["arn:aws:s3:::full-bucket"] == {"Owner": "x"}
    assert records["arn:aws:s3:::plain-bucket"] == {}
    assert records["arn:aws:iam::123456789012:user/anna"] == {"team": "x"}
    assert records["123456789012"] is None


def test_tags_that_were_not_read_are_not_none_at_all(source: Make) -> None:
    sink = collect(source(), {KindName("aws.s3.bucket"): frozenset({"Name"})})
    assert [record.tags for _, records in sink.units.values() for record in records] == [None, None]


def test_a_user_with_keys_report_and_pseudonym(whole: Held) -> None:
    anna, ben = held(whole, "aws.iam.user")
    assert anna["access_keys"][0]["LastUsed"] == {"Region": "N/A", "ServiceName": "N/A"}  # type: ignore[index]
    assert len(anna["mfa_devices"]) == 1  # type: ignore[arg-type]
    assert anna["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == ["*"]  # type: ignore[index]
    assert anna["credential_report"]["password_enabled"] is True  # type: ignore[index]
    assert ben["credential_report"]["access_key_1_active"] is True  # type: ignore[index]
    assert "password_last_used" not in ben["credential_report"]  # type: ignore[operator]
    assert "login_profile" in anna
    assert "login_profile" not in ben
    assert str(anna["person"]).startswith("person:")
    assert anna["person"] != ben["person"]


def test_a_policy_keeps_its_default_version_alone(whole: Held) -> None:
    keys, one, wide = held(whole, "aws.iam.policy")
    assert [str(each["Arn"]).rpartition("/")[2] for each in (keys, one, wide)] == ["keys", "one", "wide"]
    assert wide["document"]["Statement"] == [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]  # type: ignore[index]
    assert "PolicyVersionList" not in wide


def test_a_trail_seen_from_two_regions_is_one(whole: Held) -> None:
    trail, watched = held(whole, "aws.cloudtrail.trail")
    assert [str(each["TrailARN"]).rpartition("/")[2] for each in (trail, watched)] == ["all-regions", "watched"]
    assert trail["IsMultiRegionTrail"] is True
    assert trail["HomeRegion"] == "us-east-1"
    assert trail["status"]["IsLogging"] is True  # type: ignore[index]


def test_the_account_and_its_regions_are_never_empty(whole: Held) -> None:
    (account,) = held(whole, "aws.account")
    assert account["password_policy"]["MinimumPasswordLength"] == 14  # type: ignore[index]
    assert account["public_access_block"]["BlockPublicPolicy"] is True  # type: ignore[index]
    assert account["aliases"] == ["clinic"]
    (region,) = held(whole, "aws.account-region", HOME)
    assert region["ebs_encryption"]["EbsEncryptionByDefault"] is False  # type: ignore[index]
    assert region["snapshot_public_access"]["State"] == "block-all-sharing"  # type: ignore[index]


def test_personal_details_do_not_reach_a_record(whole: Held) -> None:
    (account,) = held(whole, "aws.account")
    assert account["security_contact"] == {"AlternateContactType": "SECURITY", "Title": "CISO"}
    lines = b"".join(canonical.encode(record) for _, records in whole.units.values() for record in records)
    assert b"a@b.example" not in lines
    buckets = b"".join(canonical.encode(body) for body in held(whole, "aws.s3.bucket"))
    assert b"DisplayName" not in buckets
    assert b"not-a-secret" not in lines


def test_every_body_fits_its_schema(whole: Held) -> None:
    schemas = kinds.load((kinds.SHIPPED / "aws",))
    for unit, (_, records) in whole.units.items():
        for record in records:
            fits(record.body, schemas[unit.kind].shape, unit.kind)


def fits(value: object, declared: Type, at: str) -> None:
    """Unknown fields are kept, so only declared ones are looked at."""
    if isinstance(declared, ObjectType):
        assert isinstance(value, dict), at
        for name, field in declared.fields.items():
            assert name in value or field.nullable, f"{at}.{name} is missing"
            if name in value:
                fits(value[name], field.type, f"{at}.{name}")
    elif isinstance(declared, ListType):
        assert isinstance(value, list), at
        for element in value:
            fits(element, declared.element, f"{at}[]")
    elif isinstance(declared, MapType):
        assert isinstance(value, dict), at
    elif declared is Primitive.TIMESTAMP:
        assert isinstance(value, str), at
        assert value.endswith("Z"), f"{at}: {value}"
    elif declared in PYTHON:
        assert type(value) is PYTHON[declared], f"{at}: {value!r}"  # type: ignore[index]


PYTHON = {Primitive.BOOL: bool, Primitive.INT: int, Primitive.STRING: str, Primitive.DOUBLE: float}


def test_the_same_estate_gives_the_same_bytes(source: Make, everything: Demand) -> None:
    first, second = (collect(source(concurrency=size), everything) for size in (1, 8))
    assert first.units.keys() == second.units.keys()
    for unit, (population, records) in first.units.items():
        assert canonical.encode(second.units[unit][0]) == canonical.encode(population)
        assert canonical.encode(second.units[unit][1]) == canonical.encode(records)


def test_a_unit_held_already_is_not_read_again(source: Make, everything: Demand, whole: Held) -> None:
    buckets = Unit(source="aws", place=Place(ACCOUNT), kind=KindName("aws.s3.bucket"))
    made, sink, told = source(), Held(already=frozenset({buckets})), Told()
    made.collect(everything, sink, told)
    assert sink.units.keys() == whole.units.keys() - {buckets}
    assert "s3:ListBuckets" not in made.tally
    assert told.units == len(told.ended) == len(whole.units)
    assert set(sink.writes.values()) == {1}


def test_without_a_key_a_person_is_a_gap_and_not_a_name(source: Make) -> None:
    sink = collect(source(pseudonyms=None), {KindName("aws.iam.user"): frozenset({"person"})})
    ((_, records),) = sink.units.values()
    assert [[(gap.path, gap.reason) for gap in record.gaps] for record in records] == [
        [("person", GapReason.NOT_PROVIDED)]
    ] * 2
    assert all("person" not in record.body for record in records)


USER = KindName("aws.iam.user")


def redacted(source: Make, rules: dict[str, Redaction]) -> list[Record]:
    sink = collect(source(redact={USER: rules}), {USER: frozenset({"access_keys"})})
    ((_, records),) = sink.units.values()
    return records


def test_what_the_workspace_drops_is_a_gap_and_not_absent(source: Make) -> None:
    for record in redacted(source, {"access_keys.Status": Redaction.DROP, "Tags.team": Redaction.DROP}):
        assert not {"AccessKeyId", "Status"} & set(record.body["access_keys"][0])  # type: ignore[index]
        assert record.tags == {}
        assert [(gap.path, gap.reason, gap.detail) for gap in record.gaps] == [
            ("Tags.team", GapReason.NOT_PROVIDED, "redacted by the workspace"),
            ("access_keys[0].Status", GapReason.NOT_PROVIDED, "redacted by the workspace"),
        ]


def test_a_pseudonym_hides_the_subject_as_well(source: Make) -> None:
    rules = dict.fromkeys(("UserName", "Arn", "access_keys.UserName"), Redaction.PSEUDONYM)
    anna, ben = redacted(source, rules)
    assert b"anna" not in canonical.encode((anna, ben))
    assert anna.subject.startswith("aws.iam.user/person:")
    assert anna.body["UserName"] == anna.body["access_keys"][0]["UserName"]  # type: ignore[index]
    assert anna.gaps == ()


@pytest.mark.parametrize(
    ("rule", "key", "message"),
    [
        (Redaction.DROP, Pseudonyms(b"key"), "says which subject it is"),
        (Redaction.PSEUDONYM, None, "needs a key for pseudonyms"),
    ],
)
def test_a_redaction_that_cannot_be_done_is_refused_first(
    tape: Cassette, source: Make, rule: Redaction, key: Pseudonyms | None, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        collect(source(redact={USER: {"Arn": rule}}, pseudonyms=key), {USER: frozenset()})
    assert not tape.asked
