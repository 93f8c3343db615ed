"""Runs checks over evidence: an observation a line for each subject and check, and what each check came to.

Evidence streams through, a chunk of lines at a time: an estate is never held. Several processes judge blocks of records
and the lines are written in the same order, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from grc.assess.blocks import Processes, Setup, judged_by
from grc.assess.judging import Judging
from grc.assess.population import PopulationJudge
from grc.assess.tally import Tally, results
from grc.garbage import collector_paused
from grc.model.assessment import PopulationResult, Waiver
from grc.model.evidence import Population
from grc.model.identifiers import CheckId, KindName, Place
from grc.model.kind import Kind
from grc.model.ports import EvidenceStore
from grc.policy.program import CheckProgram

Write = Callable[[bytes], object]
Results = Mapping[CheckId, tuple[PopulationResult, ...]]


def observe(
    store: EvidenceStore,
    programs: Iterable[CheckProgram],
    kinds: Mapping[KindName, Kind],
    waivers: Iterable[Waiver],
    as_of: datetime,
    org: Mapping[str, object],
    write: Write,
    *,
    declared: Iterable[Place] = (),
    processes: Processes | None = None,
) -> Results:
    """Judge every record by every check of its kind; write a line a subject, by kind, place and subject.

    ``declared`` are the places where evidence must be: a join that reaches one without evidence has a hole.
    ``waivers`` that have expired or were not approved by another are left out; whether a compensating control holds is
    for the caller to see to (``assess.active``).
    Judged by several processes, the lines go where they say and not to ``write``.

    Raises:
        EvidenceError: a population is not what it says it is.
    """
    held = tuple(sorted(programs, key=lambda program: program.check.id))
    found: dict[CheckId, list[PopulationResult]] = {program.check.id: [] for program in held}
    setup = Setup(
        store=store,
        checks=tuple(program.check for program in held),
        kinds=kinds,
        waivers=tuple(waivers),
        as_of=as_of,
        org=org,
        declared=tuple(declared),
    )
    with collector_paused():
        judging = setup.judging(held)
        parts = _here(judging, write) if processes is None else judged_by(processes, setup, judging)
        for check, result in parts:
            found[check].append(result)
    return {check: tuple(each) for check, each in found.items()}


def _here(judging: Judging, write: Write) -> Iterator[tuple[CheckId, PopulationResult]]:
    for population in judging.populations:
        records, tallies = _judged(judging, population, write)
        yield from results(judging.checks(population), population, records, tallies)


def _judged(judging: Judging, population: Population, write: Write) -> tuple[int, Sequence[Tally]]:
    """How many records were judged, and what each check came to. For an empty population no check is compiled."""
    judge: PopulationJudge | None = None
    for chunk in filter(None, judging.store.lines(population)):
        judge = judge or judging.judge(population)
        write(judge.observed(chunk))
    if judge is None:
        return 0, [Tally() for _ in judging.checks(population)]
    return judge.records, judge.tallies()
