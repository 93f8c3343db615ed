"""The syntax tree of CEL expressions, as the language definition names its parts (google/cel-spec, ``syntax.proto``).

``start`` and ``end`` are offsets in characters into the source, so that every message and every explanation can point
at the exact text. Macros are kept as they were written (``Comprehension`` holds the macro's name): they are never
expanded
into loops, so that the checker, the interpreter, the compiler and the explanation all speak of ``exists`` where the
author wrote ``exists``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of all nodes: where the text of the node stands in its source."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UIntValue:
    """The value of a ``1u`` literal, told apart from an int."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Node):
    """null, bool, int, uint, double, string or bytes."""

    value: bool | int | UIntValue | float | str | bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier(Node):
    """A name: ``resource``. A leading dot (``.name``) sets ``absolute``: it skips the macros' variables."""

    name: str
    absolute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Select(Node):
    """``operand.field``, or ``operand.?field`` when ``optional``. A backquoted field is stored without its quotes."""

    operand: Expression
    field: str
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Has(Node):
    """``has(operand.field)``."""

    operand: Expression
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Node):
    """``operand[index]``, or ``operand[?index]`` when ``optional``."""

    operand: Expression
    index: Expression
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """A function (``size(x)``), a method (``target.startsWith(x)``) or an operator.

    Operators have CEL's own function names: ``_+_``, ``_-_``, ``_*_``, ``_/_``, ``_%_``, ``-_``, ``!_``, ``_==_``,
    ``_!=_``, ``_<_``, ``_<=_``, ``_>_``, ``_>=_``, ``@in``. The three that do not evaluate all operands are nodes of
    their own.
    A namespaced function (``math.greatest``, ``optional.of``) has its full dotted name and no target.
    """

    function: str
    target: Expression | None
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Node):
    """``a && b && c``, flattened: CEL's ``&&`` is commutative, so the operands stand side by side."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Node):
    """``a || b || c``, flattened."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Node):
    """``condition ? then : otherwise``."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Element(Node):
    """An element of a list literal; ``[?x]`` sets ``optional``."""

    value: Expression
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLiteral(Node):
    """``[a, b]``."""

    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Node):
    """An entry of a map literal; ``{?k: v}`` sets ``optional``."""

    key: Expression
    value: Expression
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLiteral(Node):
    """``{k: v}``."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comprehension(Node):
    """A macro over a list or a map, as written.

    ``macro`` is one of ``all``, ``exists``, ``exists_one`` (also written ``existsOne``), ``map``, ``filter``,
    ``transformList``, ``transformMap``, ``transformMapEntry``. ``variables`` has one name (element, or key of a map) or
    two (index and element, or key and value). ``predicate`` is the condition: always there for the first three and
    ``filter``, optional for the others. ``result`` is the transformed value, for ``map`` and the transforms.
    """

    macro: str
    target: Expression
    variables: tuple[str, ...]
    predicate: Expression | None
    result: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind(Node):
    """``cel.bind(name, value, body)``, and each of ``optMap`` / ``optFlatMap`` written with ``macro`` set.

    For ``bind``, ``value`` is the bound expression. For ``optMap`` and ``optFlatMap``, ``value`` is the target (an
    optional) and ``body`` is evaluated with its value bound to ``name`` when there is one.
    """

    macro: str
    name: str
    value: Expression
    body: Expression


Expression = (
    Literal
    | Identifier
    | Select
    | Has
    | Index
    | Call
    | And
    | Or
    | Conditional
    | ListLiteral
    | MapLiteral
    | Comprehension
    | Bind
)


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct sub-expressions of a node, in the order they are written."""
    match node:
        case Select() | Has():
            return (node.operand,)
        case Identifier() | Literal():
            return ()
        case Call():
            return node.arguments if node.target is None else (node.target, *node.arguments)
        case Index():
            return (node.operand, node.index)
        case And() | Or():
            return node.operands
        case Conditional():
            return (node.condition, node.then, node.otherwise)
        case ListLiteral():
            return tuple(element.value for element in node.elements)
        case MapLiteral():
            return tuple(part for entry in node.entries for part in (entry.key, entry.value))
        case Comprehension():
            return tuple(part for part in (node.target, node.predicate, node.result) if part is not None)
        case Bind():
            return (node.value, node.body)
