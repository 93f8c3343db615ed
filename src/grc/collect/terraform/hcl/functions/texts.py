"""Functions of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.terraform.hcl.functions.arguments import a_list, of_text, one_cased, single
from grc.collect.terraform.hcl.values import LONGEST_TEXT, Unknown, find_unknown, spread, to_number, to_text

VERB: Final = re.compile(r"%(?:%|(0?)([1-9]\d?)?([sdv]))")


def _join(separator: Any, *lists: Any) -> str:
    text = to_text(separator).join(to_text(one) for part in lists for one in a_list(part))
    if len(text) > LONGEST_TEXT:
        raise ValueError
    return text


def _joined_alone(separator: Any, *lists: Any) -> Any:
    """One element that is not known is joined to nothing: the text is that element."""
    elements = [one for part in lists if isinstance(part, list) for one in part]
    if len(elements) == 1 and isinstance(elements[0], Unknown) and all(isinstance(part, list) for part in lists):
        return elements[0]
    unknown = find_unknown([separator, *lists])
    return _join(separator, *lists) if unknown is None else spread(unknown)


def _replace(text: Any, old: Any, new: Any) -> str:
    if len(old) > 1 and old[0] == old[-1] == "/":
        raise ValueError
    found = to_text(text)
    if len(new) > 1 and found.count(old) * len(new) > LONGEST_TEXT:
        raise ValueError
    return found.replace(old, new)


def _format(pattern: Any, *arguments: Any) -> str:
    if VERB.sub("", pattern).count("%"):
        raise ValueError
    left = iter(arguments)
    try:
        text = VERB.sub(lambda verb: "%" if verb[0] == "%%" else _formatted(verb, next(left)), pattern)
    except (StopIteration, RuntimeError) as error:
        raise ValueError from error
    if next(left, None) is not None:
        raise ValueError
    return text


def _formatted(verb: re.Match[str], value: Any) -> str:
    if verb[3] == "v" and (value is None or isinstance(value, (list, Mapping))):
        raise ValueError  # written as JSON, of a form that is not evaluated
    text = str(int(to_number(value))) if verb[3] == "d" else to_text(value)
    return text.rjust(int(verb[2] or 0), "0" if verb[1] else " ")


def _substr(text: Any, offset: Any, length: Any) -> str:
    found = single(to_text(text))
    start = offset if offset >= 0 else max(0, len(found) + offset)
    return found[start:] if length == -1 else found[start : start + length]


def _title(text: Any) -> str:
    return re.sub(r"(^|\s)(\S)", lambda found: found[1] + found[2].upper(), one_cased(text))


LENIENT: Final[Mapping[str, Callable[..., Any]]] = {"join": _joined_alone}

DEEP: Final[Mapping[str, Callable[..., Any]]] = {
    "chomp": of_text(lambda text: text.rstrip("\r\n")),
    "endswith": lambda text, end: to_text(text).endswith(end),
    "format": _format,
    "lower": of_text(lambda text: one_cased(text).lower()),
    "replace": _replace,
    "split": lambda separator, text: to_text(text).split(separator) if text else [""],
    "startswith": lambda text, start: to_text(text).startswith(start),
    "strcontains": lambda text, part: part in to_text(text),
    "strrev": of_text(lambda text: single(text)[::-1]),
    "substr": _substr,
    "title": _title,
    "tostring": lambda value: None if value is None else to_text(value),
    "trim": lambda text, cut: to_text(text).strip(cut),
    "trimprefix": lambda text, cut: to_text(text).removeprefix(cut),
    "trimspace": of_text(str.strip),
    "trimsuffix": lambda text, cut: to_text(text).removesuffix(cut),
    "upper": of_text(lambda text: one_cased(text).upper()),
}
