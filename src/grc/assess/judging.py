"""Everything that judging takes, brought together: the evidence, the checks of each kind, and the circumstances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grc.assess.alike import Alike
from grc.assess.exact import Circumstances
from grc.assess.joins import Joins
from grc.assess.places import Reach
from grc.assess.population import PopulationJudge
from grc.model.evidence import Population
from grc.model.identifiers import CheckId, KindName, Place
from grc.model.kind import Kind
from grc.model.ports import EvidenceStore
from grc.policy.compiler import CompiledKind, compile_kind
from grc.policy.program import CheckProgram


class Judging:
    """Makes a judge for each population that some check is about.

    The checks of a kind are compiled when its first population comes, and its joins are kept until the next kind's.
    """

    def __init__(
        self,
        store: EvidenceStore,
        programs: Iterable[CheckProgram],
        kinds: Mapping[KindName, Kind],
        declared: Iterable[Place],
        terms: Circumstances,
    ) -> None:
        self.store = store
        self.terms = terms
        self._programs: dict[KindName, list[CheckProgram]] = {}
        for program in sorted(programs, key=lambda each: each.check.id):
            self._programs.setdefault(program.kind.name, []).append(program)
        held = sorted(store.populations(), key=lambda each: (each.unit.kind, each.unit.place))
        self.populations = tuple(each for each in held if each.unit.kind in self._programs)
        self._reach = Reach(held, kinds, declared)
        self._compiled: dict[KindName, tuple[CompiledKind, Alike]] = {}
        self._joins: Joins | None = None

    def checks(self, population: Population) -> Sequence[CheckId]:
        """The checks of a population's kind, in the order of a judge's tallies."""
        return [program.check.id for program in self._programs[population.unit.kind]]

    def judge(self, population: Population) -> PopulationJudge:
        """A judge that has judged nothing yet."""
        kind = population.unit.kind
        if kind not in self._compiled:
            made = compile_kind(self._programs[kind], self.terms.as_of, self.terms.org)
            self._compiled[kind] = made, Alike(made, self.terms.as_of, self.terms.org)
        compiled, alike = self._compiled[kind]
        if self._joins is None or self._joins.compiled is not compiled:
            self._joins = Joins(compiled, self.store, self._reach)
        return PopulationJudge(compiled, alike, population, self._joins.from_place(population), self.terms)
