"""Gives every part of an expression its type, and refuses what could not be meant.

Stricter than CEL's own checker in two ways: a value that may be absent must be met with ``==``, ``!=``, ``has`` or
``.?`` before anything else is done with it, and a text is compared only with texts that its field can hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from grc.model.types import ListType, MapType, ObjectType, OptionalType, Primitive, Type, TypeType
from grc.policy.ast import (
    And,
    Bind,
    Call,
    Comprehension,
    Conditional,
    Expression,
    Has,
    Identifier,
    Index,
    ListLiteral,
    Literal,
    MapLiteral,
    Or,
    Select,
    UIntValue,
)
from grc.policy.checked import Checked, Refusal, Refused, did_you_mean
from grc.policy.functions import Overload
from grc.policy.narrowing import NOTHING, key_of, prove
from grc.policy.resolution import Resolved, resolve, type_may_end_in, type_named
from grc.policy.rules import (
    KEYS,
    always_fails,
    field_of,
    gathered,
    kept_enum,
    member_of,
    never_held,
    not_in,
    optional_value,
    unequal,
    untyped,
    variables_of,
)
from grc.policy.scope import UNTYPED, Scope, Term, outermost
from grc.policy.unification import FREE, alike, join, show

__all__ = ["Checked", "Refusal", "Refused", "check", "did_you_mean"]

ABSENT: Final = "may be absent: test it before with has(…) or != null, or read it with .? and .orValue(…)"
LITERALS: Final[Mapping[type, Primitive]] = {
    bool: Primitive.BOOL,
    int: Primitive.INT,
    UIntValue: Primitive.UINT,
    float: Primitive.DOUBLE,
    str: Primitive.STRING,
    bytes: Primitive.BYTES,
    type(None): Primitive.NULL,
}


def check(
    expression: Expression, variables: Mapping[str, Type], source: str, *, result: Type = Primitive.DYN
) -> Checked:
    """Type an expression. ``result`` is what the whole must be.

    Raises:
        Refused: with everything that is wrong.
    """
    checker = _Checker(source)
    term = checker.term(expression, outermost(variables))
    if not alike(result, term.type) or (term.nullable and result is not Primitive.DYN):
        found = "something that may be absent" if term.nullable else show(term.type)
        checker.refuse(expression, f"must give {show(result)}, not {found}")
    if checker.refusals:
        raise Refused(checker.refusals, source)
    return Checked(
        source=source,
        expression=expression,
        variables=dict(variables),
        types={node: _settled(term.type) for node, term in checker.terms.items()},
        nullable=frozenset(node for node, term in checker.terms.items() if term.nullable),
        calls=checker.calls,
    )


def _settled(found: Type) -> Type:
    """The type with what stayed free made ``dyn``."""
    match found:
        case Primitive() | ObjectType():
            return found
        case ListType():
            return ListType(_settled(found.element))
        case MapType():
            return MapType(_settled(found.key), _settled(found.value))
        case OptionalType():
            return OptionalType(_settled(found.value))
        case _:
            return Primitive.DYN if found == FREE else found


class _Checker:
    """One pass over one tree. Collects; never stops at the first problem."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.refusals: list[Refusal] = []
        self.terms: dict[int, Term] = {}
        self.calls: dict[int, tuple[Overload, ...]] = {}

    def refuse(self, at: Expression | int, message: str) -> Term:
        """Note a problem and go on as if its value could be anything."""
        self.refusals.append(Refusal(at if isinstance(at, int) else at.start, message))
        return UNTYPED

    def term(self, node: Expression, scope: Scope) -> Term:
        """What is known of a node here."""
        term = self._visit(node, scope)
        if term.nullable and key_of(node) in scope.known:
            term = Term(term.type, absentable=True, enum=term.enum)
        self.terms[id(node)] = term
        return term

    def _visit(self, node: Expression, scope: Scope) -> Term:
        match node:
            case Select():
                return self._select(node, scope)
            case Identifier():
                return self._identifier(node, scope)
            case Call():
                return self._call(node, scope)
            case Literal():
                return self._literal(node)
            case Has():
                return self._has(node, scope)
            case Index():
                return self._index(node, scope)
            case And() | Or():
                return self._junction(node, scope)
            case Conditional():
                return self._conditional(node, scope)
            case ListLiteral():
                return self._list(node, scope)
            case MapLiteral():
                return self._map(node, scope)
            case Comprehension():
                return self._comprehension(node, scope)
            case Bind():
                return self._bind(node, scope)

    def present(self, node: Expression, scope: Scope) -> Term:
        """What is known of a node that must not be null here."""
        term = self.term(node, scope)
        if term.nullable:
            literal = isinstance(node, Literal)
            self.refuse(node, "null stands only beside == and !=" if literal else f"{self._text(node)} {ABSENT}")
            return Term(Primitive.DYN if literal else term.type, enum=term.enum)
        return term

    def boolean(self, node: Expression, scope: Scope, role: str) -> None:
        """Hold that a node gives a bool."""
        term = self.present(node, scope)
        if not alike(Primitive.BOOL, term.type):
            self.refuse(node, f"{role} must be a bool, not {show(term.type)}")

    def _text(self, node: Expression) -> str:
        return " ".join(self.source[node.start : node.end].split())

    # Names and fields

    def _literal(self, node: Literal) -> Term:
        found = LITERALS[type(node.value)]
        return Term(found, nullable=found is Primitive.NULL, absentable=found is Primitive.NULL)

    def _identifier(self, node: Identifier, scope: Scope) -> Term:
        names = scope.visible(absolute=node.absolute)
        if node.name in names:
            return names[node.name]
        if type_named(node.name):
            return Term(TypeType())
        return self.refuse(node, f"there is no {node.name!r} here{did_you_mean(node.name, sorted(names))}")

    def _select(self, node: Select, scope: Scope) -> Term:
        if type_may_end_in(node.field) and type_named(self._text(node)):
            return Term(TypeType())
        operand = self.term(node.operand, scope) if node.optional else self.present(node.operand, scope)
        return self._field(node, operand, node.field, optional=node.optional)

    def _has(self, node: Has, scope: Scope) -> Term:
        self._field(node, self.term(node.operand, scope), node.field, optional=True)
        return Term(Primitive.BOOL)

    def _field(self, node: Select | Has | Index, owner: Term, name: str, *, optional: bool) -> Term:
        """A field; by ``.?`` or through an optional, an optional value."""
        chained = isinstance(owner.type, OptionalType)
        found = field_of(owner.type.value if isinstance(owner.type, OptionalType) else owner.type, name)
        if isinstance(found, str):
            return self.refuse(self._offset(node.operand, node, name), found)
        return Term(OptionalType(found.type), enum=found.enum) if chained or optional else found

    def _offset(self, before: Expression, node: Expression, name: str) -> int:
        """Where a name stands that is written behind a part of the node."""
        found = self.source.find(name, before.end, node.end)
        return found if found >= 0 else node.start

    def _index(self, node: Index, scope: Scope) -> Term:
        operand = self.term(node.operand, scope) if node.optional else self.present(node.operand, scope)
        index = self.present(node.index, scope)
        chained = isinstance(operand.type, OptionalType)
        owner = operand.type.value if isinstance(operand.type, OptionalType) else operand.type
        if isinstance(owner, ObjectType):
            if isinstance(node.index, Literal) and isinstance(node.index.value, str):
                return self._field(node, operand, node.index.value, optional=node.optional)
            return self.refuse(node.index, f"a field of {owner.name} is named by a literal text")
        found = member_of(owner, index.type)
        if isinstance(found, str):
            return self.refuse(node.index if isinstance(owner, (ListType, MapType)) else node.operand, found)
        return Term(OptionalType(found)) if chained or node.optional else Term(found)

    # Operators and functions

    def _call(self, node: Call, scope: Scope) -> Term:
        if node.function in ("_==_", "_!=_", "@in"):
            return self._comparison(node, scope)
        target = None if node.target is None else self.present(node.target, scope)
        arguments = [self.present(argument, scope).type for argument in node.arguments]
        found = resolve(node.function, None if target is None else target.type, arguments)
        if isinstance(found, Resolved):
            self.calls[id(node)] = found.overloads
            wrong = always_fails(node)
            if wrong:
                self.refuse(node, wrong)
            return Term(found.result, enum=kept_enum(node, target))
        return self.refuse(node if node.target is None else self._offset(node.target, node, node.function), found)

    def _comparison(self, node: Call, scope: Scope) -> Term:
        meet = self.present if node.function == "@in" else self.term
        left, right = (meet(argument, scope) for argument in node.arguments)
        wrong = not_in(left.type, right.type) if node.function == "@in" else unequal(left, right)
        if wrong:
            holder = node.arguments[1]
            self.refuse(holder if wrong.startswith("'in'") else node, wrong)
            return Term(Primitive.BOOL)
        for term, other in ((left, node.arguments[1]), (right, node.arguments[0])):
            for literal, problem in never_held(term, other):
                self.refuse(literal, problem)
        return Term(Primitive.BOOL)

    # Conditions

    def _solid(self, node: Expression) -> bool:
        term = self.terms[id(node)]
        return not (term.nullable or untyped(term.type))

    def _junction(self, node: And | Or, scope: Scope) -> Term:
        sign = "&&" if isinstance(node, And) else "||"
        last = node.operands[-1]
        for operand in node.operands:
            self.boolean(operand, scope, f"an operand of {sign}")
            if operand is not last:
                proof = prove(operand, self._solid)
                scope = scope.knowing(proof.true if isinstance(node, And) else proof.false)
        return Term(Primitive.BOOL)

    def _conditional(self, node: Conditional, scope: Scope) -> Term:
        self.boolean(node.condition, scope, "the condition before ?")
        proof = prove(node.condition, self._solid)
        then = self.term(node.then, scope.knowing(proof.true))
        otherwise = self.term(node.otherwise, scope.knowing(proof.false))
        if Primitive.NULL in (then.type, otherwise.type):
            found = otherwise.type if then.type is Primitive.NULL else then.type
        elif alike(then.type, otherwise.type):
            found = join(then.type, otherwise.type)
        else:
            return self.refuse(node, f"gives {show(then.type)} or {show(otherwise.type)}: both branches must be alike")
        return Term(found, then.nullable or otherwise.nullable, then.absentable or otherwise.absentable)

    # Literals of lists and maps

    def _list(self, node: ListLiteral, scope: Scope) -> Term:
        element: Type = FREE
        for part in node.elements:
            element = join(element, self._part(part.value, scope, optional=part.optional))
        return Term(ListType(element))

    def _map(self, node: MapLiteral, scope: Scope) -> Term:
        key: Type = FREE
        value: Type = FREE
        for entry in node.entries:
            found = self.present(entry.key, scope).type
            if found not in KEYS:
                self.refuse(entry.key, f"a key is a string, an int, a uint or a bool, not {show(found)}")
            key, value = join(key, found), join(value, self._part(entry.value, scope, optional=entry.optional))
        return Term(MapType(key, value))

    def _part(self, node: Expression, scope: Scope, *, optional: bool) -> Type:
        found = self.present(node, scope).type
        if not optional:
            return found
        inner = optional_value(found)
        if inner is None:
            return self.refuse(node, f"? before an element asks for an optional value, not {show(found)}").type
        return inner

    # Macros

    def _declare(self, node: Expression, name: str, term: Term, scope: Scope) -> Scope:
        if name in scope.names or type_named(name):
            self.refuse(node, f"{name!r} hides another name: choose one of its own")
        return scope.declare(name, term)

    def _comprehension(self, node: Comprehension, scope: Scope) -> Term:
        over = self.present(node.target, scope).type
        variables = variables_of(node, over)
        if isinstance(variables, str):
            self.refuse(node.target, variables)
            variables = (Primitive.DYN,) * len(node.variables)
        for name, found in zip(node.variables, variables, strict=True):
            scope = self._declare(node, name, Term(found), scope)
        facts = NOTHING
        if node.predicate is not None:
            self.boolean(node.predicate, scope, f"the condition of {node.macro}")
            facts = prove(node.predicate, self._solid).true
        result = UNTYPED if node.result is None else self.present(node.result, scope.knowing(facts))
        gives = gathered(node, over, result.type)
        return self.refuse(node.result or node, gives) if isinstance(gives, str) else Term(gives)

    def _bind(self, node: Bind, scope: Scope) -> Term:
        if node.macro == "bind":
            return self.term(node.body, self._declare(node, node.name, self.term(node.value, scope), scope))
        value = self.present(node.value, scope).type
        held = optional_value(value)
        if held is None:
            self.refuse(node.value, f"{node.macro} works on an optional value, not on {show(value)}")
        inner = self._declare(node, node.name, Term(held or Primitive.DYN), scope)
        body = self.present(node.body, inner).type
        if node.macro == "optMap":
            return Term(OptionalType(body))
        if optional_value(body) is None:
            return self.refuse(node.body, f"{node.macro} gives an optional value, not {show(body)}")
        return Term(body)
