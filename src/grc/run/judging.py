"""Judging: the same for a new assessment and for one performed again, so that the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import get_context

from grc.assess import Seen, conclude, observe, refuse_newer
from grc.evidence import Pack
from grc.model.assessment import Assessment, Effective
from grc.model.catalogue import Check, Policy
from grc.model.evidence import Demand
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.policy import CheckProgram, compile_check, demand


def compiled(checks: Iterable[Check], kinds: Mapping[KindName, Kind]) -> tuple[CheckProgram, ...]:
    """The checks made ready to run, in order of id.

    Raises:
        CheckErrors: an expression does not fit the kinds.
    """
    return tuple(compile_check(check, kinds) for check in sorted(checks, key=lambda check: check.id))


def demand_of(programs: Iterable[CheckProgram]) -> Demand:
    """What must be collected for the checks."""
    return demand(programs)


def judge(
    pack: Pack,
    policy: Policy,
    kinds: Mapping[KindName, Kind],
    effective: Effective,
    policy_digest: str,
    write: Callable[[bytes], None],
    jobs: int = 1,
) -> Assessment:
    """Observe every subject under every selected check, write the observations, and conclude.

    ``jobs`` is the number of processes; the bytes are the same whatever it is.

    Raises:
        CheckErrors: an expression does not fit the kinds.
        EvidenceError: the evidence is newer than the assessment's instant, or is not what was sealed.
    """
    refuse_newer(pack.newest, effective.as_of)
    programs = compiled((policy.checks[name] for name in effective.scope.checks), kinds)
    with _processes(jobs) as executor:
        results = observe(
            pack,
            programs,
            kinds,
            effective.waivers,
            effective.as_of,
            effective.org,
            write,
            declared=effective.scope.places,
            executor=executor,
            jobs=jobs,
        )
    seen = Seen(populations=pack.populations(), kinds=kinds, results=results, evidence_digest=pack.digest)
    return conclude(policy, effective, seen, policy_digest=policy_digest)


def _processes(jobs: int) -> AbstractContextManager[Executor | None]:
    """A pool of processes, or none where one process is enough. Spawned: the collector's threads are not copied."""
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) if jobs > 1 else nullcontext()
