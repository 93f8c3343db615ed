"""Judging: the same for a new assessment and for one performed again, so that the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from grc.assess import Processes, Seen, conclude, observe, refuse_newer
from grc.evidence import AssessmentWriter, Pack, pack_lines
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
    results = observe(
        pack,
        programs,
        kinds,
        effective.waivers,
        effective.as_of,
        effective.org,
        write,
        declared=effective.scope.places,
        processes=processes,
    )
    seen = Seen(populations=pack.populations(), kinds=kinds, results=results, evidence_digest=pack.digest)
    return conclude(policy, effective, seen, policy_digest=policy_digest)


@contextmanager
def several(jobs: int, writer: AssessmentWriter) -> Iterator[Processes | None]:
    """Processes that judge for a writer, or none where one is enough. Spawned: no thread is copied."""
    if jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor:
        yield Processes(executor=executor, jobs=jobs, pack=pack_lines, write=writer.write_packed)
