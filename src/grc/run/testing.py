"""Testing checks: their examples, and whether the examples would notice a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grc.model.catalogue import Check
from grc.model.identifiers import CheckId, KindName
from grc.model.kind import Kind
from grc.policy import CheckErrors, CheckProgram, compile_check
from grc.policy.agreement import disagreements
from grc.policy.examples import missing_verdicts, run_examples
from grc.policy.mutation import edits, survivors


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedCheck:
    """What testing one check came to."""

    __test__ = False  # not a test, although it begins with that word

    check: CheckId
    examples: int
    mutants: int
    failures: tuple[str, ...]


def test_checks(checks: Iterable[Check], kinds: Mapping[KindName, Kind]) -> tuple[TestedCheck, ...]:
    """Run every check's examples, and every mutant of it that its examples must notice."""
    return tuple(_tested(check, kinds) for check in checks)


def _tested(check: Check, kinds: Mapping[KindName, Kind]) -> TestedCheck:
    try:
        program = compile_check(check, kinds)
    except CheckErrors as error:
        return TestedCheck(check=check.id, examples=0, mutants=0, failures=(str(error),))
    return TestedCheck(
        check=check.id,
        examples=len(check.examples),
        mutants=sum(len(edits(checked)) for checked in (program.when, program.assertion) if checked is not None),
        failures=tuple(_failures(program)),
    )


def _failures(program: CheckProgram) -> Iterator[str]:
    for verdict in missing_verdicts(program):
        yield f"no example is {verdict}"
    for result in run_examples(program):
        if not result.as_expected:
            place = result.example.position
            why = f": {result.seen.reason}" if result.seen.reason else ""
            expected = f"expected {result.example.expected}, is {result.seen.verdict}{why}"
            yield f"{place.path}:{place.line}:{place.column}: example {result.index + 1}: {expected}"
    for disagreement in disagreements(program):
        yield f"the compiled check and the interpreter disagree: {disagreement}"
    for mutant in survivors(program):
        yield f"no example notices {mutant.change} in {mutant.field}: {mutant.text}"
