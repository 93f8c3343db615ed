"""The intrinsic functions, by name. Each takes the evaluator and its argument as written."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from grc.collect.cloudformation.values import (
    ABSENT,
    Unknown,
    as_json,
    as_text,
    at_deployment,
    joined,
    malformed,
    unknowns,
)
from grc.registry import register

if TYPE_CHECKING:
    from grc.collect.cloudformation.evaluating import Evaluator

Function = Callable[["Evaluator", Any], Any]
FUNCTIONS: Final[dict[str, Function]] = {}
HOLE: Final = re.compile(r"\$\{([^{}]*)\}")
MAX_NETWORKS: Final = 256


@register(FUNCTIONS, "Fn::If")
def _if(run: Evaluator, argument: Any) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        return malformed("Fn::If takes a condition and two values")
    chosen = run.conditions.named(argument[0])
    if not isinstance(chosen, Unknown):
        return run.value(argument[1 if chosen else 2])
    either, other = run.value(argument[1]), run.value(argument[2])
    if either is other or (not unknowns(either) and not unknowns(other) and same(either, other)):
        return either
    return Unknown(chosen.reason, f"a condition decides it: {chosen.detail}")


def same(first: Any, second: Any) -> bool:
    """Whether two values are one, with true and 1 apart."""
    return as_json(first) == as_json(second) if first is not ABSENT and second is not ABSENT else False


@register(FUNCTIONS, "Fn::GetAtt")
def _get_att(run: Evaluator, argument: Any) -> Any:
    if isinstance(argument, str):
        logical, _, attribute = argument.partition(".")
    elif isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str):
        logical, attribute = argument[0], as_text(run.known(argument[1])) or ""
    else:
        return malformed("Fn::GetAtt takes a resource and an attribute")
    return run.attribute(logical, attribute)


@register(FUNCTIONS, "Fn::Sub")
def _sub(run: Evaluator, argument: Any) -> Any:
    given: dict[str, Any] = {}
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
        argument, given = argument
    if not isinstance(argument, str):
        return malformed("Fn::Sub takes a text, and perhaps a mapping")
    parts: list[str | Unknown] = []
    end = 0
    for hole in HOLE.finditer(argument):
        parts += [argument[end : hole.start()], _filled(run, hole[1].strip(), given)]
        end = hole.end()
    return _joined(run, [*parts, argument[end:]])


def _joined(run: Evaluator, parts: list[Any], delimiter: str = "") -> Any:
    """A text that functions make of others, which may be a dynamic reference."""
    texts = (part.stand if isinstance(part, Unknown) else as_text(part) for part in parts)
    if not run.affords(sum(len(text or "") + len(delimiter) for text in texts)):
        return run.too_much()
    text = joined(parts, delimiter)
    return run.value(text) if isinstance(text, str) else text


def _filled(run: Evaluator, name: str, given: dict[str, Any]) -> str | Unknown:
    if name.startswith("!"):
        return "${" + name[1:] + "}"
    if name in given:
        return run.text(given[name])
    if "." in name and name not in run.parameters:
        logical, _, attribute = name.partition(".")
        return run.text({"Fn::GetAtt": [logical, attribute]})
    return run.text({"Ref": name})


@register(FUNCTIONS, "Fn::Join")
def _join(run: Evaluator, argument: Any) -> Any:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        return malformed("Fn::Join takes a delimiter and a list")
    found = run.known(argument[1])
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, list):
        return malformed("Fn::Join takes a list")
    return _joined(run, found, argument[0])


@register(FUNCTIONS, "Fn::Split")
def _split(run: Evaluator, argument: Any) -> Any:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str) or not argument[0]:
        return malformed("Fn::Split takes a delimiter and a text")
    text = run.text(argument[1])
    return text if isinstance(text, Unknown) else text.split(argument[0])


@register(FUNCTIONS, "Fn::Select")
def _select(run: Evaluator, argument: Any) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return malformed("Fn::Select takes an index and a list")
    index, found = run.text(argument[0]), run.known(argument[1])
    if isinstance(index, Unknown):
        return index
    if isinstance(found, Unknown):
        return Unknown(found.reason, found.detail)
    if not isinstance(found, list) or not index.isdecimal() or len(index) > 6 or int(index) >= len(found):
        return malformed("Fn::Select takes an index of the list")
    return found[int(index)]


@register(FUNCTIONS, "Fn::FindInMap")
def _find_in_map(run: Evaluator, argument: Any) -> Any:
    if not isinstance(argument, list) or len(argument) not in (3, 4):
        return malformed("Fn::FindInMap takes a mapping and two keys")
    keys = [run.text(one) for one in argument[:3]]
    missing = [key for key in keys if isinstance(key, Unknown)]
    if missing:
        return Unknown(missing[0].reason, missing[0].detail)
    found: Any = run.mappings
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            return _default(run, argument)
        found = found[key]
    return run.value(found)


def _default(run: Evaluator, argument: list[Any]) -> Any:
    if len(argument) == 4 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
        return run.value(argument[3]["DefaultValue"])
    return malformed("Fn::FindInMap finds nothing there")


@register(FUNCTIONS, "Fn::Base64")
def _base64(run: Evaluator, argument: Any) -> Any:
    text = run.text(argument)
    if isinstance(text, Unknown) or not run.affords(2 * len(text)):
        return text if isinstance(text, Unknown) else run.too_much()
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


@register(FUNCTIONS, "Fn::Cidr")
def _cidr(run: Evaluator, argument: Any) -> Any:
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        return malformed("Fn::Cidr takes a block, a count and a number of bits")
    told = [run.text(one) for one in argument]
    missing = [one for one in told if isinstance(one, Unknown)]
    if missing:
        return Unknown(missing[0].reason, missing[0].detail)
    block, count, *bits = (str(one) for one in told)
    try:
        return _networks(block, int(count), int(bits[0]) if bits else 8)
    except ValueError:
        return malformed("Fn::Cidr finds no such networks")


def _networks(block: str, count: int, bits: int) -> list[str]:
    network = ipaddress.ip_network(block, strict=False)
    if not 1 <= count <= MAX_NETWORKS or bits < 0:
        raise ValueError(block)
    prefix = network.max_prefixlen - bits
    if prefix < network.prefixlen or count * 2**bits > network.num_addresses:
        raise ValueError(block)
    size = 2**bits
    first = int(network.network_address)
    return [f"{network.network_address + (first + n * size - first)}/{prefix}" for n in range(count)]


@register(FUNCTIONS, "Fn::ToJsonString")
def _to_json(run: Evaluator, argument: Any) -> Any:
    found = run.known(argument)
    missing = unknowns(found)
    if missing:
        return Unknown(missing[0].reason, missing[0].detail)
    text = as_json(found)
    return text if run.affords(len(text)) else run.too_much()


@register(FUNCTIONS, "Fn::Length")
def _length(run: Evaluator, argument: Any) -> Any:
    found = run.known(argument)
    if isinstance(found, Unknown):
        return found
    return len(found) if isinstance(found, list) else malformed("Fn::Length takes a list")


@register(FUNCTIONS, "Fn::ImportValue")
def _import(run: Evaluator, argument: Any) -> Unknown:
    run.value(argument)
    return at_deployment("another stack exports it")


@register(FUNCTIONS, "Fn::GetAZs")
def _zones(run: Evaluator, argument: Any) -> Unknown:
    run.value(argument)
    return at_deployment("the region's zones are known at deployment")


@register(FUNCTIONS, "Fn::Transform")
def _transform(run: Evaluator, argument: Any) -> Unknown:
    return at_deployment("a macro writes it at deployment")
