"""A year of runs over a made-up policy, hostile names included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random

from report_sample import HOSTILE

from grc.model.catalogue import Check, Policy
from grc.model.identifiers import CheckId, Place, RequirementId, SubjectId, SubjectKey
from grc.model.overtime import (
    CheckInRun,
    CheckOverTime,
    Ending,
    Lapse,
    OverTime,
    Ran,
    RequirementInRun,
    RequirementOverTime,
    Stretch,
)
from grc.model.status import Status
from grc.model.workspace import Organisation
from grc.report import PeriodInput

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
WORST = (Status.NOT_SATISFIED, Status.UNKNOWN, Status.WAIVED, Status.SATISFIED)


def period_sample(policy: Policy, runs: int = 52, lapses: int = 3, every: int | None = 7) -> PeriodInput:
    """A period of ``runs`` stretches of a week, of which every tenth has no run. A quarter of the checks fails in
    some run, with so many ``lapses`` each; others are undecided, waived or sound."""
    stretches = [_week(number) for number in range(runs)]
    missed = tuple(it for number, it in enumerate(stretches) if number % 10 == 9)
    moments = [it.begins + timedelta(hours=3) for it in stretches if it not in missed]
    random, names = Random(7), cycle(HOSTILE)
    checks = tuple(
        _check(check, worst, moments, [SubjectId(f"{next(names)}-{number}") for number in range(lapses)], random)
        for check, worst in zip(sorted(policy.checks.values(), key=lambda it: it.id), cycle(WORST), strict=False)
    )
    return PeriodInput(
        found=OverTime(
            period=Stretch(begins=BEGINS, ends=stretches[-1].ends),
            over=stretches[-1].ends,
            runs=tuple(_ran(at, number) for number, at in enumerate(moments)),
            outside=(f"packs/{HOSTILE[0]}",),
            planned=tuple(stretches) if every else (),
            missed=missed if every else (),
            checks=checks,
            requirements=tuple(_requirements(policy, moments, [it.check for it in checks], random)),
        ),
        policy=policy,
        organisation=Organisation(name=f"Clinic {HOSTILE[0]}", timezone="Europe/Berlin", contacts={}),
        engine_version="0.1.0",
        every=every,
    )


def _week(number: int) -> Stretch:
    return Stretch(begins=BEGINS + timedelta(days=7 * number), ends=BEGINS + timedelta(days=7 * number + 7))


def _ran(at: datetime, number: int) -> Ran:
    judge = "sha256:" + ("a" if number < 20 else "b") * 64
    pack = f"sha256:{number:064x}"
    return Ran(path=f"packs/{number}-{HOSTILE[1]}", pack=pack, collected=at, judge=judge, as_of=at)


def _check(
    check: Check, worst: Status, moments: Sequence[datetime], subjects: Sequence[SubjectId], random: Random
) -> CheckOverTime:
    first = random.randrange(len(moments) // 2)
    last = first + random.randrange(len(moments) - first)
    fails = worst is Status.NOT_SATISFIED
    return CheckOverTime(
        check=check.id,
        severity=check.severity,
        runs=tuple(
            _shown(at, worst if first <= number <= last else Status.SATISFIED, len(subjects))
            for number, at in enumerate(moments)
        ),
        lapses=tuple(_lapse(it, moments, first, last) for it in subjects) if fails else (),
    )


def _shown(at: datetime, status: Status, failed: int) -> CheckInRun:
    fails = status is Status.NOT_SATISFIED
    return CheckInRun(
        collected=at,
        status=status,
        fell_short=fails,
        undecided=status is Status.UNKNOWN,
        failed=failed if fails else 0,
        subjects=failed + 2,
    )


def _lapse(subject: SubjectId, moments: Sequence[datetime], first: int, last: int) -> Lapse:
    ended = last + 1 < len(moments)
    return Lapse(
        subject=SubjectKey(("aws.s3.bucket", Place(f"aws/{HOSTILE[0]}"), subject)),
        sound_before=moments[first - 1] if first else None,
        first=moments[first],
        last=moments[last],
        ended_by=moments[last + 1] if ended else None,
        ending=Ending.MENDED if ended else Ending.OPEN,
    )


def _requirements(
    policy: Policy, moments: Sequence[datetime], checks: Sequence[CheckId], random: Random
) -> list[RequirementOverTime]:
    rows = [row.id for it in policy.catalogues.values() for row in it.requirements if row.counted_in is not None]
    return [_requirement(row, moments, random, frozenset(random.sample(checks, 1)) if n % 9 == 0 else frozenset())
            for n, row in enumerate(rows)]  # fmt: skip


def _requirement(
    row: RequirementId, moments: Sequence[datetime], random: Random, checks: frozenset[CheckId]
) -> RequirementOverTime:
    turn = random.randrange(len(moments)) if random.random() < 0.1 else None
    return RequirementOverTime(
        requirement=row,
        runs=tuple(
            RequirementInRun(
                collected=at,
                status=Status.NOT_SATISFIED if turn is not None and number >= turn else Status.NOT_ASSESSED,
            )
            for number, at in enumerate(moments)
        ),
        checks=checks,
    )
