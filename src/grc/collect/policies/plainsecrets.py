"""Secrets that stand in the open: in variables, outputs and addresses that everybody may read who may read a setting.

Names and sorts are told, never a value: the values are dropped before a record is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from grc.collect.policies.analysis import Analysis, Value, shape
from grc.collect.policies.statements import UnreadableError
from grc.collect.secrets.names import HINTS, PASSWORD_BY_NAME, SECRET_BY_NAME, assignments, of_name
from grc.collect.secrets.table import possible

BY_NAME: Final = {PASSWORD_BY_NAME: "password by its name", SECRET_BY_NAME: "secret by its name"}

REFERRING: Final = frozenset({"PARAMETER_STORE", "SECRETS_MANAGER"})
PAIRS: Final = (("name", "value"), ("Name", "Value"), ("OptionName", "Value"), ("OutputKey", "OutputValue"))
BESIDE: Final = frozenset({"Description", "ExportName", "Namespace", "ResourceName", "type"})
"""What may stand beside a name and its value."""
BEANSTALK: Final = "aws:elasticbeanstalk:application:environment"
"""The one namespace of options that are variables of the application."""
ENVIRONMENTS: Final = frozenset({"env", "environment"})
"""Where a job's containers have their variables."""
ADDRESS: Final = "address"
REMARK: Final = re.compile(r"\s*(?:[#;]|//|--\s)")
MEMBER: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
"""What another part of a program holds: ``config.password``."""
NEAR: Final = 200
"""Signs before a value that are looked at: a line without end would cost without end."""
FLAG: Final = re.compile(r"--[A-Za-z_.-]+[ \t]+\Z")


def variables(sources: Sequence[Any], account: str) -> Value:
    """The variables whose values look like secrets.

    The source is a map, or a list of maps or of pairs of a name and a value. One that says that it could not be
    decrypted is unreadable.

    Raises:
        UnreadableError: the values are not there to be looked at.
    """
    return _value((name, sort) for name, text in _pairs(sources[0]) if (sort := sort_of(name, text)))


def addresses(sources: Sequence[Any], account: str) -> Value:
    """The addresses that hold a secret: one, and a list of further ones.

    Raises:
        UnreadableError: an address is not text.
    """
    first, others = sources
    found = [*([] if first is None else [first]), *(others or ())]
    if not all(isinstance(text, str) for text in found):
        raise UnreadableError("an address is not text")
    return _value((f"{ADDRESS} {index + 1}", sort) for index, text in enumerate(found) if (sort := _form(text)))


def jobs(sources: Sequence[Any], account: str) -> Value:
    """The variables and parameters of a job whose values look like secrets, wherever its kind of container has them.

    Raises:
        UnreadableError: the values are not there to be looked at.
    """
    parameters, *containers = sources
    pairs = [*_pairs(parameters), *(pair for source in containers for pair in _within(source))]
    return _value((name, sort) for name, text in pairs if (sort := sort_of(name, text)))


def sort_of(name: str, text: str) -> str | None:
    """What sort of secret a value looks like, by its own form or by its name; None: it does not."""
    found = _form(text)
    return BY_NAME.get(of_name(name, text) or "") if found is None else found


def written(text: str, *, program: bool) -> Iterator[str]:
    """The sorts of secrets that a file of settings assigns in the open, or a ``program``, by the names before them.

    Remarks are left out, and what a program works out: variables, members and calls.
    """
    lowered = text.lower()
    for start, end, sort in assignments(text) if any(hint in lowered for hint in HINTS) else ():
        if not _is_remark(text, start) and not _is_worked_out(text, start, end, program=program):
            yield BY_NAME[sort]


def _is_remark(text: str, at: int) -> bool:
    begin = text.rfind("\n", max(0, at - NEAR), at) + 1
    return (begin > 0 or at <= NEAR) and REMARK.match(text, begin, at) is not None


def _is_worked_out(text: str, start: int, end: int, *, program: bool) -> bool:
    value, before, after = text[start:end], text[max(0, start - NEAR) : start], text[end : end + 1]
    if "$" in value:
        return True
    if before[-1:] in ("'", '"'):
        return False
    spaced = before[-1:].isspace() and FLAG.search(before) is None
    return after == "(" or MEMBER.fullmatch(value) is not None or (program and (spaced or after in (",", ")", "[")))


def _form(text: str) -> str | None:
    return next((form.name for form in possible(text.lower()) if any(form.spans(text))), None)


def _value(found: Iterator[tuple[str, str]]) -> Value:
    held = sorted(set(found))
    return {"Names": sorted({name for name, _ in held}), "Sorts": sorted({sort for _, sort in held})}


def _within(source: Any) -> Iterator[tuple[str, str]]:
    """The variables of the containers at any depth of a job."""
    if isinstance(source, list):
        for element in source:
            yield from _within(element)
    elif isinstance(source, dict):
        for name, value in source.items():
            yield from _pairs(value) if name in ENVIRONMENTS else _within(value)


def _pairs(source: Any) -> Iterator[tuple[str, str]]:
    if source is None:
        return
    if isinstance(source, list):
        for element in source:
            yield from _pairs(element)
    elif not isinstance(source, dict):
        raise UnreadableError("the variables are neither a map nor a list")
    else:
        yield from _of_map(source)


def _of_map(source: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(source.get("Error"), dict):
        raise UnreadableError("the variables could not be decrypted")
    for name, value in PAIRS:
        if isinstance(source.get(name), str) and source.keys() - {name, value} <= BESIDE:
            if str(source.get("type")) not in REFERRING and source.get("Namespace", BEANSTALK) == BEANSTALK:
                yield source[name], str(source.get(value, ""))
            return
    for key, text in source.items():
        if isinstance(text, dict):
            yield from _of_map(text)
        elif isinstance(text, str):
            yield key, text


_SHAPE: Final = shape(
    "Secrets in the open",
    {"Names": ("texts", "Where one stands"), "Sorts": ("texts", "What sort each looks like")},
)
VARIABLES: Final = Analysis(takes=("variables",), schema=_SHAPE, compute=variables)
ADDRESSES: Final = Analysis(takes=("address", "addresses"), schema=_SHAPE, compute=addresses)
JOBS: Final = Analysis(
    takes=("parameters", "container", "tasks", "pods", "nodes"),
    schema=_SHAPE,
    compute=jobs,
)
