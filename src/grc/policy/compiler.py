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
from grc.model.types import ObjectType, OptionalType, Primitive, Type
from grc.policy.checker import Checked
from grc.policy.codegen import JOINED, Code, Fields, Frame, Names, NotCompiled, boolean, translate
from grc.policy.display import WITHHELD, told
from grc.policy.program import CheckProgram, RelatedProgram
from grc.policy.projection import Touched, record_type
from grc.policy.shortcuts import NAMESPACE, structured
from grc.policy.template import Hole
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
BEYOND_PYTHON: Final = (SyntaxError, RecursionError, MemoryError)
"""What Python raises at source that is too deep for it."""


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompiledMessage:
    """The message of a failure as a function of a record decoded as ``line``, its place and origin; None: undecided."""

    line: type[msgspec.Struct]
    tell: Callable[[Any, str, str], str | None]


def compile_kind(programs: Iterable[CheckProgram], as_of: datetime, org: Mapping[str, object]) -> CompiledKind:
    """Compile checks of one kind; at least one."""
    held, making = tuple(programs), _Making(as_of, org)
    try:
        return making.kind(held, frozenset())
    except BEYOND_PYTHON:
        too_much = (position for position, program in enumerate(held) if not making.can(program))
        return making.kind(held, frozenset(too_much))


def compile_message(program: CheckProgram, as_of: datetime, org: Mapping[str, object]) -> CompiledMessage | None:
    """Compile a check's message; None where it is more than its record's fields."""
    try:
        return None if program.related else _Making(as_of, org).message(program)
    except (NotCompiled, *BEYOND_PYTHON):
        return None


class _Making:
    """One function in the making, and what its expressions read."""

    def __init__(self, as_of: datetime, org: Mapping[str, object]) -> None:
        self.as_of = as_of
        self.org = org
        self.writer = Writer()
        self.touched: set[tuple[ObjectType, str]] = set()

    def can(self, program: CheckProgram) -> bool:
        """Whether Python takes one check by itself."""
        try:
            _Making(self.as_of, self.org).kind((program,), frozenset())
        except BEYOND_PYTHON:
            return False
        return True

    def kind(self, programs: tuple[CheckProgram, ...], too_much: frozenset[int]) -> CompiledKind:
        """The checks as one function, without those that are too much for Python."""
        writer = self.writer = Writer()
        joins = tuple(related for program in programs for related in program.related)
        touched: list[Touched | None] = []
        with writer.block("def judge(records, place, origin, joins)"):
            for line in ("verdicts = []", "append = verdicts.append"):
                writer.line(line)
            for position in range(len(joins)):
                writer.line(f"join{position} = joins[{position}]")
            with writer.block("for record in records"):
                writer.line("body = record.body")
                for position, program in enumerate(programs):
                    touched.append(None if position in too_much else self._check(f"v{position}", program, joins))
                    if touched[-1] is None:
                        writer.line(f"v{position} = None")
                answers = [f"v{position}" for position in range(len(programs))]
                every = " and ".join(f"{answer} is True" for answer in answers)
                writer.line(f"append(True if {every} else ({', '.join(answers)},))")
            writer.line("return verdicts")
        read = frozenset[tuple[ObjectType, str]]().union(*(each for each in touched if each is not None))
        tags = any("subject" in program.used for program in programs)
        return CompiledKind(
            programs=programs,
            line=record_type(programs[0].kind.shape, read, tags=tags),
            judge=_function("judge", writer),
            joins=joins,
            touched=tuple(each or frozenset() for each in touched),
            left_out=frozenset(position for position, each in enumerate(touched) if each is None),
            source="\n".join(writer.lines),
        )

    def message(self, program: CheckProgram) -> CompiledMessage:
        """A check's message as a function."""
        writer = self.writer
        with writer.block("def tell(record, place, origin)"):
            writer.line("body = record.body")
            writer.line("work = 0")
            with writer.block("try"):
                names = self._names(program)
                parts = [self._part(part, names) for part in program.fail.parts]
                writer.line(f"return {' + '.join(parts) or repr('')}")
            with writer.block("except RAISED"):
                writer.line("return None")
        return CompiledMessage(
            line=record_type(program.kind.shape, self.touched, tags=True), tell=_function("tell", writer)
        )

    def _part(self, part: str | Hole, names: Names) -> str:
        if isinstance(part, str) or part.withheld:
            return self.writer.constant(part if isinstance(part, str) else WITHHELD)
        frame = Frame(part.checked, names, self.writer, self.touched)
        found = part.checked.type
        if structured(found.value if isinstance(found, OptionalType) else found):
            raise NotCompiled("an object in a message")
        return f"{self.writer.constant(told)}({translate(part.checked.expression, frame).text})"

    def _check(self, answer: str, program: CheckProgram, joins: Sequence[RelatedProgram]) -> Touched | None:
        """Write one check; what it touches. One that cannot be written is None."""
        self.touched = set()
        try:
            with self.writer.aside() as lines:
                self._judged(answer, program, joins)
        except NotCompiled:
            return None
        self.writer.splice(lines)
        return frozenset(self.touched)

    def _judged(self, answer: str, program: CheckProgram, joins: Sequence[RelatedProgram]) -> None:
        writer, names = self.writer, self._names(program)
        writer.line("work = 0")
        with writer.block("try"):
            for related in program.related:
                names = {**names, related.name: self._joined(related, joins.index(related), names)}
            if program.when is None:
                writer.line(f"{answer} = {self._asserted(program.assertion, names)}")
            else:
                with writer.block(f"if {self._asserted(program.when, names)}"):
                    writer.line(f"{answer} = {self._asserted(program.assertion, names)}")
                with writer.block("else"):
                    writer.line(f"{answer} = NOT_APPLICABLE")
        with writer.block("except RAISED"):
            writer.line(f"{answer} = None")

    def _asserted(self, checked: Checked, names: Names) -> str:
        return boolean(checked.expression, Frame(checked, names, self.writer, self.touched))

    def _names(self, program: CheckProgram) -> Names:
        constant = self.writer.constant
        held = {
            name: Code(constant(value), constant=True, value=value) for name, value in program.params.fields.items()
        }
        org = dict(self.org)
        subject = {
            "id": Code("record.subject"),
            "place": Code("place"),
            "origin": Code("origin"),
            "tags": Code("present(record.tags)"),
        }
        return {
            "resource": Code("body"),
            "params": Fields(held),
            "subject": Fields(subject),
            "as_of": Code(constant(self.as_of), constant=True, value=self.as_of),
            "org": Code(constant(org), constant=True, value=org),
        }

    def _joined(self, related: RelatedProgram, position: int, names: Names) -> Code:
        if not is_hashed(related):
            raise NotCompiled("a join over another type")
        frames = [
            (match.expression, Frame(match.expression, names, self.writer, self.touched)) for match in related.matches
        ]
        keys = [translate(checked.expression, frame).text for checked, frame in frames]
        key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
        name = self.writer.fresh(JOINED)
        self.writer.line(f"{name} = join{position}.get({key}, NOTHING)")
        return Code(name)


def _function(name: str, writer: Writer) -> Any:
    """Make a function of what was written."""
    namespace = {**NAMESPACE, **writer.constants, "NOT_APPLICABLE": NOT_APPLICABLE, "NOTHING": []}
    source = "\n".join(writer.lines)
    exec(compile(source, "<checks>", "exec"), namespace)  # noqa: S102 - the source holds no text of the expression
    return namespace[name]


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
