"""Judging: the same for a new assessment and for one performed again, so that the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from typing import Final

from grc.assess import Processes, Seen, active, compensating, conclude, observe, proven, refuse_newer
from grc.assess.observe import Results
from grc.evidence import AssessmentWriter, Pack, pack_lines
from grc.model.assessment import Assessment, Effective, Waiver
from grc.model.catalogue import Check, Policy
from grc.model.evidence import Demand
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.workspace import AwsScope
from grc.policy import CheckProgram, compile_check, demand

RISKS: Final = KindName("register.risk-register")
REGION: Final = KindName("aws.account-region")
COUNTS: Final = "config_counts"


def compiled(checks: Iterable[Check], kinds: Mapping[KindName, Kind]) -> tuple[CheckProgram, ...]:
    """The checks made ready to run, in order of id.

    Raises:
        CheckErrors: an expression does not fit the kinds.
    """
    return tuple(compile_check(check, kinds) for check in sorted(checks, key=lambda check: check.id))


def demand_of(programs: Iterable[CheckProgram], aws: AwsScope | None = None) -> Demand:
    """What must be collected for the checks, and of AWS to tie populations out where the workspace says so."""
    found = demand(programs)
    if aws is None or not aws.tie_out:
        return found
    return {**found, REGION: found.get(REGION, frozenset()) | {COUNTS}}


def judge(
    pack: Pack,
    policy: Policy,
    kinds: Mapping[KindName, Kind],
    effective: Effective,
    policy_digest: str,
    write: Callable[[bytes], None],
    processes: Processes | None = None,
) -> Assessment:
    """Observe every subject under every selected check, write the observations, and conclude.

    The bytes are the same however many processes judge.

    Raises:
        CheckErrors: an expression does not fit the kinds.
        EvidenceError: the evidence is newer than the assessment's instant, or is not what was sealed.
    """
    refuse_newer(pack.newest, effective.as_of)
    programs = compiled((policy.checks[name] for name in effective.scope.checks), kinds)
    seen = Seen(populations=pack.populations(), kinds=kinds, results={}, evidence_digest=pack.digest)
    waivers = _counting(pack, policy, programs, effective, seen)
    results = observe(
        pack,
        programs,
        kinds,
        waivers,
        effective.as_of,
        effective.org,
        write,
        declared=effective.scope.places,
        processes=processes,
    )
    found = replace(seen, results=results, risks=_risks(pack) if any(each.risk for each in effective.waivers) else None)
    return conclude(policy, effective, found, policy_digest=policy_digest)


def _counting(
    pack: Pack, policy: Policy, programs: Iterable[CheckProgram], effective: Effective, seen: Seen
) -> tuple[Waiver, ...]:
    """The waivers that count: the checks of compensating controls are judged first, and without waivers."""
    names = compensating(effective.waivers)
    results: Results = {}
    if names:
        chosen = (program for program in programs if program.check.id in names)
        under, places = effective, effective.scope.places
        results = observe(pack, chosen, seen.kinds, (), under.as_of, under.org, _unwritten, declared=places)
    return active(effective.waivers, effective.as_of, proven(policy, effective, replace(seen, results=results)))


def _unwritten(lines: bytes) -> None:
    """These observations are made again, with the others."""


def _risks(pack: Pack) -> frozenset[str] | None:
    """The ids of the risk register, where the pack holds it whole."""
    held = [each for each in pack.populations() if each.unit.kind == RISKS]
    if not held or not all(each.complete and not each.gaps for each in held):
        return None
    return frozenset(record.subject for each in held for record in pack.records(each))


@contextmanager
def several(jobs: int, writer: AssessmentWriter) -> Iterator[Processes | None]:
    """Processes that judge for a writer, or none where one is enough. Spawned: no thread is copied."""
    if jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
        yield Processes(executor=executor, jobs=jobs, pack=pack_lines, write=writer.write_packed)
