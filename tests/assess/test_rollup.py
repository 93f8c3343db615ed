"""The rules of how statuses combine, over every list of up to five of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from grc.assess.rollup import all_of, is_good, lowered, over_parts, over_subjects
from grc.model.status import GOOD, UNDECIDED, Status, Verdict

LETTERS = {
    "S": Status.SATISFIED,
    "P": Status.PARTIAL,
    "F": Status.NOT_SATISFIED,
    "W": Status.WAIVED,
    "I": Status.INHERITED,
    "U": Status.UNKNOWN,
    "O": Status.STALE,  # old
    "N": Status.NOT_ASSESSED,
    "-": Status.NOT_APPLICABLE,
}


def lists(longest: int = 5) -> Iterator[tuple[Status, ...]]:
    for length in range(longest + 1):
        yield from product(Status, repeat=length)


def matrix(text: str) -> list[tuple[Status, Status, Status]]:
    """The cells of a table as they are written: row, column, what they give together."""
    head, *rows = (line.split() for line in text.split("\n")[1:-1])
    return [
        (LETTERS[first], LETTERS[second], LETTERS[cell])
        for first, *cells in rows
        for second, cell in zip(head, cells, strict=True)
    ]


# written by hand from the rules, each cell thought through

ALL_OF_TWO = """
  S P F W I U O N -
S S P F W S U O N S
P P P F P P P P P P
F F F F F F F F F F
W W P F W W U O N W
I S P F W I U O N I
U U P F U U U U U U
O O P F O O U O O O
N N P F N N U O N N
- S P F W I U O N -
"""

OVER_TWO_PARTS = """
  S P F W I U O N -
S S P P W S U O N S
P P P P P P P P P P
F P P F P P F F F F
W W P P W W U O N W
I S P P W I U O N I
U U P F U U U U U U
O O P F O O U O O O
N N P F N N U O N N
- S P F W I U O N N
"""

LOWERED_BY_ONE = """
  S P F W I U O N -
S S P P W S U O N S
P P P P P P P P P P
F F F F F F F F F F
W W P P W W U O N W
I I P P W I U O N I
U U U U U U U U U U
O O P P O O O O O O
N N N N N N N N N N
- - - - - - - - - -
"""


@pytest.mark.parametrize(("one", "other", "wanted"), matrix(ALL_OF_TWO))
def test_two_that_are_both_needed(one: Status, other: Status, wanted: Status) -> None:
    assert all_of([one, other]) is wanted


@pytest.mark.parametrize(("one", "other", "wanted"), matrix(OVER_TWO_PARTS))
def test_two_parts(one: Status, other: Status, wanted: Status) -> None:
    assert over_parts([one, other]) is wanted


@pytest.mark.parametrize(("met", "support", "wanted"), matrix(LOWERED_BY_ONE))
def test_what_is_met_and_one_support(met: Status, support: Status, wanted: Status) -> None:
    assert lowered(met, [support]) is wanted


def written_rule_2(statuses: tuple[Status, ...]) -> str:
    """The rule's sentences, one after the other."""
    if len(statuses) == 0:
        return "not_assessed"
    values = [status.value for status in statuses if status.value != "not_applicable"]
    if values == []:
        return "not_applicable"
    for value in ("not_satisfied", "partial", "unknown", "stale", "not_assessed", "waived"):
        if values.count(value) > 0:
            return value
    return "inherited" if values.count("inherited") == len(values) else "satisfied"


def written_rule_4(statuses: tuple[Status, ...]) -> str:
    values = [status.value for status in statuses if status.value != "not_applicable"]
    if values == []:
        return "not_assessed"
    if values.count("not_satisfied") + values.count("partial") > 0:
        some = sum(values.count(value) for value in ("satisfied", "waived", "inherited", "partial"))
        return "partial" if some > 0 else "not_satisfied"
    for value in ("unknown", "stale", "not_assessed", "waived"):
        if values.count(value) > 0:
            return value
    return "inherited" if values.count("inherited") == len(values) else "satisfied"


def test_rule_2_over_every_list() -> None:
    for statuses in lists():
        assert all_of(statuses).value == written_rule_2(statuses), statuses


def test_rule_4_over_every_list() -> None:
    for statuses in lists():
        assert over_parts(statuses).value == written_rule_4(statuses), statuses


def test_no_support_ever_raises_a_part_and_order_does_not_matter() -> None:
    for met in Status:
        for supports in lists(4):
            found = lowered(met, supports)
            assert found is lowered(met, reversed(supports))
            assert found is lowered(met, (*supports, *supports))
            assert not is_good(found) or is_good(met)
            assert found is met or met in (Status.SATISFIED, Status.WAIVED, Status.INHERITED, Status.STALE)
            if Status.NOT_SATISFIED in supports or Status.PARTIAL in supports:
                assert not is_good(found) or met is Status.NOT_APPLICABLE


def test_satisfied_needs_a_reason() -> None:
    """Nothing at all is never a pass, and satisfied never hides anything."""
    assert all_of([]) is Status.NOT_ASSESSED
    assert over_parts([]) is Status.NOT_ASSESSED
    calm = {Status.SATISFIED, Status.INHERITED, Status.NOT_APPLICABLE}
    for statuses in lists():
        for found in (all_of(statuses), over_parts(statuses)):
            if found is Status.SATISFIED:
                assert Status.SATISFIED in statuses
                assert set(statuses) <= calm


def test_losing_one_of_several_never_makes_anything_good() -> None:
    """Any status may become undecided, when its evidence is lost."""
    for statuses in lists(4):
        for index in range(len(statuses)):
            for lost in UNDECIDED:
                less = (*statuses[:index], lost, *statuses[index + 1 :])
                for combine in (all_of, over_parts, lambda found: lowered(Status.SATISFIED, found)):
                    assert not is_good(combine(less)) or is_good(combine(statuses)), (statuses, less)


@pytest.mark.parametrize("failed", range(3))
@pytest.mark.parametrize("undecided", [False, True])
@pytest.mark.parametrize("stale", [False, True])
@pytest.mark.parametrize("passed", range(3))
@pytest.mark.parametrize("waived", range(3))
def test_rule_1_over_every_combination(failed: int, undecided: bool, stale: bool, passed: int, waived: int) -> None:
    found = over_subjects(failed=failed, undecided=undecided, stale=stale, passed=passed, waived=waived)
    ladder = [
        (failed > 0, "not_satisfied"),
        (undecided, "unknown"),
        (stale, "stale"),
        (passed == 0 and waived == 0, "not_applicable"),
        (waived > 0, "waived"),
        (True, "satisfied"),
    ]
    assert found.value == next(name for holds, name in ladder if holds)


def test_a_status_and_a_verdict_are_not_truth_values() -> None:
    for value in (*Status, *Verdict):
        with pytest.raises(TypeError, match="not a truth value"):
            bool(value)


def test_the_good_ones_are_four() -> None:
    assert {status for status in Status if is_good(status)} == set(GOOD)
    assert not GOOD & UNDECIDED
