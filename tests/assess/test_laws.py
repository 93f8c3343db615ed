"""The laws of the roll-up, over generated policies and evidence, through the whole of ``conclude``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from assess_samples import (
    AS_OF,
    COLLECTED,
    DENIED,
    KINDS,
    World,
    attestation,
    catalogue,
    check,
    claim,
    control,
    population,
    related,
    requirement,
    result,
    scoped_out,
    statuses,
    waiver,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.assess.rollup import is_good
from grc.evidence import findings_bytes
from grc.model.assessment import Assessment, PopulationResult
from grc.model.attestation import Attestation, AttestedFile, Conclusion, Standing
from grc.model.catalogue import Method, Relation, RequirementKind
from grc.model.evidence import Origin
from grc.model.kind import KindScope
from grc.model.status import Status
from grc.model.waiver import Compensation, WaiverStanding
from grc.model.workspace import Period

many = settings(max_examples=150, deadline=None)

REGIONS = ("aws/1/eu", "aws/1/us")
PLACES = {name: REGIONS if found.scope is KindScope.REGIONAL else ("aws/1",) for name, found in KINDS.items()} | {
    "register.people": ("register/people",)
}
TESTED = ("aws.vm", "aws.disk", "aws.bucket", "register.people")
SOUND = AttestedFile(path="list.csv", sha256="a" * 64, found="a" * 64)
CHANGED = replace(SOUND, found="b" * 64)
GONE = replace(SOUND, found=None)
CHECKS = tuple(f"c{number}" for number in range(5))
CONTROLS = tuple(f"k{number}" for number in range(4))
ROWS = tuple(f"f:{number}" for number in range(3))
PARTS = ("p", "q")


def population_result(chance: Random, place: str, waivable: bool) -> PopulationResult:
    counts: dict[str, Any] = {
        name: chance.choice([0, 0, 0, 1, 2]) for name in ("passed", "failed", "unknown", "not_applicable")
    }
    counts["waived"] = chance.choice([0, 0, 1]) if waivable else 0
    if chance.random() < 0.75:  # else hardly anything would ever be good
        counts["failed"] = counts["unknown"] = 0
    hole = chance.random() < 0.05
    return result(
        place,
        **counts,
        complete=not hole,
        gaps=(DENIED,) if hole else (),
        oldest=COLLECTED - timedelta(days=chance.choice([0] * 15 + [40])),
    )


def some(chance: Random, values: Sequence[str], least: int = 0, most: int = 5) -> tuple[str, ...]:
    return tuple(chance.choices(values, k=chance.randint(least, most)))


def world_of(seed: int) -> World:
    """A world by chance: the same for the same seed."""
    chance = Random(seed)
    kinds = {name: chance.choice(TESTED) for name in CHECKS}
    waived = set(some(chance, CHECKS, most=3))
    relations = (Relation.MEETS, Relation.MEETS, Relation.SUPPORTS)
    deciding = {
        name: some(chance, (*CHECKS, *CHECKS, *CHECKS, "c-gone"), chance.choice([0, 1, 1, 1]), 2) for name in CONTROLS
    }
    controls = tuple(
        control(
            name,
            deciding[name],
            tuple(
                claim(
                    name,
                    chance.choice(ROWS),
                    chance.choice(PARTS),
                    chance.choice(relations),
                    checks=chance.choice([None, None, deciding[name][:1], ()]),
                )
                for _ in range(chance.randint(1, 4))
            ),
            four_eyes=chance.random() < 0.3,
        )
        for name in CONTROLS
    )
    rows = [
        requirement(
            name,
            chance.choice([("p",), ("p",), ("p", "q"), ("p", "q"), (), None]),
            chance.choice([Method.TECHNICAL, *Method]),
            parent="f:head",
        )
        for name in ROWS
    ]
    heading = requirement("f:head", None, kind=RequirementKind.HEADING, counted_in=None)
    return World(
        catalogues=(catalogue("f", heading, *rows),),
        controls=controls,
        checks=tuple(check(name, kinds[name], relate=chance.choice([(), (related("aws.bucket"),)])) for name in CHECKS),
        populations=tuple(population(name, place) for name, places in PLACES.items() for place in places),
        results={
            name: tuple(population_result(chance, place, name in waived) for place in PLACES[kinds[name]])
            for name in CHECKS
        },
        selected=chance.choice([None, None, None, frozenset(some(chance, CHECKS, 3, 9))]),
        providers=chance.choice([frozenset({"aws"}), *[frozenset({"aws", "register"})] * 3]),
        waivers=tuple(waiver(name, f"W-{name}") for name in sorted(waived)),
        attestations=tuple(statement(chance, f"A-{number}") for number in range(chance.choice([0, 2, 5]))),
        period=chance.choice([None, None, Period(first=date(2026, 1, 1), last=date(2026, 12, 31))]),
        applicability=tuple(
            scoped_out(name) for name in set(some(chance, ROWS, most=1) if chance.random() < 0.4 else ())
        ),
    )


def statement(chance: Random, name: str) -> Attestation:
    """A statement by chance, on several parts; signed in the past, and mostly good."""
    about = {f"{chance.choice(ROWS)}/{chance.choice(PARTS)}" for _ in range(chance.randint(1, 4))}
    end = date(2025, 10, 1) + timedelta(days=chance.choice([0, 30, 60, 120]))
    return attestation(
        *sorted(about),
        control=chance.choice(CONTROLS),
        id=name,
        conclusion=chance.choice([Conclusion.MET, Conclusion.MET, Conclusion.MET, Conclusion.NOT_MET]),
        signed_on=end,
        period=Period(first=end - timedelta(days=chance.choice([0, 90])), last=end),
        valid_until=AS_OF + timedelta(days=chance.choice([-30, 0, 1, 200, 200, 200])),
        files=chance.choice([(), (SOUND,), (SOUND,), (SOUND, CHANGED), (GONE,)]),
        reviewed_by=chance.choice([None, "bob", "bob", " Ann"]),
    )


worlds = st.integers(0, 2**40).map(world_of)


def never_better(before: Assessment, after: Assessment) -> None:
    """Nothing has become good, and no floor is higher."""
    was, now = statuses(before), statuses(after)
    for name, status in now.items():
        assert not is_good(status) or name not in was or is_good(was[name]), f"{name}: {was[name]} became {status}"
    for old, new in zip(before.frameworks, after.frameworks, strict=True):
        for one, other in zip(old.sets, new.sets, strict=True):
            assert one.total == other.total
            assert (other.floor or 0) <= (one.floor or 0) or one.floor is None


def with_results(world: World, name: str, *results: PopulationResult) -> World:
    return world.but(results={**world.results, name: results})


def lost(chance: Random, world: World) -> World:
    """The world with some input lost."""
    name = chance.choice(sorted(world.results) or [CHECKS[0]])
    kind = chance.choice(TESTED)
    if not world.results.get(name):
        return world
    first, *rest = world.results[name]
    match chance.randrange(9):
        case 0:  # a population was not evaluated
            return with_results(world, name, *rest)
        case 1:  # nothing was
            return world.but(results={each: found for each, found in world.results.items() if each != name})
        case 2:  # the check was not selected
            return world.but(selected=(frozenset(CHECKS) if world.selected is None else world.selected) - {name})
        case 3:  # the check was deleted
            return world.but(checks=tuple(each for each in world.checks if each.id != name))
        case 4:  # the list was denied
            return with_results(world, name, replace(first, complete=False, gaps=(DENIED,)), *rest)
        case 5:  # what was seen of some subjects could not be read
            less = chance.choice(["passed", "failed", "not_applicable", "waived"])
            unknown = first.unknown + getattr(first, less)
            return with_results(world, name, replace(first, **{less: 0, "unknown": unknown}), *rest)
        case 6:  # some subjects were not judged
            return with_results(world, name, replace(first, failed=0, passed=0), *rest)
        case 7:  # a place is missing in the pack, for one kind
            return without(world, kind, chance.choice(PLACES[kind]))
        case _:  # a kind is missing in the pack
            for place in PLACES[kind]:
                world = without(world, kind, place)
            return world


def without(world: World, kind: str, place: str) -> World:
    of_kind = {each.id for each in world.checks if each.kind == kind}
    return world.but(
        populations=tuple(each for each in world.populations if (each.unit.kind, each.unit.place) != (kind, place)),
        results={
            name: tuple(each for each in found if name not in of_kind or each.place != place)
            for name, found in world.results.items()
        },
    )


@many
@given(world=worlds, seed=st.integers())
def test_a_lost_input_never_makes_anything_good(world: World, seed: int) -> None:
    chance = Random(seed)
    less = world
    for _ in range(chance.randint(1, 3)):
        less = lost(chance, less)
    never_better(world.assess(), less.assess())


@many
@given(world=worlds, seed=st.integers())
def test_order_and_duplicates_do_not_matter(world: World, seed: int) -> None:
    chance = Random(seed)

    def stirred(values: Any) -> tuple[Any, ...]:
        found = [*values, *(each for each in values if chance.random() < 0.3)]
        chance.shuffle(found)
        return tuple(found)

    def shuffled(values: Any) -> tuple[Any, ...]:
        return tuple(chance.sample(list(values), len(values)))

    other = world.but(
        controls=shuffled(
            [replace(each, maps=stirred(each.maps), deciding=stirred(each.deciding)) for each in world.controls]
        ),
        checks=shuffled(world.checks),
        populations=stirred(world.populations),
        results={name: stirred(world.results[name]) for name in shuffled(world.results)},
        waivers=stirred(world.waivers),
        attestations=stirred(world.attestations),
        applicability=stirred(world.applicability),
        frameworks=("f", "f"),
    )
    assert findings_bytes(other.assess()) == findings_bytes(world.assess())


@many
@given(world=worlds, data=st.data(), more=st.integers(1, 1000))
def test_more_that_passes_changes_nothing_where_something_was_tested(
    world: World, data: st.DataObject, more: int
) -> None:
    tested = [name for name, found in world.results.items() if any(each.passed or each.waived for each in found)]
    if not tested:
        return
    name = data.draw(st.sampled_from(tested))
    first, *rest = world.results[name]
    passing = replace(first, passed=first.passed + more, subjects=first.subjects + more)
    assert statuses(with_results(world, name, passing, *rest).assess()) == statuses(world.assess())


@many
@given(world=worlds)
def test_a_waiver_never_makes_anything_satisfied(world: World) -> None:
    without = statuses(world.but(waivers=()).assess())
    for name, status in statuses(world.assess()).items():
        assert status is not Status.SATISFIED or without[name] is Status.SATISFIED, name


@many
@given(world=worlds, how=st.sampled_from(["expired", "not yet approved", "own approval", "no approver"]))
def test_a_waiver_that_is_not_active_counts_as_absent(world: World, how: str) -> None:
    change: dict[str, Any] = {
        "expired": {"until": AS_OF},
        "not yet approved": {"approved_on": (AS_OF + timedelta(days=2)).date()},
        "own approval": {"approved_by": " ANN "},
        "no approver": {"approved_by": " "},
    }[how]
    inactive = world.but(waivers=tuple(replace(each, **change) for each in world.waivers))
    assert statuses(inactive.assess()) == statuses(world.but(waivers=()).assess())


@many
@given(world=worlds, name=st.sampled_from([*CHECKS, "c-gone"]))
def test_a_waiver_whose_compensating_control_is_not_proven_counts_as_absent(world: World, name: str) -> None:
    instead = Compensation(control="a guard", check=name)
    made_up_for = world.but(waivers=tuple(replace(each, compensating=instead) for each in world.waivers))
    found, without = made_up_for.assess(), world.but(waivers=()).assess()
    proven = {each.check: each.status for each in without.checks}.get(name) is Status.SATISFIED
    assert statuses(found) == (statuses(world.assess()) if proven else statuses(without))
    counts = {each.standing for each in found.waiver_results}
    assert counts <= {WaiverStanding.COUNTS if proven else WaiverStanding.UNCOMPENSATED}


@many
@given(world=worlds, days=st.integers(1, 100))
def test_age_never_softens_a_failure_nor_improves_anything(world: World, days: int) -> None:
    lasting = world.but(waivers=tuple(replace(each, until=AS_OF + timedelta(days=1000)) for each in world.waivers))
    later = lasting.but(as_of=AS_OF + timedelta(days=days))
    was, now = statuses(lasting.assess()), statuses(later.assess())
    never_better(lasting.assess(), later.assess())
    for name, status in was.items():
        if name.startswith(("check", "control")) and status is Status.NOT_SATISFIED:
            assert now[name] is Status.NOT_SATISFIED
        if name.startswith(("part", "finding")) and status in (Status.NOT_SATISFIED, Status.PARTIAL):
            assert now[name] in (Status.NOT_SATISFIED, Status.PARTIAL)


@many
@given(world=worlds, data=st.data())
def test_evidence_that_is_not_of_record_changes_no_status(world: World, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(CHECKS))
    origin = data.draw(st.sampled_from([Origin.PLAN, Origin.TEMPLATE, Origin.STATE, Origin.MANIFEST]))
    ahead = replace(population_result(Random(data.draw(st.integers())), "file/infra", False), origin=origin)
    found = with_results(world, name, *world.results[name], ahead).assess()
    assert statuses(found) == statuses(world.assess())
    assert found.frameworks == world.assess().frameworks


@many
@given(world=worlds)
def test_the_figures_are_of_the_whole_set(world: World) -> None:
    found = world.assess()
    for summary in found.frameworks[0].sets:
        assert summary.total == len(ROWS) == sum(summary.counts.values())
        assert set(summary.counts) == set(Status)
        assert summary.applicable == summary.total - summary.counts[Status.NOT_APPLICABLE]
        assert summary.floor is not None
        assert summary.ceiling is not None
        assert summary.assessed is not None
        assert 0 <= summary.floor <= summary.ceiling <= 1
        assert 0 <= summary.assessed <= 1
        assert summary.ceiling - summary.floor == pytest.approx(1 - summary.assessed)
        good = summary.counts[Status.SATISFIED] + summary.counts[Status.INHERITED]
        assert summary.floor * summary.applicable == pytest.approx(good)


@many
@given(world=worlds)
def test_a_requirement_is_satisfied_only_when_every_part_was_tested(world: World) -> None:
    found = world.assess()
    checks = {each.check: each for each in found.checks}
    controls = {each.control: each for each in found.controls}
    counting = {each.attestation.id: each for each in found.attestations if each.standing is Standing.COUNTS}
    for finding in found.findings:
        if finding.engine_status is not Status.SATISFIED or not finding.parts:
            continue
        for part in finding.parts:
            assert part.status in (Status.SATISFIED, Status.NOT_APPLICABLE)
            for mapped in part.controls:
                if mapped.relation is not Relation.MEETS:
                    continue
                if mapped.attestation is not None:
                    assert part.method is not Method.TECHNICAL
                    assert not mapped.checks
                    assert counting[mapped.attestation].attestation.conclusion is Conclusion.MET
                    continue
                assert mapped.checks
                for name in set(mapped.checks) - set(controls[mapped.control].out_of_scope):
                    assert checks[name].ran
                    assert checks[name].failed == checks[name].waived == checks[name].unknown == 0
                    assert all(each.complete and not each.gaps for each in checks[name].populations)


@many
@given(world=worlds, seed=st.integers())
def test_a_statement_never_changes_a_technical_part_nor_one_that_checks_answer(world: World, seed: int) -> None:
    more = world.but(attestations=(*world.attestations, statement(Random(seed), "new")))
    for old, new in zip(world.assess().findings, more.assess().findings, strict=True):
        for was, now in zip(old.parts, new.parts, strict=True):
            for one, other in zip(was.controls, now.controls, strict=True):
                if was.method is Method.TECHNICAL or one.checks or one.relation is Relation.SUPPORTS:
                    assert one == other
            if was.method is Method.TECHNICAL:
                assert was == now


NOT_COUNTING: dict[str, dict[str, Any]] = {
    "missing": {"files": (GONE,)},
    "tampered": {"files": (SOUND, CHANGED)},
    "expired": {"valid_until": AS_OF},
    "long expired": {"valid_until": AS_OF - timedelta(days=500)},
    "not signed yet": {"signed_on": (AS_OF + timedelta(days=2)).date()},
    "about other days": {"period": Period(first=date(2024, 1, 1), last=date(2024, 2, 1))},
    "not reviewed": {"reviewed_by": None},
    "reviewed by its signer": {"who": "Ann B", "reviewed_by": "ANN\u00a0b\u200b"},
    "not met": {"conclusion": Conclusion.NOT_MET},
}


@many
@given(world=worlds, seed=st.integers(), how=st.sampled_from(sorted(NOT_COUNTING)))
def test_a_statement_that_does_not_count_never_raises_anything(world: World, seed: int, how: str) -> None:
    strict = world.but(
        controls=tuple(replace(each, four_eyes=True) for each in world.controls),
        period=Period(first=date(2025, 6, 1), last=date(2026, 12, 31)),
    )
    added = replace(statement(Random(seed), "new"), conclusion=Conclusion.MET, files=(SOUND,), reviewed_by="bob")
    never_better(
        strict.assess(), strict.but(attestations=(*strict.attestations, replace(added, **NOT_COUNTING[how]))).assess()
    )


@many
@given(world=worlds, seed=st.integers())
def test_a_statement_never_raises_a_part_that_a_check_fails(world: World, seed: int) -> None:
    found = world.but(attestations=(*world.attestations, statement(Random(seed), "new"))).assess()
    for finding in found.findings:
        for part in finding.parts:
            failing = [
                each.status is Status.NOT_SATISFIED
                for each in part.controls
                if each.checks and each.relation is Relation.MEETS
            ]
            assert not any(failing) or part.status is Status.NOT_SATISFIED


SCRIPT = """
import hashlib, sys
sys.path.insert(0, {folder!r})
from test_laws import fixed_world
from grc.evidence import findings_bytes
print(hashlib.sha256(findings_bytes(fixed_world().assess())).hexdigest())
"""


def fixed_world() -> World:
    """One world with everything in it, made without chance."""
    results = {
        "c0": (result("aws/1/eu", 3, 1), result("aws/1/us", 2)),
        "c1": (result("aws/1/eu", 3, waived=2), result("aws/1/us", 2, unknown=1)),
        "c2": (result("aws/1", 1, complete=False, gaps=(DENIED,)),),
        "c3": (result("register/people", 4), result("file/infra", 1, 1, origin=Origin.PLAN)),
    }
    kinds = {"c0": "aws.vm", "c1": "aws.disk", "c2": "aws.bucket", "c3": "register.people"}
    maps = tuple(claim("k", row, part, relation) for row in ROWS for part in PARTS for relation in Relation)
    return World(
        catalogues=(catalogue("f", *(requirement(row, PARTS) for row in ROWS)),),
        controls=(control("k", tuple(kinds), maps), control("l", ("c3",), (claim("l", "f:3"),))),
        checks=tuple(check(name, kind) for name, kind in kinds.items()),
        populations=tuple(population(name, place) for name, places in PLACES.items() for place in places),
        results=results,
        waivers=(waiver("c1"), waiver("c0", "W2", subject="x")),
        applicability=(scoped_out("f:2"),),
    )


def test_the_same_input_gives_the_same_bytes_in_every_process() -> None:
    script = SCRIPT.format(folder=str(Path(__file__).parent))
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1
    assert len(found.pop()) == 65
