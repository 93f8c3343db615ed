"""Which record an observation is of: told in its line where something is explained, else taken from the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from evidence_samples import assess, line_of, observed_passes, write

from grc.canonical import digest
from grc.errors import EvidenceError
from grc.evidence import Pack, open_assessment, verify
from grc.model.assessment import Observed, Outcome
from grc.model.status import Verdict

FAILED = (Outcome(check="aws.s3.bucket.encrypted", verdict=Verdict.FAIL, message="not encrypted"),)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return write(tmp_path / "P")


def records(pack: Pack) -> dict[str, str]:
    """The digests of all buckets' lines, reckoned anew."""
    lines = [
        (record.subject, line)
        for held in pack.populations()
        if held.unit.kind == "aws.s3.bucket"
        for record, line in zip(
            pack.records(held), b"".join(pack.lines(held)).removesuffix(b"\n").split(b"\n"), strict=True
        )
    ]
    return {subject: digest(line) for subject, line in lines}


def sealed(pack: Pack, *found: Observed) -> Path:
    return assess(pack, [line_of(one) for one in found])


def test_what_simply_passed_is_traced_to_its_record(pack: Pack) -> None:
    one, *rest = observed_passes(pack)
    failed = replace(one, digest=records(pack)[one.subject], observations=FAILED)
    sealed(pack, failed, *rest)
    layer = open_assessment(pack)
    assert {seen.subject: seen.digest for seen in layer.traced(pack)} == records(pack)
    assert [seen.digest is None for seen in layer.observed()] == [False, *(True for _ in rest)]
    assert [replace(seen, digest=None) for seen in layer.traced(pack)] == [
        replace(seen, digest=None) for seen in layer.observed()
    ]
    assert verify(pack.path).whole


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, subject=one.subject + "-gone"),
        lambda one: replace(one, place="aws/none"),
        lambda one: replace(one, digest="sha256:" + "0" * 64, observations=FAILED),
    ],
)
def test_an_observation_of_no_record_or_another_is_not_traced(
    pack: Pack, change: Callable[[Observed], Observed]
) -> None:
    sealed(pack, change(observed_passes(pack)[0]))
    with pytest.raises(EvidenceError, match="has no record, or another one"):
        list(open_assessment(pack).traced(pack))


@pytest.mark.parametrize(
    ("told", "outcomes", "whole"),
    [
        (False, (Verdict.PASS,), True),
        (False, (Verdict.NOT_APPLICABLE, Verdict.PASS), True),
        (True, (Verdict.PASS, Verdict.FAIL), True),
        (True, (Verdict.UNKNOWN,), True),
        (True, (Verdict.PASS,), False),
        (False, (Verdict.FAIL,), False),
        (False, (Verdict.PASS, Verdict.UNKNOWN), False),
    ],
)
def test_a_line_names_its_record_where_something_is_explained_and_nowhere_else(
    pack: Pack, told: bool, outcomes: tuple[Verdict, ...], whole: bool
) -> None:
    one = observed_passes(pack)[0]
    seen = tuple(Outcome(check=f"aws.s3.bucket.c{at}", verdict=verdict) for at, verdict in enumerate(outcomes))
    sealed(pack, replace(one, digest=records(pack)[one.subject] if told else None, observations=seen))
    found = verify(pack.path)
    assert found.whole is whole
    assert any("only where a check fails" in fault.message for fault in found.faults) is not whole
