"""The inputs of modules: what a call or a file of values gives, defaults, and the types that variables declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.collect.files import Tree, UnreadableError
from grc.collect.terraform.hcl.evaluate import value_of
from grc.collect.terraform.hcl.jsonsyntax import read_json_values
from grc.collect.terraform.hcl.modules import OWN_VALUES, Directory
from grc.collect.terraform.hcl.scope import Scope
from grc.collect.terraform.hcl.syntax import read_native
from grc.collect.terraform.hcl.tree import Block, Expression, Literal, Name, Opaque, Trouble
from grc.collect.terraform.hcl.types import convert
from grc.collect.terraform.hcl.values import Unknown, WrongError, find_unknown
from grc.model.evidence import GapReason


def input_of(variable: Block, given: Expression | None, caller: Scope, here: Scope) -> Any:
    """The value of a variable: as the caller gave it, or its default; or what is not known of it."""
    told, name = variable.attributes, variable.labels[0]
    if any(told.get(mark) not in (None, Literal(False)) for mark in ("sensitive", "ephemeral")):
        return Unknown(f"var.{name} is sensitive", sensitive=True)
    value = None if given is None else value_of(given, caller)
    if value is None and (given is None or told.get("nullable") == Literal(False)):
        if "default" not in told:
            return Unknown(f"var.{name} has no value in these files", reason=GapReason.NOT_PROVIDED)
        value = value_of(told["default"], here)
    return _converted(name, value, told.get("type", Name("any", ())), here)


def _converted(name: str, value: Any, type_: Expression, scope: Scope) -> Any:
    large = find_unknown(value)
    if large is not None and not isinstance(value, Unknown) and "larger" in large.why:
        return large
    try:
        return convert(value, type_, lambda one: value_of(one, scope))
    except WrongError as error:
        return Unknown(f"var.{name} {error}")
    except RecursionError:
        return Unknown(f"var.{name} is nested too deeply")


def given_values(directory: Directory, folder: str) -> tuple[Mapping[str, Expression], list[Trouble]]:
    """The values of a root's variables, from the files that Terraform reads by itself, in its order."""
    beside = directory.values.get(folder, ())
    own = [path for name in OWN_VALUES for path in beside if path.rpartition("/")[2] == name]
    given: dict[str, Expression] = {}
    troubles: list[Trouble] = []
    for path in [*own, *(path for path in beside if path not in own)]:
        try:
            given |= _values(directory.tree, path)
        except (UnreadableError, ValueError) as error:
            # Any variable could have been set in it.
            troubles.append(Trouble(file=path, line=None, why=f"cannot be read, so no variable is known: {error}"))
            return _Nothing(), troubles
    return {**given, **_otherwise(directory, folder, given)}, troubles


def _otherwise(directory: Directory, folder: str, given: Mapping[str, Expression]) -> Mapping[str, Expression]:
    """The variables that files of values beside the root set to something else, where a deployment names them."""
    declared = directory.modules[folder].of("variable")
    known = {name: block.attributes["default"] for (name,), block in declared.items() if "default" in block.attributes}
    found: dict[str, Expression] = {}
    for path in sorted(directory.named.get(folder, ())):
        try:
            told = _values(directory.tree, path)
        except (UnreadableError, ValueError):
            continue  # which variables it sets is not known, nor whether anybody names it
        shown = path.encode(errors="backslashreplace").decode()
        why = f"is set otherwise in {shown}, where a deployment names it"
        now = {**known, **given}
        found |= {name: Opaque(why) for name, value in told.items() if name in now and repr(now[name]) != repr(value)}
    return found


class _Nothing(dict[str, Expression]):
    """Values that cannot be read: each name has one that is not known."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> Expression:
        return Name("terraform", ("tfvars",))


def _values(tree: Tree, path: str) -> Mapping[str, Expression]:
    source = tree.read(path)
    if path.endswith(".json"):
        return read_json_values(source)
    document = read_native(source, path)
    if document.troubles:
        raise ValueError(f"line {document.troubles[0].line} {document.troubles[0].why}")
    return document.blocks[0].attributes if document.blocks and not document.blocks[0].kind else {}
