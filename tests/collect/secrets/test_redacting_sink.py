"""The sink: nothing that is planted anywhere gets through, everything else does to the byte, and it is all counted."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from canaries import PLANTED, SECRETS
from hypothesis import given
from hypothesis import strategies as st

from grc import canonical
from grc.collect.aws.fakes import record as fake
from grc.collect.persons import LENGTH, PREFIX
from grc.collect.secrets import Redacting, without_secrets
from grc.collect.secrets.table import possible
from grc.collect.secrets.texts import suspicious
from grc.kinds import load
from grc.model.evidence import Coverage, Fact, Gap, GapReason, Origin, Population, Record, Removal, Unit
from grc.model.identifiers import KindName, Place, SubjectId

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
KINDS = load()
INSTANCE = KindName("aws.ec2.instance")
EVERY = " ; ".join(text for sort, text in PLANTED.items() if sort != "private-key")


class Kept:
    """A sink that keeps what it was given."""

    def __init__(self) -> None:
        self.units: dict[Unit, tuple[Population, Sequence[Record]]] = {}

    def has(self, unit: Unit) -> bool:
        return unit in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit] = (population, records)


def population(kind: KindName, count: int, **overrides: object) -> Population:
    made = Population(
        unit=Unit(source="aws", place=Place("aws/123456789012"), kind=kind),
        origin=Origin.LIVE,
        query="q",
        parameters={},
        caller="arn:aws:iam::123456789012:user/auditor",
        started=NOW,
        finished=NOW,
        count=count,
        complete=True,
        coverage=Coverage(paths=frozenset(), otherwise=GapReason.NOT_REQUESTED),
    )
    return replace(made, **overrides)  # type: ignore[arg-type]


def through(told: Population, *records: Record) -> tuple[Population, Sequence[Record]]:
    sink = Kept()
    Redacting(sink, KINDS).write(told, records)
    ((kept, written),) = sink.units.values()
    assert not any(secret.encode() in canonical.encode((kept, written)) for secret in SECRETS)
    return kept, written


def one(body: dict[str, object], **overrides: object) -> tuple[Population, Record]:
    kept, (record,) = through(population(INSTANCE, 1), replace(fake(INSTANCE, NOW), body=body, **overrides))  # type: ignore[arg-type]
    return kept, record


@pytest.mark.parametrize("kind", sorted(name for name in KINDS if name.startswith("aws.")))
def test_a_record_without_secrets_passes_untouched(kind: KindName) -> None:
    records = [fake(kind, NOW, number) for number in (1, 2)]
    kept, written = through(told := population(kind, 2), *records)
    assert list(written) == records
    assert kept == told


@pytest.mark.parametrize("sort", sorted(PLANTED))
def test_a_secret_is_taken_out_and_its_place_is_a_gap(sort: str) -> None:
    kept, record = one({"InstanceId": "i-1", "KeyName": f"see {PLANTED[sort]}"})
    assert f"[secret: {sort}]" in str(record.body["KeyName"])
    assert record.gaps == (Gap(path="KeyName", reason=GapReason.NOT_PROVIDED, detail=f"a secret was here: {sort}"),)
    assert kept.removals == (Removal(path="KeyName", how="secret", rule=sort, count=1),)


def test_secrets_are_found_at_every_place_of_a_record_and_population() -> None:
    gap = Gap(path="KeyName", reason=GapReason.MALFORMED, call=EVERY, permission=EVERY, detail=EVERY)
    record = replace(
        fake(INSTANCE, NOW),
        subject=SubjectId(f"i-{EVERY}"),
        body={"InstanceId": "i-1", "Undeclared": [{EVERY: EVERY}], "Tags": [{"Key": EVERY, "Value": EVERY}]},
        tags={EVERY: EVERY},
        gaps=(gap,),
        file=EVERY,
    )
    told = population(
        INSTANCE,
        1,
        query=EVERY,
        parameters={"given": [{"x": EVERY}]},
        caller=EVERY,
        gaps=(gap,),
        facts=(Fact(fact=EVERY, detail=EVERY),),
    )
    kept, _ = through(told, record)
    found = {(removal.path, removal.rule) for removal in kept.removals}
    wanted = {("*", "github-token"), ("tags", "bot-token"), ("", "signed-token")}
    assert wanted <= found


def test_user_data_is_looked_at_within_its_base64() -> None:
    script = f"#!/bin/sh\nexport {PLANTED['github-token']}\n"
    _, record = one({"InstanceId": "i-1", "UserData": base64.b64encode(script.encode()).decode()})
    assert base64.b64decode(str(record.body["UserData"])) == b"#!/bin/sh\nexport [secret: github-token]\n"


@pytest.mark.parametrize(
    "body",
    [
        {"Tags": [{"Key": "db-password", "Value": "swordfish"}]},
        {"Undeclared": {"DB_PASSWORD": "swordfish"}},
        {"Undeclared": [{"name": "DB_PASSWORD", "value": "swordfish"}]},
        {"Undeclared": {"passwords": {"main-password": ["swordfish"]}}},
    ],
)
def test_a_secret_is_known_by_a_name_that_is_data(body: dict[str, object]) -> None:
    kept, record = one({"InstanceId": "i-1", **body})
    assert b"swordfish" not in canonical.encode(record)
    assert [removal.rule for removal in kept.removals] == ["password-by-name"]


def test_a_declared_name_says_nothing_of_its_value() -> None:
    kind = next(name for name in KINDS if any("assword" in field for field in KINDS[name].shape.fields))
    field = next(field for field in KINDS[kind].shape.fields if "assword" in field)
    record = replace(fake(kind, NOW), body={KINDS[kind].key: "x", field: "swordfish"})
    assert through(population(kind, 1), record)[1] == [record]


def test_subjects_that_lose_their_names_stay_apart() -> None:
    secrets = (PLANTED["github-token"], PLANTED["github-token"].replace("Y9", "Z8"))
    records = [replace(fake(INSTANCE, NOW), subject=SubjectId(f"i/{secret}")) for secret in secrets]
    sink = Kept()
    Redacting(sink, KINDS).write(population(INSTANCE, 2), records[::-1])
    ((_, written),) = sink.units.values()
    assert [record.subject for record in written] == ["i/[secret: github-token] (2)", "i/[secret: github-token]"]


def test_pseudonyms_are_counted_by_path() -> None:
    person = "person:" + "0" * 24
    kept, written = through(
        population(INSTANCE, 1),
        replace(
            fake(INSTANCE, NOW), body={"InstanceId": "i-1", "KeyName": person, "Tags": [{"Key": "a", "Value": person}]}
        ),
    )
    assert kept.removals == (
        Removal(path="KeyName", how="pseudonym", count=1),
        Removal(path="Tags.Value", how="pseudonym", count=1),
    )
    assert written[0].gaps == ()


def test_a_unit_that_is_held_is_held() -> None:
    sink = Kept()
    wrapped = Redacting(sink, KINDS)
    told = population(INSTANCE, 0)
    assert not wrapped.has(told.unit)
    wrapped.write(told, [])
    assert wrapped.has(told.unit)


def test_what_stands_beside_the_records_is_cleaned_too() -> None:
    assert without_secrets({"a": [EVERY], "b": 1})["b"] == 1
    assert not any(secret in str(without_secrets({"a": [EVERY]})) for secret in SECRETS)


def people(*bodies: dict[str, object]) -> list[Record]:
    return [
        replace(fake(INSTANCE, NOW, number), subject=SubjectId(f"i-{number:05}"), body=body, tags=None)
        for number, body in enumerate(bodies)
    ]


@pytest.mark.parametrize("at", [0, 63, 64, 700])
def test_a_secret_is_seen_wherever_it_stands_among_many_that_hold_none(at: int) -> None:
    """Texts that were seen to be harmless are not looked at again; one that was not is, each time."""
    bodies: list[dict[str, object]] = [{"InstanceId": "i-1", "KeyName": f"key {n % 7}"} for n in range(900)]
    for place in {at, 128, 899}:
        bodies[place] = {"InstanceId": "i-1", "KeyName": PLANTED["aws-access-key-id"]}
    kept, written = through(population(INSTANCE, 900), *people(*bodies))
    places = {number for number, record in enumerate(written) if record.gaps}
    assert places == {at, 128, 899}
    assert kept.removals == (Removal(path="KeyName", how="secret", rule="aws-access-key-id", count=3),)


@pytest.mark.parametrize("held", [[EVERY], (EVERY,), {"a": EVERY}, ({"a": [EVERY]},)])
def test_a_secret_in_a_list_of_a_flat_record_is_seen(held: object) -> None:
    through(population(INSTANCE, 1), *people({"KeyName": held}))


def test_each_pseudonym_is_counted_however_often_it_stands() -> None:
    ada, bo = PREFIX + "0" * LENGTH, PREFIX + "f" * LENGTH
    bodies: list[dict[str, object]] = [{"KeyName": ada, "Tags": [{"Value": bo}, {"Value": ada}]} for _ in range(150)]
    kept, _ = through(population(INSTANCE, 151), *people({"KeyName": "ada"}, *bodies))
    assert kept.removals == (
        Removal(path="KeyName", how="pseudonym", rule="", count=150),
        Removal(path="Tags.Value", how="pseudonym", rule="", count=300),
    )


@given(st.text("0123456789abcdef", min_size=LENGTH, max_size=LENGTH) | st.sampled_from(["a" * LENGTH, "aa" + "0" * 22]))
def test_a_pseudonym_is_no_secret_of_any_form(digits: str) -> None:
    """So it is left out of what is looked at. The one form that is tried on some wants digits before the colon."""
    assert not suspicious([PREFIX + digits])
    assert {form.id for form in possible(PREFIX + digits)} <= {"bot-token"}
