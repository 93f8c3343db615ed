"""Asking one expression of some data, or of one subject of a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from grc import canonical, policy
from grc.errors import ConfigError
from grc.evidence import Pack, open_pack
from grc.model.evidence import Population, Record
from grc.model.types import Primitive
from grc.policy.ast import Bind, Comprehension, Expression, Identifier, Select, children
from grc.policy.binding import SUBJECT, record, subject
from grc.policy.parser import parse
from grc.policy.reads import reads
from grc.policy.values import Optional, PartialList, RecordValue, UInt, Unknown, Value, type_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an expression came to: its value as JSON data, CEL's name of its type, and the paths read."""

    value: object
    type: str
    reads: tuple[str, ...]


def ask(expression: str, variables: Mapping[str, object]) -> Answer:
    """Evaluate an expression over untyped variables.

    Raises:
        CompileError: it is not an expression.
        EvaluationError: it has no value.
    """
    value = policy.evaluate(expression, variables)
    return Answer(value=as_json(value), type=_type_name(value), reads=_untyped_reads(parse(expression)))


def ask_of_subject(expression: str, path: Path, name: str) -> Answer:
    """Evaluate an expression over one subject of a pack, bound to ``resource`` with its kind's types.

    Raises:
        ConfigError: the pack has no such subject, or several.
        CompileError: the expression does not fit the kind.
        EvaluationError: it has no value.
        EvidenceError: the pack is not whole.
    """
    pack = open_pack(path)
    population, found = _find(pack, name)
    kind = pack.kind(found.kind)
    program = policy.compile(expression, {"resource": kind.shape, "subject": SUBJECT, "as_of": Primitive.TIMESTAMP})
    paths = reads(program.checked, ("resource",)).get("resource", frozenset())
    bound = {
        "resource": record(found.body, kind.shape, reads=paths, gaps=found.gaps, coverage=population.coverage),
        "subject": subject(found.subject, found.place, found.origin, found.tags),
        "as_of": pack.newest,
    }
    value = program.evaluate(bound)
    return Answer(
        value=as_json(value), type=_type_name(value), reads=tuple(sorted(f"resource.{each}" for each in paths))
    )


def as_json(value: Value) -> object:
    """A value of the language as JSON data, for reading; unknowns and optionals are said in words."""
    match value:
        case Unknown():
            causes = sorted(f"{gap.reason} at {path or 'the whole record'}" for path, gap in value.causes)
            return f"unknown: {'; '.join(causes)}"
        case Optional():
            return as_json(value.value) if value.present else "none"
        case UInt():
            return value.value
        case RecordValue():
            return as_json(dict(value.fields))
        case dict():
            return {str(key): as_json(each) for key, each in value.items()}
        case list():
            return [as_json(each) for each in value]
        case PartialList():
            return [*map(as_json, value.items), "and perhaps more, which could not be seen"]
        case bytes():
            return value.hex()
        case datetime():
            return canonical.encode(value).decode().strip('"')
        case timedelta():
            return f"{value.total_seconds():g}s"
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _type_name(value: Value) -> str:
    return "unknown" if isinstance(value, Unknown) else type_name(value)


def _find(pack: Pack, name: str) -> tuple[Population, Record]:
    found = [
        (population, held)
        for population in pack.populations()
        for held in pack.records(population)
        if held.subject == name
    ]
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(f"{held.kind} in {held.place}" for _, held in found)
        raise ConfigError(f"more than one subject is called {name!r}: {places}")
    raise ConfigError(f"the pack holds no subject {name!r}: subjects are ARNs, or ids where there is none")


def _untyped_reads(expression: Expression) -> tuple[str, ...]:
    """The longest paths of names and fields, as they are written; a macro's own variables read nothing."""
    found: set[str] = set()
    own: set[str] = set()

    def visit(node: Expression) -> None:
        own.update(node.variables if isinstance(node, Comprehension) else ())
        own.update((node.name,) if isinstance(node, Bind) else ())
        path = _path(node)
        if path is not None:
            found.add(path)
            return
        for child in children(node):
            visit(child)

    visit(expression)
    return tuple(sorted(path for path in found if path.partition(".")[0] not in own))


def _path(node: Expression) -> str | None:
    if isinstance(node, Select):
        before = _path(node.operand)
        return None if before is None else f"{before}.{node.field}"
    return node.name if isinstance(node, Identifier) else None
