"""Validates our files by their JSON Schemas (draft 2020-12, the keywords that we use), in plain words.

A general validator needs longer to import than a whole run's files take here, and its messages are not for authors. The
tests hold this one against ``jsonschema``, accepted and refused alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.catalogue.fitting import Fitting, pattern_of
from grc.errors import Problem
from grc.yamltext import Document

FOLDER: Final = Path(__file__).parent / "schemas"
WORDS: Final = {
    "string": "text",
    "integer": "an integer",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
TYPES: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    list: "array",
    dict: "object",
    type(None): "null",
}
KEYWORDS: Final = frozenset(
    {"$schema", "$id", "$ref", "$defs", "title", "description", "type", "const", "enum", "anyOf", "pattern"}
    | {"minimum", "maximum", "items", "minItems", "uniqueItems"}
    | {"properties", "required", "additionalProperties", "propertyNames", "minProperties"}
)

JsonPath = tuple[str | int, ...]
Found = tuple[JsonPath, str]
Schema = Mapping[str, Any]


def problems_of(document: Document, name: str) -> list[Problem]:
    """Every way in which a document differs from the schema of that name, in the order of the file."""
    found = _validator(name).check(document.value)
    return [document.problem(at, message) for at, message in found]


@cache
def schema(name: str) -> Schema:
    """The schema of one sort of file: ``catalogue``, ``requirements``, ``controls``, ``checks`` and so on."""
    loaded: Schema = json.loads((FOLDER / f"{name}-1.json").read_bytes())
    return loaded


class Validator:
    """Holds values against one schema.

    Raises:
        ValueError: the schema uses a keyword that is not read here, and so would be passed over in silence.
    """

    def __init__(self, root: Schema) -> None:
        self._definitions: Schema = root.get("$defs", {})
        self._root = root
        for part in (root, *self._definitions.values()):
            _refuse_keywords(part)
        self._fits = Fitting(self._definitions).of(root)

    def check(self, value: object) -> list[Found]:
        """Every problem of a value, with the path of what is wrong."""
        if self._fits(value):
            return []
        found: list[Found] = []
        self._check(value, self._root, (), found)
        return found

    def _check(self, value: Any, node: Schema, at: JsonPath, found: list[Found]) -> None:
        if "$ref" in node:
            node = self._definitions[node["$ref"].removeprefix("#/$defs/")]
        if "anyOf" in node:
            self._check_either(value, node["anyOf"], at, found)
        elif "const" in node and value != node["const"]:
            found.append((at, f"is {_shown(value)}: must be {node['const']!r}"))
        elif "enum" in node and (not isinstance(value, str) or value not in node["enum"]):
            choices = f"must be one of {', '.join(node['enum'])}" + meant(value, node["enum"])
            found.append((at, f"is {_shown(value)}: {choices}"))
        elif "type" in node:
            if not _is_of(value, node["type"]):
                found.append((at, _wrong_type(value, node)))
            elif isinstance(value, str):
                _check_text(value, node, at, found)
            elif isinstance(value, dict):
                self._check_mapping(value, node, at, found)
            elif isinstance(value, list):
                self._check_list(value, node, at, found)
            elif "minimum" in node and value < node["minimum"]:
                found.append((at, f"is {value}: must be at least {node['minimum']}"))
            elif "maximum" in node and value > node["maximum"]:
                found.append((at, f"is {value}: must be at most {node['maximum']}"))

    def _check_either(self, value: Any, choices: list[Schema], at: JsonPath, found: list[Found]) -> None:
        """A value is held against the choice that its type fits, so that the message is about what was meant."""
        for choice in choices:
            if "type" in choice and _is_of(value, choice["type"]):
                self._check(value, choice, at, found)
                return
        if not any(value == choice.get("const", Ellipsis) for choice in choices):
            words = " or ".join(_words_of(choice) for choice in choices)
            found.append((at, f"is {_shown(value)}: must be {words}"))

    def _check_mapping(self, value: dict[str, Any], node: Schema, at: JsonPath, found: list[Found]) -> None:
        name, known = node.get("title", "mapping"), node.get("properties", {})
        other = node.get("additionalProperties", True)
        for key, below in value.items():
            if key in known:
                self._check(below, known[key], (*at, key), found)
            elif other is False:
                advice = meant(key, known, f"; its keys are {', '.join(known)}")
                found.append(((*at, key), f"is not a key of {_a(name)}{advice}"))
            else:
                self._check_free(key, below, node, at, found)
        missing = [key for key in node.get("required", ()) if key not in value]
        found.extend((at, f"the key {key!r} is missing: {_a(name)} needs it") for key in missing)
        if len(value) < node.get("minProperties", 0):
            found.append((at, f"is empty: {name} needs at least one entry"))

    def _check_free(self, key: str, value: Any, node: Schema, at: JsonPath, found: list[Found]) -> None:
        if "propertyNames" in node:
            wrong: list[Found] = []
            self._check(key, node["propertyNames"], at, wrong)
            found.extend(((*at, key), "the key " + message) for _, message in wrong)
        if isinstance(node.get("additionalProperties"), dict):
            self._check(value, node["additionalProperties"], (*at, key), found)

    def _check_list(self, value: list[Any], node: Schema, at: JsonPath, found: list[Found]) -> None:
        if len(value) < node.get("minItems", 0):
            found.append((at, "is an empty list: it needs at least one entry"))
        if "items" in node:
            for index, item in enumerate(value):
                self._check(item, node["items"], (*at, index), found)
        if node.get("uniqueItems"):
            for index, item in enumerate(value):
                if item in value[:index]:
                    found.append(((*at, index), f"{_shown(item)} stands twice in this list: remove one"))


def meant(given: object, known: Mapping[str, object] | list[str] | tuple[str, ...], otherwise: str = "") -> str:
    """The end of a message: what a misspelt word was probably meant to be."""
    near = get_close_matches(str(given), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else otherwise


@cache
def _validator(name: str) -> Validator:
    return Validator(schema(name))


def _check_text(value: str, node: Schema, at: JsonPath, found: list[Found]) -> None:
    if "pattern" in node and not pattern_of(node["pattern"])(value):
        found.append((at, f"is {_shown(value)}: must be {node['description']}"))


def _is_of(value: object, declared: str | list[str]) -> bool:
    name = _type_of(value)
    return name == declared if isinstance(declared, str) else name in declared


def _type_of(value: object) -> str:
    return TYPES[type(value)]


def _wrong_type(value: object, node: Schema) -> str:
    if value is None:
        return f"has no value: must be {_words_of(node)}"
    text = str(value).lower()
    if isinstance(value, int) and "string" in node["type"] and pattern_of(node.get("pattern", ""))(text):
        return f'is {_shown(value)}: must be text: quote it, "{text}"'
    return f"is {_shown(value)}: must be {node.get('description', _words_of(node))}"


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


def _words_of(node: Schema) -> str:
    if "const" in node:
        return repr(node["const"])
    declared = node["type"]
    return " or ".join(WORDS[name] for name in ([declared] if isinstance(declared, str) else declared))


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, (dict, list)):
        return WORDS[_type_of(value)]
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _refuse_keywords(node: Schema) -> None:
    unknown = node.keys() - KEYWORDS
    if unknown:
        raise ValueError(f"the schema keywords {sorted(unknown)} are not read")
    for name in ("properties", "$defs"):
        for below in node.get(name, {}).values():
            _refuse_keywords(below)
    single = (node.get(name) for name in ("items", "propertyNames", "additionalProperties"))
    for below in (*single, *node.get("anyOf", ())):
        if isinstance(below, dict):
            _refuse_keywords(below)
