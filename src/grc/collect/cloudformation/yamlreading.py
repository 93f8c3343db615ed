"""YAML of CloudFormation, from the events of the C parser: short tags become long forms, and nothing is constructed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from grc.collect.cloudformation.malformed import MalformedError

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it
MAX_DEPTH: Final = 100
MAX_REPEATED: Final = 100_000
"""Values that aliases may repeat in one file."""
CONSTANTS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
PLAIN: Final = ("!Ref", "!Condition")
FUNCTIONS: Final = frozenset(
    re.findall(
        "![^ ]+",
        "!And !Base64 !Cidr !Contains !EachMemberEquals !EachMemberIn !Equals !FindInMap !GetAtt !GetAZs !If "
        "!ImportValue !Join !Length !Not !Or !RefAll !Select !Split !Sub !ToJsonString !Transform !ValueOf !ValueOfAll",
    )
)
STANDARD: Final = "tag:yaml.org,2002:"
MISSING: Final = object()


def read_yaml(text: str) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """The document and the lines on which its sections and their members begin.

    Raises:
        MalformedError: this is not YAML that CloudFormation reads, or it is built to exhaust a reader.
    """
    builder = _Builder()
    try:
        builder.build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = error.problem or error.context
        line = (
            1 if mark is None else min(mark.line, text.count("\n")) + 1
        )  # the end of a text may be told as a line more
        raise MalformedError(line, f"it is not YAML: {_without_names(why)}") from error
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        raise MalformedError(1, "it is not YAML: it holds a character that YAML does not allow") from error
    if not isinstance(builder.root, dict):
        raise MalformedError(1, "it is not a mapping")
    return builder.root, builder.lines


def _without_names(why: str | None) -> str:
    """The parser's words up to where it quotes the file."""
    return re.split(r"['\"`]", why or "cannot be parsed")[0].strip()


class _Open:
    """A mapping or list being filled; ``anchor`` is the name under which it may be repeated."""

    __slots__ = ("anchor", "key", "mapping", "value")

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value = value
        self.mapping = isinstance(value, dict)
        self.key: Any = MISSING
        self.anchor = anchor


class _Builder:
    """Turns events into values. Never recurses, so that depth cannot exhaust the stack."""

    def __init__(self) -> None:
        self.root: Any = MISSING
        self.open: list[_Open] = []
        self.lines: dict[tuple[str, ...], int] = {}
        self.section = ""
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.repeated = 0

    def build(self, text: str) -> None:
        """Take every event of the text."""
        loader = LOADER(text)
        scalar, end, start = yaml.ScalarEvent, yaml.CollectionEndEvent, yaml.CollectionStartEvent
        try:
            while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
                if isinstance(event, scalar):
                    self._scalar(event)
                elif isinstance(event, end):
                    self._close()
                elif isinstance(event, start):
                    self._collection(event)
                elif isinstance(event, yaml.AliasEvent):
                    self._alias(event)
                elif isinstance(event, yaml.DocumentStartEvent) and self.root is not MISSING:
                    raise MalformedError(_line(event), "it holds a second document")
        finally:
            loader.dispose()

    def _scalar(self, event: Any) -> None:
        top = self.open[-1] if self.open else None
        if top is not None and top.mapping and top.key is MISSING:
            self._key(top, event)
            return
        value: Any = event.value
        if event.tag is not None:
            value = _tagged(event)
        elif not event.style:  # plain text, not quoted and not a block
            value = _convert(value)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        self._put(value)

    def _key(self, top: _Open, event: Any) -> None:
        """Keys are text as written, so that the account ids of a mapping stay what they are."""
        key, line = event.value, event.start_mark.line + 1
        if event.tag is not None and event.tag != STANDARD + "str":
            raise MalformedError(line, "a key has a tag")
        if key == "<<" and not event.style:
            raise MalformedError(line, "it merges mappings with <<, which CloudFormation does not read")
        if key in top.value:
            raise MalformedError(line, "a key stands twice")
        if event.anchor is not None:
            self.anchors[event.anchor] = (key, 1)
        top.key = key
        if len(self.open) == 1:
            self.section = key
            self.lines[key,] = line
        elif len(self.open) == 2:
            self.lines[self.section, key] = line

    def _collection(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if len(self.open) >= MAX_DEPTH:
            raise MalformedError(line, f"it is nested deeper than {MAX_DEPTH} levels")
        if self.open and self.open[-1].mapping and self.open[-1].key is MISSING:
            raise MalformedError(line, "a key is not text")
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        tag = event.tag
        if tag is None or tag in (STANDARD + "map", STANDARD + "seq"):
            self._put(value)
        else:
            self._put({_function(tag, line): value})
        self.open.append(_Open(value, event.anchor))

    def _close(self) -> None:
        done = self.open.pop()
        if done.anchor is not None:
            whole = self._last() if self.open else done.value
            self.anchors[done.anchor] = (whole, _size(whole))

    def _last(self) -> Any:
        """What was put last, with its function where it has one."""
        top = self.open[-1]
        return next(reversed(top.value.values())) if top.mapping else top.value[-1]

    def _alias(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if event.anchor not in self.anchors:
            raise MalformedError(line, "an alias stands for what is not there, or for what holds it")
        if self.open and self.open[-1].mapping and self.open[-1].key is MISSING:
            raise MalformedError(line, "an alias stands for a key")
        value, size = self.anchors[event.anchor]
        self.repeated += size
        if self.repeated > MAX_REPEATED:
            raise MalformedError(line, f"its aliases repeat more than {MAX_REPEATED} values")
        self._put(value)

    def _put(self, value: Any) -> None:
        if not self.open:
            self.root = value
            return
        top = self.open[-1]
        if top.mapping:
            top.value[top.key] = value
            top.key = MISSING
        else:
            top.value.append(value)


def _line(event: Any) -> int:
    line: int = event.start_mark.line + 1
    return line


def _convert(text: str) -> Any:
    if text in CONSTANTS:
        return CONSTANTS[text]
    return int(text) if text[-1] in "0123456789" and DECIMAL.match(text) else text


def _tagged(event: Any) -> Any:
    tag, value = event.tag, event.value
    if tag.startswith(STANDARD):
        if tag == STANDARD + "str":
            return value
        if tag in (STANDARD + "int", STANDARD + "bool", STANDARD + "null", STANDARD + "float"):
            return _convert(value)
    return {_function(tag, event.start_mark.line + 1): value}


def _function(tag: str, line: int) -> str:
    """The long form of a short tag.

    Raises:
        MalformedError: this is no tag of CloudFormation.
    """
    if tag in FUNCTIONS:
        return "Fn::" + tag[1:]
    if tag in PLAIN:
        return tag[1:]
    raise MalformedError(line, "it has a tag that is none of CloudFormation's")


def _size(value: Any) -> int:
    """How many values there are in one, those that it repeats included; counted no further than the limit."""
    waiting, count = [value], 0
    while waiting and count <= MAX_REPEATED:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count
