"""The shipped checks as data: sound, shown by examples, listed by controls, and honest about where they come from."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from grc import kinds
from grc.catalogue.loading import Loaded
from grc.model.identifiers import CheckId
from grc.model.status import Verdict
from grc.policy.agreement import disagreements
from grc.policy.examples import example_problems, missing_verdicts
from grc.policy.lint import absent_passes_problems
from grc.policy.mutation import survivors
from grc.policy.program import CheckProgram

Programs = Mapping[CheckId, CheckProgram]


def test_they_load_without_a_problem(shipped: Loaded) -> None:
    assert [str(problem) for problem in shipped.problems] == []
    assert len(shipped.checks) >= 179


def test_every_example_gives_its_verdict(programs: Programs) -> None:
    found = {name: example_problems(program) for name, program in programs.items()}
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_every_verdict_that_a_check_can_give_has_an_example(programs: Programs) -> None:
    found = {name: missing_verdicts(program) for name, program in programs.items()}
    assert {name: missing for name, missing in found.items() if missing} == {}


@pytest.mark.slow
def test_the_examples_notice_every_mutant(programs: Programs) -> None:
    found = {name: survivors(program) for name, program in programs.items()}
    assert {name: alive for name, alive in found.items() if alive} == {}


def test_no_check_passes_over_what_is_absent_without_saying_why(programs: Programs) -> None:
    found = {name: absent_passes_problems(program) for name, program in programs.items()}
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_generated_code_agrees_with_the_interpreter(programs: Programs) -> None:
    found = {name: disagreements(program) for name, program in programs.items()}
    assert {name: differing for name, differing in found.items() if differing} == {}


def test_every_join_has_an_example_with_a_hole_that_is_unknown(programs: Programs) -> None:
    lacking = [
        (name, related.name)
        for name, program in programs.items()
        for related in program.related
        if not any(related.name in each.holes and each.expected is Verdict.UNKNOWN for each in program.check.examples)
    ]
    assert lacking == []


def test_every_register_has_checks_of_its_own(shipped: Loaded) -> None:
    tested = {placed.check.kind for placed in shipped.checks.values()}
    assert {name for name in kinds.load() if name.startswith("register.")} <= tested


def test_every_register_has_examples_that_pass_that_fail_and_that_are_unknown(shipped: Loaded) -> None:
    shown: dict[str, set[Verdict]] = {name: set() for name in kinds.load() if name.startswith("register.")}
    for placed in shipped.checks.values():
        if placed.check.kind in shown:
            shown[placed.check.kind].update(example.expected for example in placed.check.examples)
    assert len(shown) >= 32
    wanted = {Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN}
    assert {name: wanted - found for name, found in shown.items() if not wanted <= found} == {}


def test_every_check_is_listed_by_a_control(shipped: Loaded) -> None:
    listed = {
        name for placed in shipped.controls.values() for name in (*placed.control.deciding, *placed.control.advisory)
    }
    assert listed == set(shipped.checks)


def test_a_check_does_not_stand_twice_in_one_control(shipped: Loaded) -> None:
    for placed in shipped.controls.values():
        names = [*placed.control.deciding, *placed.control.advisory]
        assert len(names) == len(set(names)), placed.control.id


def test_equivalents_name_checks_that_exist(shipped: Loaded, reference: Path) -> None:
    with (reference / "aws_check_index.csv").open(encoding="utf-8", newline="") as file:
        known = {row["check_id"] for row in csv.DictReader(file)}
    named = {
        (name, other)
        for name, placed in shipped.checks.items()
        for other in placed.check.equivalents.get("prowler", ())
    }
    assert named, "no check names an equivalent"
    assert {pair for pair in named if pair[1] not in known} == set()
