"""The expressions and blocks of the Terraform language, whichever syntax they were written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Literal(NamedTuple):
    """A value that stands there."""

    value: Any


class Opaque(NamedTuple):
    """What this engine does not read; ``why`` says so."""

    why: str


class Template(NamedTuple):
    """Text with values in it."""

    parts: tuple[Expression, ...]


class Name(NamedTuple):
    """A root name and the steps from it: ``var.x``, ``aws_s3_bucket.b[0].id``, ``each.value``."""

    root: str
    steps: tuple[Step, ...]


class Of(NamedTuple):
    """Steps from any other expression."""

    base: Expression
    steps: tuple[Step, ...]


class At(NamedTuple):
    """The step ``[key]``."""

    key: Expression


class Every(NamedTuple):
    """The step ``[*]`` or ``.*`` and the steps taken from each element."""

    steps: tuple[Step, ...]


class Call(NamedTuple):
    """A function call. ``spread`` says that the last argument stands for many."""

    name: str
    arguments: tuple[Expression, ...]
    spread: bool


class Unary(NamedTuple):
    """``-x`` or ``!x``."""

    operator: str
    operand: Expression


class Binary(NamedTuple):
    """Two operands."""

    operator: str
    left: Expression
    right: Expression


class Conditional(NamedTuple):
    """``condition ? yes : no``."""

    condition: Expression
    yes: Expression
    no: Expression


class Tuple(NamedTuple):
    """``[a, b]``."""

    elements: tuple[Expression, ...]


class Object(NamedTuple):
    """``{key = value}``."""

    items: tuple[tuple[Expression, Expression], ...]


class For(NamedTuple):
    """``[for key, value in among : result if condition]``: with ``result_key`` an object, with ``text`` joined."""

    key: str | None
    value: str
    among: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    grouped: bool = False
    text: bool = False


Expression = Literal | Opaque | Template | Name | Of | Call | Unary | Binary | Conditional | Tuple | Object | For
Step = str | At | Every


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block: its kind, its labels, what it sets and what stands in it, in the order of the file."""

    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Expression]
    blocks: tuple[Block, ...]
    file: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A place that could not be read."""

    file: str
    line: int | None
    why: str

    def __str__(self) -> str:
        """``path:line: why``."""
        return f"{self.file}:{self.line}: {self.why}" if self.line is not None else f"{self.file}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one file holds."""

    blocks: tuple[Block, ...]
    troubles: tuple[Trouble, ...] = ()
