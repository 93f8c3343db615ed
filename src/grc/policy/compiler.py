"""Compiles the checks of one kind to one Python function over projected records.

The function never judges what it is not certain of: where anything is raised the answer is None, and the exact
interpreter decides. It knows nothing of gaps and coverage: who calls it asks it only about what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from grc.model.status import Verdict
from grc.model.types import ObjectType, Primitive, Type
from grc.policy.checker import Checked
from grc.policy.codegen import JOINED, Code, Fields, Frame, Names, NotCompiled, boolean, translate
from grc.policy.program import CheckProgram, RelatedProgram
from grc.policy.projection import Touched, record_type
from grc.policy.shortcuts import NAMESPACE
from grc.policy.writer import Writer

NOT_APPLICABLE: Final = Verdict.NOT_APPLICABLE.value
"""As text: an enum's member is slow to hash."""
Answer = bool | str | None
"""True, False, ``NOT_APPLICABLE``, or None: the interpreter decides."""
Answers = bool | tuple[Answer, ...]
"""True: every check passes. Else an answer a check."""
Index = Mapping[Any, list[msgspec.Struct]]
"""Related records by the value of their match field (a tuple where there are several)."""
Judge = Callable[[Sequence[Any], str, str, Sequence[Index | None]], list[Answers]]
"""Takes records, their place and origin, and an index for each join: None where the related list may have a hole."""

KEYS: Final = frozenset({Primitive.STRING, Primitive.INT, Primitive.BOOL})
"""Types of match fields by which Python's dict finds what CEL's ``==`` finds."""
PREAMBLE: Final = ("verdicts = []", "append = verdicts.append")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompiledKind:
    """The checks of one kind as one function.

    ``joins`` are those of all its checks, in the order that ``judge`` takes their indexes. ``left_out`` are the checks
    that the interpreter evaluates for every record. ``touched`` holds what the others read, each for itself.
    """

    programs: tuple[CheckProgram, ...]
    line: type[msgspec.Struct]
    judge: Judge
    joins: tuple[RelatedProgram, ...]
    touched: tuple[Touched, ...]
    left_out: frozenset[int]
    source: str


def compile_kind(programs: Iterable[CheckProgram], as_of: datetime, org: Mapping[str, object]) -> CompiledKind:
    """Compile checks of one kind; at least one."""
    held = tuple(programs)
    writer = Writer()
    touched: list[set[tuple[ObjectType, str]]] = [set() for _ in held]
    joins = tuple(related for program in held for related in program.related)
    with writer.block("def judge(records, place, origin, joins)"):
        for line in PREAMBLE:
            writer.line(line)
        for position in range(len(joins)):
            writer.line(f"join{position} = joins[{position}]")
        with writer.block("for record in records"):
            writer.line("body = record.body")
            left_out = frozenset(
                position
                for position, program in enumerate(held)
                if not _check(position, program, joins, writer, touched[position], as_of, org)
            )
            answers = [f"v{position}" for position in range(len(held))]
            every = " and ".join(f"{answer} is True" for answer in answers)
            writer.line(f"append(True if {every} else ({', '.join(answers)},))")
        writer.line("return verdicts")
    source = "\n".join(writer.lines)
    return CompiledKind(
        programs=held,
        line=record_type(
            held[0].kind.shape, set().union(*touched), tags=any("subject" in program.used for program in held)
        ),
        judge=_function(source, writer.constants),
        joins=joins,
        touched=tuple(touched),
        left_out=left_out,
        source=source,
    )


def _function(source: str, constants: Mapping[str, Any]) -> Judge:
    namespace = {**NAMESPACE, **constants, "NOT_APPLICABLE": NOT_APPLICABLE, "NOTHING": []}
    exec(compile(source, "<checks>", "exec"), namespace)  # noqa: S102 - the source holds no text of the expression
    judge: Judge = namespace["judge"]
    return judge


def _check(
    position: int,
    program: CheckProgram,
    joins: Sequence[RelatedProgram],
    writer: Writer,
    touched: set[tuple[ObjectType, str]],
    as_of: datetime,
    org: Mapping[str, object],
) -> bool:
    """Write one check; whether it could be. One that cannot is answered by None."""
    answer = f"v{position}"
    try:
        with writer.aside() as lines:
            _judged(answer, program, joins, writer, touched, as_of, org)
        _function("\n".join(["def judge(record, body, place, origin):", *(f" {line}" for line in lines)]), {})
    except (NotCompiled, SyntaxError, RecursionError, MemoryError):
        writer.line(f"{answer} = None")
        touched.clear()
        return False
    writer.splice(lines)
    return True


def _judged(
    answer: str,
    program: CheckProgram,
    joins: Sequence[RelatedProgram],
    writer: Writer,
    touched: set[tuple[ObjectType, str]],
    as_of: datetime,
    org: Mapping[str, object],
) -> None:
    names = _names(program, writer, as_of, org)
    writer.line("work = 0")
    with writer.block("try"):
        for related in program.related:
            names = {**names, related.name: _joined(related, joins.index(related), names, writer, touched)}
        if program.when is None:
            writer.line(f"{answer} = {_asserted(program.assertion, names, writer, touched)}")
        else:
            with writer.block(f"if {_asserted(program.when, names, writer, touched)}"):
                writer.line(f"{answer} = {_asserted(program.assertion, names, writer, touched)}")
            with writer.block("else"):
                writer.line(f"{answer} = NOT_APPLICABLE")
    with writer.block("except RAISED"):
        writer.line(f"{answer} = None")


def _asserted(checked: Checked, names: Names, writer: Writer, touched: set[tuple[ObjectType, str]]) -> str:
    return boolean(checked.expression, Frame(checked, names, writer, touched))


def _names(program: CheckProgram, writer: Writer, as_of: datetime, org: Mapping[str, object]) -> Names:
    params = {
        name: Code(writer.constant(value), constant=True, value=value) for name, value in program.params.fields.items()
    }
    subject = {
        "id": Code("record.subject"),
        "place": Code("place"),
        "origin": Code("origin"),
        "tags": Code("present(record.tags)"),
    }
    return {
        "resource": Code("body"),
        "params": Fields(params),
        "subject": Fields(subject),
        "as_of": Code(writer.constant(as_of), constant=True, value=as_of),
        "org": Code(writer.constant(dict(org)), constant=True, value=dict(org)),
    }


def _joined(
    related: RelatedProgram, position: int, names: Names, writer: Writer, touched: set[tuple[ObjectType, str]]
) -> Code:
    if not is_hashed(related):
        raise NotCompiled("a join over another type")
    keys = [
        translate(match.expression.expression, Frame(match.expression, names, writer, touched)).text
        for match in related.matches
    ]
    key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
    name = writer.fresh(JOINED)
    writer.line(f"{name} = join{position}.get({key}, NOTHING)")
    return Code(name)


def is_hashed(related: RelatedProgram) -> bool:
    """Whether related records can be found by the hash of their match fields."""
    return all(
        match.expression.type in KEYS and _type_at(related.kind.shape, match.field) is match.expression.type
        for match in related.matches
    )


def _type_at(shape: ObjectType, path: str) -> Type:
    """The declared type at a path that leads through objects alone."""
    found: Type = shape
    for step in path.split("."):
        assert isinstance(found, ObjectType)
        found = found.fields[step].type
    return found
