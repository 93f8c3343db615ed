"""Reads one value of a translation off a declared resource: a fact, an absence, or gaps at exact paths."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.policydocument import normalise
from grc.collect.strictjson import read_json
from grc.collect.translated.resource import DeclaredResource, Untold
from grc.collect.translated.translation import Value
from grc.model.evidence import Gap, GapReason

ABSENT: Final = object()
"""The argument is not set: the field is absent."""
UNSET: Final = object()
"""The argument is not set, and the translation says what a new resource then has."""
REST: Final = object()
"""Elements of a list are not known, nor how many: one that is not known stands for them."""
DEEPEST: Final = 60
"""Lists and maps within one another. What is nested deeper is not taken."""
BLOCKS: Final = frozenset({"each", "by", "first"})
"""The forms that read blocks."""
EMPTY: Final[tuple[Any, ...]] = ("", [], {}, False)

Level = tuple[Any, Any, Any]
"""Arguments of one block, and the mirrors of what is unknown and what is sensitive in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What gaps say of their source: ``call`` (``terraform plan``) and ``noun`` (``plan``)."""

    call: str
    noun: str


@dataclass(slots=True)
class Reading:
    """Reads values off one resource and keeps the gaps met, each at its path in the record.

    ``filled`` are the arguments that are marked as not known also where nothing sets them.
    """

    resource: DeclaredResource
    wording: Wording
    gaps: list[Gap] = field(default_factory=list)
    filled: frozenset[str] = frozenset()

    def value(self, at: str, value: Value) -> Any:
        """The value of the field at path ``at``, or ABSENT; where it is not known, a gap is noted too."""
        level = (self.resource.values, self.resource.unknown, self.resource.sensitive)
        found = self._value(at, value, level, top=True)
        if isinstance(found, (dict, list)) and deeper(found, DEEPEST):
            return self._gap(at, GapReason.PARSE_ERROR, "is nested too deeply")
        return found

    def _value(self, at: str, value: Value, level: Level, *, top: bool = False) -> Any:
        if not isinstance(value, str):
            return self._told(at, value, level, top=top)
        plain = _known_plain(value, level)
        return self._told(at, {"from": value}, level, top=top) if plain is None else plain

    def _told(self, at: str, told: Mapping[str, Any], level: Level, *, top: bool) -> Any:
        if "value" in told:
            return _or_absent(told["value"])
        if "new" in told:
            return self._new(at, told, level)
        if "untold" in told:
            return self._gap(at, GapReason.NOT_TRANSLATED, f"{self.resource.address} {told['untold']}")
        if "object" in told:
            return self._whole_object(at, told["object"], told, level, top=top)
        if "list" in told:
            return self._list(at, told["list"], level, top=top)
        name, around = told["from"], level
        blocks: Sequence[str] = ()
        if "." in name:
            *blocks, name = name.split(".")
        for block in blocks:
            inner = self._inside(at, block, told, level, around, top=top)
            if inner is ABSENT or inner is UNSET:
                return self._unset(told) if inner is UNSET else ABSENT
            level, top = inner, False
        found = self._argument(at, name, told, level, around, top=top, block=not told.keys().isdisjoint(BLOCKS))
        if found is ABSENT or found is UNSET:
            return self._unset(told) if found is UNSET else ABSENT
        if found is REST:
            return [{}]
        unknown, sensitive = level[1] and _below(level[1], name), level[2] and _below(level[2], name)
        return self._formed(at, told, (found, unknown, sensitive), around)

    def _argument(
        self, at: str, name: str, value: Mapping[str, Any], level: Level, around: Level, *, top: bool, block: bool
    ) -> Any:
        """What the argument is set to, UNSET where the translation says what a new resource then has, or ABSENT.

        ``around`` are the arguments beside the value, which may decide it where nothing sets it.
        """
        values, unknown, sensitive = level
        if not isinstance(values, (dict, Mapping)):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a block")
        unset = "unset" in value and self._tells_unset(value, around)
        told = name in values and values[name] != ""
        found = values.get(name) if told else None  # the provider takes an empty text for one that is not set
        if unset and top and name not in self.resource.references and not (block and self._perhaps(name, unknown)):
            return UNSET if found is None else found
        if sensitive and _below(sensitive, name) is True:
            return self._gap(at, GapReason.NOT_PROVIDED, f"{name} is marked sensitive in the {self.wording.noun}")
        if unknown and _is_mark(mark := _below(unknown, name)):
            self._untold(f"{at}[0]" if value.get("rest") else at, mark, f"{name} is known after apply")
            return REST if value.get("rest") else ABSENT
        if found is None and unset:
            return UNSET
        if not told and not self.resource.exhaustive:
            return self._gap(at, GapReason.NOT_TRANSLATED, f"{name} is not set: what a new one then has is not known")
        return self._nothing(at, value, around) if found is None else found

    def _tells_unset(self, value: Mapping[str, Any], around: Level) -> bool:
        """Whether the translation says what this resource has where nothing is set."""
        unset = value.get("unset")
        if unset is None or not (self.resource.created or "ever" in unset):
            return False
        return "unless" not in unset or self._sets(unset["unless"], around) is None

    def _nothing(self, at: str, value: Mapping[str, Any], around: Level) -> Any:
        """Nothing is set: the field is absent, but where something else decides what a new resource has."""
        unset = value.get("unset", {})
        other = self._sets(unset.get("unless", ()), around)
        if other is None or (around[0].get(other) if "ever" in unset else not self.resource.created):
            return ABSENT
        return self._gap(at, GapReason.NOT_TRANSLATED, f"is not set, and {other} may decide it")

    def _sets(self, names: Sequence[str], around: Level) -> str | None:
        """The first of these arguments that are set, or may be."""
        values, unknown, _ = around
        references: Container[str] = self.resource.references if values is self.resource.values else ()
        set_ = (one for one in names if values.get(one) or one in references)
        return next(set_, None) or next((one for one in names if self._perhaps(one, unknown)), None)

    def _perhaps(self, name: str, unknown: Any) -> bool:
        """Whether a block that nothing is seen to set may be there: a plan names no ``dynamic`` block that makes it."""
        mark = _below(unknown, name)
        return isinstance(mark, Untold) or (mark is True and name not in self.filled)

    def _unset(self, value: Mapping[str, Any]) -> Any:
        return _or_absent(value["unset"]["value"])

    def _inside(self, at: str, block: str, value: Mapping[str, Any], level: Level, around: Level, *, top: bool) -> Any:
        """The arguments of a block that stands at most once."""
        found = self._argument(at, block, value, level, around, top=top, block=True)
        if found is ABSENT or found is UNSET:
            return found
        inner = (found, _below(level[1], block), _below(level[2], block))
        if isinstance(found, Mapping):
            return inner
        if not isinstance(found, list) or len(found) > 1:
            return self._gap(at, GapReason.PARSE_ERROR, f"{block} is not one block")
        if found:
            return _element(inner, 0)
        return UNSET if self._tells_unset(value, around) else self._nothing(at, value, around)

    def _formed(self, at: str, value: Mapping[str, Any], inner: Level, around: Level) -> Any:
        """What an argument that is set becomes."""
        if "by" in value:
            return self._keyed(at, value["by"], value["each"], inner)
        if "each" in value:
            return self._each(at, value, inner, around)
        if "first" in value:
            return self._first(at, value, inner, around)
        if "wrap" in value:
            return self._wrap(at, value, inner)
        if "decode" in value:
            if (mark := _mark_in([inner[1], inner[2]])) is not None:
                return self._untold(at, mark, "something in the document is not known")
            return self._decode(at, inner[0], DECODERS[value["decode"]])
        found = self._given(at, value["given"], inner) if "given" in value else self._whole(at, inner)
        return found if found is ABSENT or "map" not in value else self._mapped(at, found, value["map"])

    def _given(self, at: str, inside: Any, inner: Level) -> Any:
        """Whether an argument is set, or the one of this name in its block: what AWS will tell then is set too."""
        if inside is True or inner[0] in EMPTY:
            return inner[0] not in EMPTY
        value, unknown, sensitive = _element(inner, 0) if isinstance(inner[0], list) else inner
        mark = _mark_in(_below(unknown, inside))
        if isinstance(mark, Untold) and mark.reason is not GapReason.UNKNOWN_UNTIL_APPLY:
            return self._untold(at, mark, "")
        held = isinstance(value, Mapping) and value.get(inside) not in (None, *EMPTY)
        return held or mark is not None or _marked(_below(sensitive, inside))

    def _new(self, at: str, told: Mapping[str, Any], level: Level) -> Any:
        """What a new resource has; of one that exists already, this is not known."""
        if (other := self._sets(told.get("unless", ()), level)) is not None:
            return self._gap(at, GapReason.NOT_TRANSLATED, f"{other} may set it, and is not translated")
        if self.resource.created:
            return told["new"]
        return self._gap(at, GapReason.NOT_TRANSLATED, f"{self.resource.address} exists already, and does not tell it")

    def _mapped(self, at: str, found: Any, table: Mapping[str, Any]) -> Any:
        """The word of AWS for the word of the source; a word that is not in the table is not guessed at."""
        word = str(found).lower() if isinstance(found, bool) else str(found)
        if word in table:
            return _or_absent(table[word])
        return self._gap(at, GapReason.NOT_TRANSLATED, "is set to a word that the translation does not know")

    def _list(self, at: str, values: Sequence[Value], level: Level, *, top: bool) -> Any:
        read = [self._value(f"{at}[{index}]", value, level, top=top) for index, value in enumerate(values)]
        return [{} if value is ABSENT else value for value in read]

    def _keyed(self, at: str, by: str, fields: Mapping[str, Value], level: Level) -> Any:
        """A list of blocks, each under the word of one of its arguments."""
        if not isinstance(level[0], list) or _marked([_below(_at(level[1], at), by) for at in range(len(level[0]))]):
            return self._gap(at, GapReason.UNKNOWN_UNTIL_APPLY, f"{by} is known after apply")
        blocks = [_element(level, index) for index in range(len(level[0]))]
        if not all(isinstance(one[0], Mapping) for one in blocks):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a list of blocks")
        return {str(one[0][by]): self._object(f"{at}.{one[0][by]}", fields, one) for one in blocks if by in one[0]}

    def _object(self, at: str, fields: Mapping[str, Value], level: Level, *, top: bool = False) -> Any:
        if not isinstance(level[0], Mapping):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a block")
        read = {name: self._value(f"{at}.{name}", value, level, top=top) for name, value in fields.items()}
        return {name: value for name, value in read.items() if value is not ABSENT}

    def _whole_object(
        self, at: str, fields: Mapping[str, Value], value: Mapping[str, Any], level: Level, *, top: bool = False
    ) -> Any:
        """An object, with a gap for each of its fields that the translation says it lacks."""
        found = self._object(at, fields, level, top=top)
        self._lack(at, value)
        return found

    def _lack(self, at: str, value: Mapping[str, Any]) -> None:
        for name in value.get("lacks", ()):
            self._gap(f"{at}.{name}", GapReason.NOT_TRANSLATED, "is not told by this resource type")

    def _each(self, at: str, value: Mapping[str, Any], level: Level, around: Level) -> Any:
        if not isinstance(level[0], list):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a list of blocks")
        if not level[0] and (other := self._sets(value.get("unset", {}).get("unless", ()), around)) is not None:
            return self._gap(at, GapReason.NOT_TRANSLATED, f"is not set, and {other} may decide it")
        elements = [(f"{at}[{index}]", _element(level, index)) for index in range(len(level[0]))]
        read = [self._whole_object(place, value["each"], value, element) for place, element in elements]
        return ABSENT if ABSENT in read else read

    def _first(self, at: str, value: Mapping[str, Any], level: Level, around: Level) -> Any:
        """A block that stands at most once is a list in Terraform: its only element is the object."""
        if isinstance(level[0], Mapping):
            return self._whole_object(at, value["first"], value, level)
        if not isinstance(level[0], list) or len(level[0]) > 1:
            return self._gap(at, GapReason.PARSE_ERROR, "is not one block")
        if level[0]:
            return self._whole_object(at, value["first"], value, _element(level, 0))
        return self._unset(value) if self._tells_unset(value, around) else self._nothing(at, value, around)

    def _wrap(self, at: str, value: Mapping[str, Any], level: Level) -> Any:
        name = value["wrap"]
        texts, unknown, sensitive = level if isinstance(level[0], list) else ([level[0]], level[1], level[2])
        wrapped: list[dict[str, Any]] = []
        for index, text in enumerate(texts):
            self._lack(f"{at}[{index}]", value)
            if _marked(_at(sensitive, index)):
                self._gap(f"{at}[{index}].{name}", GapReason.NOT_PROVIDED, "marked sensitive")
                wrapped.append({})
            elif (mark := _mark_in(_at(unknown, index))) is not None or text is None:
                self._untold(f"{at}[{index}].{name}", mark, "known after apply")
                wrapped.append({})
            else:
                wrapped.append({name: text})
        return wrapped

    def _whole(self, at: str, level: Level) -> Any:
        """A value taken as it is: what is not known below it is a gap below, in a list of the whole list."""
        value, unknown, sensitive = level
        if isinstance(value, Mapping):
            return self._map(at, value, unknown, sensitive)
        if _mark_in(sensitive) is not None:
            return self._gap(
                at, GapReason.NOT_PROVIDED, f"something in it is marked sensitive in the {self.wording.noun}"
            )
        if (mark := _mark_in(unknown)) is not None:
            return self._untold(at, mark, "something in it is known after apply")
        return value

    def _map(self, at: str, value: Mapping[str, Any], unknown: Any, sensitive: Any) -> Any:
        if deeper(value, DEEPEST):
            return self._gap(at, GapReason.PARSE_ERROR, "is nested too deeply")
        read = {}
        for name in sorted({*value, *_names(unknown), *_names(sensitive)}):
            below = (value.get(name), _below(unknown, name), _below(sensitive, name))
            found = self._whole(f"{at}.{name}", below)
            if found is not ABSENT and found is not None:
                read[name] = found
        return read

    def _decode(self, at: str, text: Any, form: Callable[[Any], Any]) -> Any:
        try:
            return form(read_json(text.encode("utf-8")) if isinstance(text, str) else text)
        except (UnicodeEncodeError, ValueError):
            return self._gap(at, GapReason.PARSE_ERROR, "is not a JSON document of its form")

    def _untold(self, at: str, mark: Any, detail: str) -> Any:
        if isinstance(mark, Untold):
            return self._gap(at, mark.reason, mark.detail)
        return self._gap(at, GapReason.UNKNOWN_UNTIL_APPLY, detail)

    def _gap(self, at: str, reason: GapReason, detail: str) -> Any:
        self.gaps.append(Gap(path=at, reason=reason, call=self.wording.call, detail=detail))
        return ABSENT


def _known_plain(name: str, level: Level) -> str | int | None:
    """The text, number or truth value that an argument is set to; None where it is not plainly known."""
    values, unknown, sensitive = level
    if unknown and (not isinstance(unknown, dict) or name in unknown):
        return None
    if sensitive and (not isinstance(sensitive, dict) or name in sensitive):
        return None
    found = values.get(name) if isinstance(values, dict) else None
    return found if isinstance(found, (str, int)) and found != "" else None


def deeper(value: Any, most: int) -> bool:
    """Whether lists and maps lie deeper within one another than this."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(most - 1):
        if not level:
            return False
        level = [
            below
            for one in level
            for below in (one.values() if isinstance(one, dict) else one)
            if isinstance(below, (dict, list))
        ]
    return bool(level)


def without_nulls(document: Any) -> Any:
    """A JSON document without the members that are null: AWS does not keep them."""
    if isinstance(document, Mapping):
        return {name: without_nulls(value) for name, value in document.items() if value is not None}
    return [without_nulls(value) for value in document] if isinstance(document, list) else document


def containers(document: Any) -> Any:
    """Definitions of containers as AWS tells them.

    Raises:
        ValueError: a name in them is not in the case of AWS: who reads it in any would take it for set.
    """
    if _capital(document):
        raise ValueError
    return without_nulls(document)


def _capital(document: Any) -> bool:
    if isinstance(document, Mapping):
        free = (below for name, below in document.items() if name not in ("options", "dockerLabels"))
        return any(name[:1].isupper() for name in document) or any(map(_capital, free))
    return isinstance(document, list) and any(map(_capital, document))


def _or_absent(value: Any) -> Any:
    return ABSENT if value is None else value


def _names(mirror: Any) -> tuple[str, ...]:
    return tuple(mirror) if isinstance(mirror, dict) else ()


def _element(level: Level, index: int) -> Level:
    return (level[0][index], _at(level[1], index), _at(level[2], index))


def _below(mirror: Any, name: str) -> Any:
    """The mirror of an argument: a mark stands for all below it."""
    return mirror.get(name) if isinstance(mirror, dict) else _is_mark(mirror) and mirror


def _at(mirror: Any, index: int) -> Any:
    if isinstance(mirror, list):
        return mirror[index] if index < len(mirror) else False
    return _is_mark(mirror) and mirror


def _is_mark(mirror: Any) -> bool:
    return mirror is True or isinstance(mirror, Untold)


def _mark_in(mirror: Any) -> Any:
    """A mark, here or below, or None."""
    if isinstance(mirror, dict):
        mirror = list(mirror.values())
    if isinstance(mirror, list):
        return next((found for found in map(_mark_in, mirror) if found is not None), None)
    return mirror if _is_mark(mirror) else None


def _marked(mirror: Any) -> bool:
    """Whether anything is marked, here or below."""
    return _mark_in(mirror) is not None


DECODERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "json": normalise,
    "plain": without_nulls,
    "containers": containers,
}
"""How the text of an argument is read: as a policy document, as JSON that is the answer's own, or as containers."""
