"""One check answers everywhere: what is live and what is planned agree, or the difference is explained.

Each estate is made once through the API of a simulated AWS and once as the plan that would make it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from terraform_estates import LONG, QUICK
from terraform_twins import Pair, judged

from grc.collect.terraform.translation import load_translations
from grc.yamltext import read

TABLE: Mapping[str, Sequence[Mapping[str, Any]]] = read(
    Path(__file__).parents[1] / "samples" / "terraform_parity.yaml"
).value
DECIDED = ("pass", "fail", "not_applicable")
GROUPS = [pytest.param(QUICK, id="quick"), pytest.param(LONG, id="long", marks=pytest.mark.slow)]

Judged = Mapping[str, Sequence[Pair]]


@pytest.fixture(scope="module", params=GROUPS)
def pairs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """The pairs of verdicts by kind, of one group of estates."""
    return judged(tmp_path_factory.mktemp("parity"), request.param)


def explained(pair: Pair) -> bool:
    return any(
        (one["check"], one["live"], one["planned"]) == (pair.check, pair.live, pair.planned)
        and pair.address in one["resources"]
        for one in TABLE["differences"]
    )


def test_live_and_planned_agree_or_the_difference_is_explained(pairs: Judged) -> None:
    both = [pair for of_kind in pairs.values() for pair in of_kind if {pair.live, pair.planned} <= {*DECIDED}]
    assert len(both) >= 150
    different = [pair for pair in both if pair.live != pair.planned and not explained(pair)]
    assert different == []


def test_no_explanation_is_out_of_date(pairs: Judged) -> None:
    seen = [pair for of_kind in pairs.values() for pair in of_kind]
    for one in TABLE["differences"]:
        for address in one["resources"]:
            held = [pair for pair in seen if (pair.check, pair.address) == (one["check"], address)]
            assert all(explained(pair) for pair in held), (one, held)


def test_a_plan_passes_what_is_well_kept_and_fails_what_is_not(pairs: Judged) -> None:
    """Agreement alone would hold where a plan never decides."""
    for kind, of_kind in pairs.items():
        planned = {pair.planned for pair in of_kind}
        assert "fail" in planned or kind in HAS_NO_BAD, kind
        assert "pass" in planned or kind in HAS_NO_GOOD, kind


HAS_NO_GOOD = {"aws.ec2.vpc", "aws.autoscaling.group", "aws.guardduty.detector", "aws.ecs.service"}
HAS_NO_BAD = {"aws.ec2.vpc", "aws.guardduty.detector", "aws.account-region", "aws.cloudwatch.alarm"}
"""What would decide their checks is known after apply alone, or joined, as the composite alarms are by which an alarm
may act; and the region has each setting once."""


def test_every_translated_kind_has_twins_or_a_reason_for_none() -> None:
    text = (Path(__file__).parents[1] / "samples" / "terraform_estates.py").read_text(encoding="utf-8")
    apart = {one["kind"] for one in TABLE["apart"]}
    made: dict[str, bool] = {}
    for one in load_translations():
        made[one.kind] = made.get(one.kind, False) or f'"{one.type}.' in text
    assert {kind for kind, here in made.items() if not here} == apart
    assert all(one["reason"] for one in (*TABLE["apart"], *TABLE["differences"]))


def test_what_a_plan_cannot_know_is_unknown(pairs: Judged) -> None:
    for of_kind in pairs.values():
        for pair in of_kind:
            assert pair.planned in (*DECIDED, "unknown")
    said = {(pair.check, pair.address): pair.planned for pair in pairs.get("aws.ec2.instance", ())}
    assert not said or said["aws.ec2.instance.recent", "aws_instance.kept"] == "unknown"
