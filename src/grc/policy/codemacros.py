"""Translates macros: loops that stop where the result is decided."""

from __future__ import annotations

from dataclasses import replace

from grc.model.types import ListType, MapType, OptionalType, Primitive
from grc.policy.ast import Bind, Comprehension
from grc.policy.codegen import JOINED, Code, Frame, NotCompiled, boolean, translate
from grc.policy.writer import Writer


def comprehension(node: Comprehension, frame: Frame) -> Code:
    """``all``, ``exists``, ``exists_one``, ``filter``, ``map``; the rest is left to the interpreter."""
    match node.macro:
        case "exists":
            return _quantified(node, frame, found="True")
        case "all":
            return _quantified(node, frame, found="False")
        case "exists_one" | "existsOne":
            return _counted(node, frame)
        case "filter" | "map":
            return _gathered(node, frame)
        case _:
            raise NotCompiled(node.macro)


def _loop(node: Comprehension, frame: Frame) -> tuple[str, Frame]:
    """The header of the loop, and the frame with the macro's variables."""
    over = frame.type(node.target)
    target = _bounded(translate(node.target, frame).text, frame)
    names = [frame.writer.fresh("x") for _ in node.variables]
    named = frame.naming(**{name: Code(held) for name, held in zip(node.variables, names, strict=True)})
    inner = replace(named, loops=frame.loops + 1)
    two = len(names) == 2
    match over:
        case ListType() if two:
            return f"for {names[0]}, {names[1]} in enumerate({target})", inner
        case ListType():
            return f"for {names[0]} in {target}", inner
        case MapType(key=Primitive.STRING) if two:
            return f"for {names[0]}, {names[1]} in {target}.items()", inner
        case MapType(key=Primitive.STRING):
            return f"for {names[0]} in {target}.keys()", inner
        case Primitive.DYN if two:
            return f"for {names[0]}, {names[1]} in pairs({target})", inner
        case Primitive.DYN:
            return f"for {names[0]} in elements({target})", inner
        case _:
            raise NotCompiled("a macro over something else")


def _bounded(target: str, frame: Frame) -> str:
    """The target of a loop; inside another loop, and over related records, with a bound on the work.

    A loop over one record's own members needs none: a record that is very large is left to the interpreter whole.
    """
    writer = frame.writer
    joins = any(isinstance(each, Code) and each.text.startswith(JOINED) for each in frame.names.values())
    if not frame.loops and not joins:
        return target
    name = writer.keep(target)
    writer.line(f"work += len({name})")
    with writer.block("if work > MOST_WORK"):
        writer.line("undecided()")
    return name


def _quantified(node: Comprehension, frame: Frame, found: str) -> Code:
    """One element that says ``found`` decides; an error at another then does not matter."""
    assert node.predicate is not None
    writer = frame.writer
    header, inner = _loop(node, frame)
    result = writer.keep("False" if found == "True" else "True")
    with writer.block(header):
        condition = boolean(node.predicate, inner)
        with writer.block(f"if {condition}" if found == "True" else f"if not {condition}"):
            writer.line(f"{result} = {found}")
            writer.line("break")
    return Code(result, truth=True)


def _counted(node: Comprehension, frame: Frame) -> Code:
    assert node.predicate is not None
    writer = frame.writer
    header, inner = _loop(node, frame)
    count = writer.keep("0")
    with writer.block(header), writer.block(f"if {boolean(node.predicate, inner)}"):
        writer.line(f"{count} += 1")
    return Code(f"({count} == 1)", truth=True)


def _gathered(node: Comprehension, frame: Frame) -> Code:
    if len(node.variables) != 1:
        raise NotCompiled(node.macro)
    writer = frame.writer
    header, inner = _loop(node, frame)
    gathered = writer.keep("[]")
    with writer.block(header):
        if node.predicate is None:
            _append(node, inner, gathered, writer)
        else:
            with writer.block(f"if {boolean(node.predicate, inner)}"):
                _append(node, inner, gathered, writer)
    return Code(gathered)


def _append(node: Comprehension, inner: Frame, gathered: str, writer: Writer) -> None:
    if node.result is None:
        variable = inner.names[node.variables[0]]
        assert isinstance(variable, Code)
        writer.line(f"{gathered}.append({variable.text})")
        return
    if isinstance(inner.type(node.result), OptionalType):
        raise NotCompiled("a list of optional values")
    writer.line(f"{gathered}.append({translate(node.result, inner).text})")


def bind(node: Bind, frame: Frame) -> Code:
    """``cel.bind``; ``optMap`` and ``optFlatMap`` give None where there is nothing."""
    code = translate(node.value, frame)
    name = frame.writer.keep(code.text)
    if node.macro == "bind":
        if isinstance(frame.type(node.value), OptionalType):
            return translate(node.body, frame.naming(**{node.name: replace(code, text=name, maybe=True)}))
        return translate(node.body, frame.naming(**{node.name: replace(code, text=name)}))
    if not isinstance(frame.type(node.value), OptionalType):
        raise NotCompiled(node.macro)
    return _mapped(node, frame, name)


def _mapped(node: Bind, frame: Frame, name: str) -> Code:
    writer = frame.writer
    result = writer.keep("None")
    with writer.block(f"if {name} is not None"):
        body = translate(node.body, frame.naming(**{node.name: Code(name)}))
        may_be_null = node.macro == "optMap" and (body.maybe or frame.type(node.body) is Primitive.DYN)
        writer.line(f"{result} = present({body.text})" if may_be_null else f"{result} = {body.text}")
    return Code(result, maybe=True)
