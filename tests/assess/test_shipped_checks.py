"""The shipped checks' worked examples, judged as evidence in a store: the short way says what their authors expect."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from estates import estate, line, population
from lengths import in_turn
from observation_lines import single

from grc.assess.observe import observe
from grc.catalogue import load
from grc.kinds import load as load_kinds
from grc.model.catalogue import Check, Example
from grc.model.evidence import Origin
from grc.model.identifiers import CheckId, KindName
from grc.policy import compile_check
from grc.policy.compiler import compile_kind
from grc.policy.examples import resource_body

ROOT = Path(__file__).parent.parent.parent
KINDS = load_kinds()
CLOCK = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def checks() -> dict[CheckId, Check]:
    return dict(load([ROOT], KINDS, examples=True).checks)


def cases() -> list[Any]:
    """The examples that an estate of one record can show: no related records, the parameters as shipped.

    One in six of each check, its first among them: lint holds every one against both ways of judging.
    """
    return [
        pytest.param(check, example, id=f"{check.id}-{number}")
        for check in checks().values()
        for number, example in enumerate(check.examples)
        if in_turn(number, 2) and not check.relate and not example.params
    ]


@pytest.mark.parametrize(("check", "example"), cases())
def test_an_example_is_judged_as_its_author_expects(check: Check, example: Example) -> None:
    kind = KINDS[check.kind]
    program = compile_check(check, KINDS)
    text = line("example", resource_body(program, example), gaps=dict(example.gaps), tags=dict(example.tags))
    place = "register/example" if kind.provider == "register" else "aws/111122223333"
    held = population(kind, place, text, origin=Origin.LIVE)
    as_of = CLOCK if example.as_of is None else datetime.fromisoformat(example.as_of)
    written: list[bytes] = []
    observe(estate(held), [program], KINDS, (), as_of, example.org, written.append)
    (found,) = single(b"".join(written))
    assert found["verdict"] == example.expected


INTERPRETED = [
    "aws.account-region.vulnerability-scans",
    "aws.account.ai-opt-out",
    "aws.cognito.user-pool.threat-protection",
    "aws.dax.cluster.multi-az",
    "aws.lambda.function.services-bound",
    "register.assets.bucket-exists",
    "register.assets.database-exists",
    "register.assets.instance-exists",
    "register.breaches.hipaa-media-told",
    "register.breaches.hipaa-persons-in-60-days",
    "register.breaches.hipaa-secretary-large",
    "register.breaches.hipaa-secretary-told",
    "register.breaches.hipaa-secretary-yearly",
    "register.dsr-log.extension-told",
    "register.dsr-log.in-time",
    "register.raci.accountable-is-active",
    "register.sla-metrics.uptime-computed",
]
"""Those of assets and decision rights join by the first or last of a list, those of breaches and of rights requests ask
for days in the organisation's time zone; the others make maps or lists that the compiler leaves to the interpreter.
That costs speed, no more."""


def test_shipped_checks_are_compiled() -> None:
    left = [check.id for check in checks().values() if compile_kind([compile_check(check, KINDS)], CLOCK, {}).left_out]
    assert left == INTERPRETED


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_bucket_is_found_in_the_inventory_by_its_arn(partition: str) -> None:
    check = checks()[CheckId("aws.s3.bucket.in-asset-register")]
    arn = f"arn:{partition}:s3:::b"
    assets = KINDS[KindName("register.assets")]
    listed = line("a1", {"asset_id": "a1", "cloud_id": arn, "lifecycle": "in-use"})
    held = estate(
        population(KINDS[check.kind], "aws/111122223333", line(arn, {"Name": "b"}), origin=Origin.LIVE),
        population(assets, "register/assets", listed, origin=Origin.REGISTER),
    )
    written: list[bytes] = []
    observe(held, [compile_check(check, KINDS)], KINDS, (), CLOCK, {}, written.append)
    assert [found["verdict"] for found in single(b"".join(written))] == ["pass"]
