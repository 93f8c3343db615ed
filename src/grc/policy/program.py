"""Checks made ready to run: every expression parsed and typed, parameters bound, and what is read known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from grc.errors import GrcError
from grc.model.catalogue import Check, Related, Within
from grc.model.evidence import Demand
from grc.model.identifiers import CheckId, KindName
from grc.model.kind import Kind
from grc.model.types import ListType, ObjectType, Primitive, Type
from grc.policy.ast import Expression
from grc.policy.binding import parameters, parameters_shape
from grc.policy.checker import Checked, Refused, did_you_mean
from grc.policy.display import any_withheld
from grc.policy.errors import CompileError
from grc.policy.reads import minimal
from grc.policy.shared import ALWAYS, RESOURCE, reads_of, typed
from grc.policy.template import Template, compile_template
from grc.policy.unification import alike, show
from grc.policy.usage import EVERY, names, parameters_used
from grc.policy.values import RecordValue, Unknown, Value

PARAMS: Final = "params"
TAKEN: Final = frozenset({RESOURCE, PARAMS, *ALWAYS})
Field = tuple[str, ...]
"""Where a text stands in a check's entry: ``("assert",)``, ``("relate", "logs", "match", "ResourceId")``."""


@dataclass(frozen=True, slots=True, order=True)
class ExpressionProblem:
    """One thing wrong with one text of a check. ``offset`` counts its characters from 0; None: the text as a whole."""

    field: Field
    offset: int | None
    message: str


class CheckErrors(GrcError):  # noqa: N818 - it carries several
    """A check that cannot be run. Carries *all* problems of its expressions."""

    def __init__(self, check: CheckId, problems: Iterable[ExpressionProblem]) -> None:
        self.check = check
        self.problems = tuple(sorted(set(problems), key=lambda each: (each.field, each.offset or 0, each.message)))
        super().__init__("\n".join(f"{check}: {'.'.join(each.field)}: {each.message}" for each in self.problems))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """One pair of a join: a field of the related kind, and the value of the resource's that it must equal."""

    field: str
    expression: Checked


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RelatedProgram:
    """A list of related records.

    ``reads`` are the paths of each of them that decide, those of the match among them; ``message_reads`` are those of
    the ``fail`` message.
    """

    name: str
    kind: Kind
    matches: tuple[Match, ...]
    within: Within | None
    reads: frozenset[str]
    message_reads: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckProgram:
    """A check made ready to run.

    ``reads`` are the paths of the record that decide the verdict (a whole record is spelled out as its fields);
    ``asserted`` are those of them that ``when`` alone does not read: what the assertion and the joins are given.
    ``message_reads`` are those of the ``fail`` message. ``used`` holds the variables that decide, so that tags are
    decoded only where ``subject`` is among them. ``private``: what decides reads something that must not be shown.
    """

    check: Check
    kind: Kind
    variables: Mapping[str, Type]
    when: Checked | None
    assertion: Checked
    fail: Template
    params: RecordValue
    reads: frozenset[str]
    asserted: frozenset[str]
    message_reads: frozenset[str]
    related: tuple[RelatedProgram, ...]
    used: frozenset[str]
    private: bool

    def bindings(
        self,
        *,
        resource: RecordValue | Unknown,
        subject: RecordValue,
        as_of: datetime,
        org: Mapping[str, object],
        related: Mapping[str, Value] | None = None,
    ) -> dict[str, Value]:
        """The values of all variables for one record. A related list that is not given is empty."""
        lists = {each.name: (related or {}).get(each.name, []) for each in self.related}
        own = {RESOURCE: resource, PARAMS: self.params, "subject": subject, "as_of": as_of, "org": dict(org)}
        return {**own, **lists}


def compile_check(check: Check, kinds: Mapping[KindName, Kind]) -> CheckProgram:
    """Make a check ready to run.

    Raises:
        CheckErrors: with every problem of its expressions.
    """
    return _Compiler(check, kinds).compile()


def demand(programs: Iterable[CheckProgram]) -> Demand:
    """What must be collected for the checks: for each kind, the paths that they and their messages read."""
    wanted: dict[KindName, set[str]] = {}
    for program in programs:
        wanted.setdefault(program.kind.name, set()).update(program.reads, program.message_reads)
        for related in program.related:
            wanted.setdefault(related.kind.name, set()).update(related.reads, related.message_reads)
    return {kind: minimal(paths) for kind, paths in sorted(wanted.items())}


Made = TypeVar("Made")


class _Compiler:
    """Compiles one check; collects problems and goes on."""

    def __init__(self, check: Check, kinds: Mapping[KindName, Kind]) -> None:
        self.check = check
        self.kinds = kinds
        self.problems: list[ExpressionProblem] = []

    def compile(self) -> CheckProgram:
        kind = self.kinds.get(self.check.kind)
        if kind is None:
            hint = did_you_mean(self.check.kind, sorted(self.kinds))
            self._refuse(("kind",), f"there is no kind {self.check.kind!r}{hint}")
            raise CheckErrors(self.check.id, self.problems)
        params = parameters_shape(self.check.parameters)
        joins = [each for each in self.check.relate if self._acceptable(each)]
        lists = {each.name: ListType(self.kinds[each.kind].shape) for each in joins}
        matches = {each.name: self._matches(each, kind, params) for each in joins}
        others: dict[str, Type] = {PARAMS: params, **lists}
        when = None
        if self.check.when is not None:
            when = self._expression(("when",), self.check.when, kind, others, Primitive.BOOL)
        assertion = self._expression(("assert",), self.check.assertion, kind, others, Primitive.BOOL)
        fail = self._attempt(
            ("fail",), lambda: compile_template(self.check.fail, lambda each: typed(each, kind.shape, others))
        )
        expressions = [each.expression for each in _deciding(when, assertion, matches)]
        used = frozenset().union(*map(names, expressions))
        if not self.problems:
            self._refuse_unused(expressions, used, lists)
        if self.problems or assertion is None or fail is None:
            raise CheckErrors(self.check.id, self.problems)
        variables = {RESOURCE: kind.shape, **ALWAYS, **others}
        return self._program(kind, params, variables, when, assertion, fail, matches, used)

    def _program(
        self,
        kind: Kind,
        params: ObjectType,
        variables: Mapping[str, Type],
        when: Checked | None,
        assertion: Checked,
        fail: Template,
        matches: Mapping[str, tuple[Match, ...]],
        used: frozenset[str],
    ) -> CheckProgram:
        shapes = {RESOURCE: kind.shape, **{each.name: self.kinds[each.kind].shape for each in self.check.relate}}
        asserted = [reads_of(each, shapes) for each in _deciding(None, assertion, matches)]
        decided = _together(asserted if when is None else [reads_of(when, shapes), *asserted], shapes)
        of_holes = {hole: reads_of(hole.checked, shapes) for hole in fail.holes}
        told = _together(of_holes.values(), shapes)
        return CheckProgram(
            check=self.check,
            kind=kind,
            variables=variables,
            when=when,
            assertion=assertion,
            fail=fail.withholding(hole for hole, paths in of_holes.items() if any_withheld(shapes, paths)),
            params=parameters(self.check.parameters, params),
            reads=decided[RESOURCE],
            asserted=_together(asserted, shapes)[RESOURCE],
            message_reads=told[RESOURCE],
            related=tuple(
                RelatedProgram(
                    name=each.name,
                    kind=self.kinds[each.kind],
                    matches=matches[each.name],
                    within=each.within,
                    reads=minimal([*decided[each.name], *each.match]),
                    message_reads=told[each.name],
                )
                for each in self.check.relate
            ),
            private=any_withheld(shapes, decided),
            used=used & frozenset(variables),
        )

    def _refuse(self, field: Field, message: str, offset: int | None = None) -> None:
        self.problems.append(ExpressionProblem(field, offset, message))

    def _attempt(self, field: Field, make: Callable[[], Made]) -> Made | None:
        try:
            return make()
        except Refused as error:
            for each in error.refusals:
                self._refuse(field, each.message, each.offset)
        except CompileError as error:
            self._refuse(field, error.message, error.offset)
        return None

    def _expression(
        self, field: Field, source: str, kind: Kind, others: Mapping[str, Type], result: Type
    ) -> Checked | None:
        return self._attempt(field, lambda: typed(source, kind.shape, others, result))

    def _acceptable(self, related: Related) -> bool:
        at = ("relate", related.name)
        if related.name in TAKEN:
            self._refuse(at, f"{related.name!r} is taken: choose another name")
        elif related.kind not in self.kinds:
            hint = did_you_mean(related.kind, sorted(self.kinds))
            self._refuse((*at, "kind"), f"there is no kind {related.kind!r}{hint}")
        elif not related.match:
            self._refuse((*at, "match"), "pairs nothing: name at least one field of the related kind")
        else:
            return True
        return False

    def _matches(self, related: Related, kind: Kind, params: ObjectType) -> tuple[Match, ...]:
        found = []
        for path, source in sorted(related.match.items()):
            field = ("relate", related.name, "match", path)
            declared = self._match_type(field, self.kinds[related.kind].shape, path)
            checked = self._expression(field, source, kind, {PARAMS: params}, Primitive.DYN)
            if declared is None or checked is None:
                continue
            if not alike(declared, checked.type):
                self._refuse(field, f"{path} is {show(declared)} and never equals {show(checked.type)}", 0)
            found.append(Match(field=path, expression=checked))
        return tuple(found)

    def _match_type(self, field: Field, shape: ObjectType, path: str) -> Type | None:
        """The type of the field that a join looks up; only a plain value can be looked up."""
        found: Type = shape
        for step in path.split("."):
            if not isinstance(found, ObjectType) or step not in found.fields:
                names = sorted(found.fields) if isinstance(found, ObjectType) else []
                self._refuse(field, f"{show(found)} has no field {step!r}{did_you_mean(step, names)}")
                return None
            found = found.fields[step].type
        if not isinstance(found, Primitive):
            self._refuse(field, f"{path} is {show(found)}: a join matches a plain value")
            return None
        return found

    def _refuse_unused(self, expressions: Sequence[Expression], used: frozenset[str], lists: Iterable[str]) -> None:
        for name in lists:
            if name not in used:
                self._refuse(("relate", name), "is related and decides nothing: use it or remove it")
        chosen = frozenset().union(*map(parameters_used, expressions)) if self.check.parameters else frozenset()
        for parameter in self.check.parameters:
            if not chosen & {parameter.name, EVERY}:
                self._refuse(("params", parameter.name), "is declared and decides nothing: use it or remove it")


def _deciding(
    when: Checked | None, assertion: Checked | None, matches: Mapping[str, tuple[Match, ...]]
) -> tuple[Checked, ...]:
    """The expressions that a verdict rests on."""
    paired = [match.expression for each in matches.values() for match in each]
    return tuple(each for each in (when, assertion, *paired) if each is not None)


def _together(
    read: Iterable[Mapping[str, frozenset[str]]], shapes: Mapping[str, ObjectType]
) -> dict[str, frozenset[str]]:
    """The paths that some expressions read together, below each variable that holds evidence."""
    found: dict[str, set[str]] = {root: set() for root in shapes}
    for each in read:
        for root, paths in each.items():
            found[root] |= frozenset(shapes[root].fields) if "" in paths else paths
    return {root: minimal(paths) for root, paths in found.items()}
