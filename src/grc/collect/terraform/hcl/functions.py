"""The pure functions of the Terraform language that are evaluated. Any other gives what is not known."""

from __future__ import annotations

import base64
import ipaddress
import itertools
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.strictjson import read_json
from grc.collect.terraform.hcl.values import (
    LONGEST_LIST,
    LONGEST_TEXT,
    Unknown,
    WrongError,
    find_unknown,
    first_unknown,
    same,
    spread,
    to_number,
    to_text,
    to_truth,
    unique,
    whole,
)

PLAIN: Final = (str, bool, int, float)


def call(name: str, arguments: list[Any]) -> Any:
    """The value of a function for arguments that may be unknown, in whole or below.

    Raises:
        WrongError: Terraform refuses these arguments.
    """
    name = name.removeprefix("core::")
    shallow = SHALLOW.get(name)
    function = shallow or DEEP.get(name)
    if function is None:
        return Unknown(f"{name}() is not evaluated", sensitive=_any_sensitive(arguments))
    look = _top if shallow else find_unknown
    missing = first_unknown(map(look, arguments))
    if missing is not None:
        return spread(missing)
    try:
        return function(*arguments)
    except (TypeError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        # Whether Terraform refuses it too is not certain: it is not an error that try() may pass over.
        return Unknown(f"{name}() is not evaluated for these arguments ({type(error).__name__})")


def _any_sensitive(arguments: list[Any]) -> bool:
    found = find_unknown(arguments)
    return found is not None and found.sensitive


def _top(value: Any) -> Unknown | None:
    return value if isinstance(value, Unknown) else None


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise TypeError


def _map(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise TypeError


def _merge(*maps: Any) -> Any:
    found: dict[str, Any] = {}
    for one in maps:
        found.update(_map(one) if one is not None else {})
    return found


def _concat(*lists: Any) -> list[Any]:
    return list(itertools.chain.from_iterable(map(_list, lists)))


def _lookup(among: Any, key: Any, *default: Any) -> Any:
    found = _map(among)
    if key in found:
        return found[key]
    if not default:
        raise WrongError("has no such key")
    return default[0]


def _element(among: Any, index: Any) -> Any:
    elements = _list(among)
    if not elements:
        raise WrongError("is empty")
    at = to_number(index)
    if not isinstance(at, int) or at < 0:
        raise ValueError
    return elements[at % len(elements)]


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(_single(value))
    return len(value) if isinstance(value, Mapping) else len(_list(value))


def _single(text: str) -> str:
    """Text in which each character stands for itself: Terraform counts what a reader sees as one."""
    if any(point > "\u02ff" for point in text):
        raise ValueError
    return text


def _ascii(text: str) -> str:
    """Text whose letters have one upper and one lower form."""
    if not text.isascii():
        raise ValueError
    return text


def _keys(value: Any) -> list[Any]:
    return sorted(_map(value))


def _values(value: Any) -> list[Any]:
    found = _map(value)
    return [found[key] for key in sorted(found)]


def _one(value: Any) -> Any:
    elements = _list(value)
    if len(elements) > 1:
        raise WrongError("has more than one element")
    return elements[0] if elements else None


def _slice(value: Any, start: Any, end: Any) -> list[Any]:
    elements = _list(value)
    if not 0 <= start <= end <= len(elements):
        raise WrongError("has no such part")
    return elements[start:end]


def _zipmap(keys: Any, values: Any) -> dict[str, Any]:
    unknown = find_unknown(keys)
    if unknown is not None:
        raise TypeError
    return {to_text(key): value for key, value in zip(_list(keys), _list(values), strict=True)}


def _flatten(value: Any) -> Any:
    found: list[Any] = []
    for one in _list(value):
        if isinstance(one, Unknown):
            return spread(one)
        inner = _flatten(one) if isinstance(one, list) else [one]
        if isinstance(inner, Unknown):
            return inner
        found.extend(inner)
        if len(found) > LONGEST_LIST:
            raise ValueError
    return found


def _contains(among: Any, value: Any) -> Any:
    unknown = find_unknown(value)
    if unknown is not None:
        return spread(unknown)
    elements = _list(among)
    if any(find_unknown(one) is None and same(one, value) for one in elements):
        return True
    unknown = find_unknown(elements)
    if unknown is not None:
        return spread(unknown)
    if isinstance(value, PLAIN) and any(isinstance(one, PLAIN) and to_text(one) == to_text(value) for one in elements):
        raise ValueError  # equal but for the type, to which Terraform may convert
    return False


def _toset(value: Any) -> Any:
    unknown = find_unknown(value)
    return spread(unknown) if unknown is not None else unique(_uniform(_list(value)))


def _tolist(value: Any) -> Any:
    if find_unknown(value) is None:
        return _uniform(_list(value))
    # An unknown element may make text of the others.
    return [one if isinstance(one, (str, list, dict, Unknown)) else Unknown("is of a type not known") for one in value]


def _uniform(elements: list[Any]) -> list[Any]:
    """Elements of unlike primitive types become text, as Terraform makes them."""
    plain = all(isinstance(one, (str, bool, int, float)) for one in elements)
    kinds = {str if isinstance(one, str) else bool if isinstance(one, bool) else float for one in elements}
    return [to_text(one) for one in elements] if plain and len(kinds) > 1 else elements


def _join(separator: Any, *lists: Any) -> str:
    text = to_text(separator).join(to_text(one) for part in lists for one in _list(part))
    if len(text) > LONGEST_TEXT:
        raise ValueError
    return text


def _replace(text: Any, old: Any, new: Any) -> str:
    if len(old) > 1 and old[0] == old[-1] == "/":
        raise ValueError
    found = to_text(text)
    if len(new) > 1 and found.count(old) * len(new) > LONGEST_TEXT:
        raise ValueError
    return found.replace(old, new)


VERB: Final = re.compile(r"%(?:%|(0?)([1-9]\d?)?([sdv]))")


def _format(pattern: Any, *arguments: Any) -> str:
    left = iter(arguments)

    def put(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        value = next(left)
        text = str(int(to_number(value))) if found[3] == "d" else to_text(value)
        return text.rjust(int(found[2] or 0), "0" if found[1] else " ")

    if VERB.sub("", pattern).count("%"):
        raise ValueError
    try:
        text = VERB.sub(put, pattern)
    except (StopIteration, RuntimeError) as error:
        raise ValueError from error
    if next(left, None) is not None:
        raise ValueError
    return text


def _substr(text: Any, offset: Any, length: Any) -> str:
    found = _single(to_text(text))
    start = offset if offset >= 0 else max(0, len(found) + offset)
    return found[start:] if length == -1 else found[start : start + length]


def _title(text: Any) -> str:
    return re.sub(r"(^|\s)(\S)", lambda found: found[1] + found[2].upper(), _ascii(text))


def _jsonencode(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False, allow_nan=False)
    if len(text) > LONGEST_TEXT:
        raise ValueError
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _jsondecode(text: Any) -> Any:
    return read_json(to_text(text).encode("utf-8"))


def _base64decode(text: Any) -> str:
    return base64.b64decode(text, validate=True).decode("utf-8")


def _range(*arguments: Any) -> list[int]:
    if not all(isinstance(one, int) for one in arguments):
        raise ValueError
    found = range(*arguments)
    if len(found) > LONGEST_LIST:
        raise ValueError
    return list(found)


def _coalesce(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Unknown):
            return spread(value)
        if value is not None and value != "":
            return value
    raise WrongError("has no value")


def _coalescelist(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Unknown):
            return spread(value)
        if _list(value):
            return value
    raise WrongError("has no list that is not empty")


def _cidrsubnet(prefix: Any, bits: Any, number: Any) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    length = network.prefixlen + bits
    if not 0 <= number < 2**bits or length > network.max_prefixlen:
        raise WrongError("has no such subnet")
    first = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{ipaddress.ip_address(first) if network.version == 4 else ipaddress.IPv6Address(first)}/{length}"


def _cidrhost(prefix: Any, number: Any) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    return str(network[number])


def _setproduct(*lists: Any) -> list[Any]:
    if math.prod(len(_list(one)) for one in lists) > LONGEST_LIST:
        raise ValueError
    return [list(one) for one in itertools.product(*lists)]


def _chunklist(value: Any, size: Any) -> list[Any]:
    return [value[at : at + size] for at in range(0, len(value), size)]


def _distinct(value: Any) -> list[Any]:
    found: list[Any] = []
    for one in _list(value):
        if not any(same(one, other) for other in found):
            found.append(one)
    return found


def _numbers(values: tuple[Any, ...]) -> list[int | float]:
    return [to_number(value) for value in values]


def _index(among: Any, value: Any) -> int:
    for at, one in enumerate(_list(among)):
        if same(one, value):
            return at
    raise WrongError("has no such element")


def _tomap(value: Any) -> Mapping[str, Any]:
    return _map(value)


def _sort(value: Any) -> list[str]:
    return sorted(to_text(one) for one in _list(value))


def _ceil(value: Any) -> int:
    return math.ceil(to_number(value))


def _floor(value: Any) -> int:
    return math.floor(to_number(value))


def _abs(value: Any) -> int | float:
    return whole(abs(to_number(value)))


def _text(function: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: function(to_text(value))


SHALLOW: Final[Mapping[str, Callable[..., Any]]] = {
    "concat": _concat,
    "contains": _contains,
    "element": _element,
    "flatten": _flatten,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "merge": _merge,
    "one": _one,
    "reverse": lambda value: _list(value)[::-1],
    "slice": _slice,
    "tolist": _tolist,
    "tomap": _tomap,
    "toset": _toset,
    "values": _values,
    "zipmap": _zipmap,
}
"""Functions that look at no more than the length, the keys or the order of what they are given."""

DEEP: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": _abs,
    "alltrue": lambda value: all(to_truth(one) for one in _list(value)),
    "anytrue": lambda value: any(to_truth(one) for one in _list(value)),
    "base64decode": _base64decode,
    "base64encode": _text(lambda text: base64.b64encode(text.encode()).decode()),
    "ceil": _ceil,
    "chomp": _text(lambda text: text.rstrip("\r\n")),
    "chunklist": _chunklist,
    "cidrhost": _cidrhost,
    "cidrsubnet": _cidrsubnet,
    "compact": lambda value: [one for one in _list(value) if one not in ("", None)],
    "distinct": _distinct,
    "endswith": lambda text, end: to_text(text).endswith(end),
    "floor": _floor,
    "format": _format,
    "index": _index,
    "join": _join,
    "jsondecode": _jsondecode,
    "jsonencode": _jsonencode,
    "lower": _text(lambda text: _ascii(text).lower()),
    "max": lambda *values: max(_numbers(values)),
    "min": lambda *values: min(_numbers(values)),
    "nonsensitive": lambda value: value,
    "range": _range,
    "replace": _replace,
    "setintersection": lambda first, *others: unique(
        one for one in first if all(any(same(one, two) for two in other) for other in others)
    ),
    "setproduct": _setproduct,
    "setsubtract": lambda first, other: unique(one for one in first if not any(same(one, two) for two in other)),
    "setunion": lambda *sets: unique(_concat(*sets)),
    "sort": _sort,
    "split": lambda separator, text: to_text(text).split(separator) if text else [""],
    "startswith": lambda text, start: to_text(text).startswith(start),
    "strcontains": lambda text, part: part in to_text(text),
    "strrev": _text(lambda text: _single(text)[::-1]),
    "substr": _substr,
    "sum": lambda value: whole(sum(_numbers(tuple(_list(value))))),
    "title": _title,
    "tobool": lambda value: None if value is None else to_truth(value),
    "tonumber": lambda value: None if value is None else to_number(value),
    "tostring": lambda value: None if value is None else to_text(value),
    "transpose": lambda value: {
        key: [name for name in sorted(value) if key in value[name]]
        for key in sorted({one for names in value.values() for one in names})
    },
    "trim": lambda text, cut: to_text(text).strip(cut),
    "trimprefix": lambda text, cut: to_text(text).removeprefix(cut),
    "trimspace": _text(str.strip),
    "trimsuffix": lambda text, cut: to_text(text).removesuffix(cut),
    "upper": _text(lambda text: _ascii(text).upper()),
}
"""Functions that look at everything that they are given."""

LENIENT: Final[Mapping[str, Callable[..., Any]]] = {"coalesce": _coalesce, "coalescelist": _coalescelist}
"""Functions that decide themselves what an unknown argument means."""
