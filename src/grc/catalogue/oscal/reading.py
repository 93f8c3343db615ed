"""Reads an OSCAL catalogue: every value is looked at before it is used, and every problem is told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from grc.catalogue.oscal.prose import Param
from grc.catalogue.oscal.strict import Foreign, JsonPath
from grc.errors import DataError, Problem

TOKEN: Final = re.compile(r"[^\W\d][\w.\-]{0,99}\Z")
"""An id of OSCAL: a letter or underscore, then letters, digits, dots, hyphens and underscores."""
VERSION: Final = re.compile(r"1\.[0-9]+\.[0-9]+")
MAX_PROBLEMS: Final = 100
MAX_DEPTH: Final = 20
"""How deep groups, controls and parts may be nested in each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One item of a control's statement, with the items below it."""

    name: str | None
    label: str | None
    prose: str
    items: tuple[Statement, ...]
    at: JsonPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A group or control of an OSCAL catalogue, with what stands below it."""

    id: str | None
    label: str | None
    title: str
    group: bool
    withdrawn: bool
    moved_to: tuple[str, ...]
    statements: tuple[Statement, ...]
    below: tuple[Entry, ...]
    at: JsonPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """An OSCAL catalogue as it was read."""

    foreign: Foreign
    title: str
    version: str
    parties: tuple[str, ...]
    addresses: tuple[str, ...]
    entries: tuple[Entry, ...]
    params: Mapping[str, Param]


def read_book(path: Path) -> Book:
    """Read an OSCAL catalogue.

    Raises:
        DataError: with the problems of the file, up to a hundred.
    """
    reader = _Reader(Foreign(path))
    book = reader.book()
    if reader.problems:
        raise DataError(reader.problems)
    return book


@dataclass(slots=True)
class _Reader:
    foreign: Foreign
    problems: list[Problem] = field(default_factory=list)
    params: dict[str, Param] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def book(self) -> Book:
        catalog = self.foreign.value
        if not isinstance(catalog, dict) or "catalog" not in catalog:
            message = "is no OSCAL catalogue: it is no mapping with the key 'catalog' (profiles are resolved first)"
            raise DataError([self.foreign.problem((), message)])
        at: JsonPath = ("catalog",)
        root = self._mapping(catalog, "catalog", ())
        metadata = self._mapping(root, "metadata", at)
        version = self._text(metadata, "oscal-version", (*at, "metadata"))
        if version and not VERSION.match(version):
            self._refuse((*at, "metadata", "oscal-version"), f"is {version!r}: this engine reads OSCAL 1")
        self._take_params(root, at)
        return Book(
            foreign=self.foreign,
            title=self._text(metadata, "title", (*at, "metadata")),
            version=self._text(metadata, "version", (*at, "metadata")),
            parties=tuple(
                self._text(party, "name", place, needed=False)
                for party, place in self._list(metadata, "parties", (*at, "metadata"))
            ),
            addresses=tuple(
                self._text(link, "href", place) for link, place in self._list(metadata, "links", (*at, "metadata"))
            ),
            entries=tuple(self._entries(root, at, 0)),
            params=self.params,
        )

    def _entries(self, value: Mapping[str, Any], at: JsonPath, depth: int) -> Iterator[Entry]:
        if depth > MAX_DEPTH:
            self._refuse(at, f"groups and controls are nested deeper than {MAX_DEPTH} levels")
            return
        for key in ("groups", "controls"):
            for below, place in self._list(value, key, at):
                yield self._entry(below, place, depth, group=key == "groups")

    def _entry(self, value: Mapping[str, Any], at: JsonPath, depth: int, *, group: bool) -> Entry:
        self._take_params(value, at)
        props = list(self._props(value, at))
        links = [
            (self._text(link, "rel", place, needed=False), link, place)
            for link, place in self._list(value, "links", at)
        ]
        return Entry(
            id=self._id(value, at, needed=not group, unique=True),
            label=next((text for name, text in props if name == "label"), None),
            title=self._text(value, "title", at),
            group=group,
            withdrawn=any(name == "status" and text.casefold() == "withdrawn" for name, text in props),
            moved_to=tuple(
                self._text(link, "href", place).removeprefix("#")
                for rel, link, place in links
                if rel in ("incorporated-into", "moved-to")
            ),
            statements=tuple(self._statements(value, at, "statement", 0)),
            below=tuple(self._entries(value, at, depth + 1)),
            at=at,
        )

    def _statements(self, value: Mapping[str, Any], at: JsonPath, name: str, depth: int) -> Iterator[Statement]:
        if depth > MAX_DEPTH:
            self._refuse(at, f"parts are nested deeper than {MAX_DEPTH} levels")
            return
        for part, place in self._list(value, "parts", at):
            if self._text(part, "name", place) != name:
                continue
            props = list(self._props(part, place))
            yield Statement(
                name=self._id(part, place, needed=False, unique=True),
                label=next((text for key, text in props if key == "label"), None),
                prose=self._text(part, "prose", place, needed=False),
                items=tuple(self._statements(part, place, "item", depth + 1)),
                at=place,
            )

    def _props(self, value: Mapping[str, Any], at: JsonPath) -> Iterator[tuple[str, str]]:
        """The properties of NIST's own names; those of a class come last, so that a plain label is taken first."""
        found = [
            (bool(prop.get("class")), self._text(prop, "name", place), self._text(prop, "value", place))
            for prop, place in self._list(value, "props", at)
        ]
        return ((name, text) for _, name, text in sorted(found, key=lambda prop: prop[0]))

    def _take_params(self, value: Mapping[str, Any], at: JsonPath) -> None:
        for param, place in self._list(value, "params", at):
            name = self._id(param, place, needed=True, unique=True)
            select = self._mapping(param, "select", place, needed=False)
            if name is not None:
                self.params[name] = Param(
                    values=self._texts(param, "values", place),
                    label=self._text(param, "label", place, needed=False) or None,
                    choices=self._texts(select, "choice", (*place, "select")),
                    one_or_more=select.get("how-many") == "one-or-more",
                )

    def _id(self, value: Mapping[str, Any], at: JsonPath, *, needed: bool, unique: bool) -> str | None:
        name = self._text(value, "id", at, needed=needed)
        if not name:
            return None
        if not TOKEN.match(name):
            self._refuse(
                (*at, "id"), f"is {name[:60]!r}: an id of OSCAL is letters, digits, dots, hyphens, underscores"
            )
            return None
        if unique and name in self.ids:
            self._refuse((*at, "id"), f"the id {name!r} stands twice: give each an id of its own")
        self.ids.add(name)
        return name

    def _mapping(self, value: Mapping[str, Any], key: str, at: JsonPath, *, needed: bool = True) -> Mapping[str, Any]:
        found = value.get(key)
        if isinstance(found, dict):
            return found
        if key in value:
            self._refuse((*at, key) if key else at, "must be a mapping")
        elif needed:
            self._refuse(at, f"the key {key!r} is missing")
        return {}

    def _list(self, value: Mapping[str, Any], key: str, at: JsonPath) -> Iterator[tuple[Mapping[str, Any], JsonPath]]:
        found = value.get(key, [])
        if not isinstance(found, list):
            self._refuse((*at, key), "must be a list")
            return
        for index, entry in enumerate(found):
            if isinstance(entry, dict):
                yield entry, (*at, key, index)
            else:
                self._refuse((*at, key, index), "must be a mapping")

    def _texts(self, value: Mapping[str, Any], key: str, at: JsonPath) -> tuple[str, ...]:
        found = value.get(key, [])
        if isinstance(found, list) and all(isinstance(text, str) for text in found):
            return tuple(found)
        self._refuse((*at, key), "must be a list of text")
        return ()

    def _text(self, value: Mapping[str, Any], key: str, at: JsonPath, *, needed: bool = True) -> str:
        found = value.get(key, "")
        if not isinstance(found, str):
            self._refuse((*at, key), "must be text")
            return ""
        if needed and not found.strip():
            self._refuse((*at, key) if key in value else at, f"the key {key!r} is missing or empty")
        return found

    def _refuse(self, at: JsonPath, message: str) -> None:
        self.problems.append(self.foreign.problem(at, message))
        if len(self.problems) >= MAX_PROBLEMS:
            raise DataError(self.problems)
