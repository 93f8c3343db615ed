"""How a declared resource type becomes a record of an AWS kind: data, one YAML file a service.

A **value** says where a field of the kind comes from:

``name``                          the argument, as it is
``block.name``                    the argument of a block that stands at most once
``{from: name, decode: json}``    the argument's text, read as JSON (a policy document)
``{from: name, decode: plain}``   the argument's text, read as JSON that is the answer's own
``{from: name, decode: containers}``  as ``plain``; the definitions of containers in a case that is not the answer's are
                                      a gap, for the provider reads them in any
``{from: name, each: {…}}``       a list of blocks, each an object
``{from: name, by: key, each: …}``  a list of blocks, each an object under the word of its argument ``key``
``{from: name, first: {…}}``      a block that stands at most once, an object
``{from: name, wrap: Field}``     a text or a list of texts, each an object with one field
``{from: name, map: {a: b}}``     the word of AWS for the source's; a word that is not in the table is a gap
``{from: name, given: true}``     whether the argument is set and not empty; ``map`` may make words of it
``{from: name, given: inner}``    whether this argument of a block that stands at most once is set
``{value: x}``                    the same for every resource: what makes it one (a state in which all new ones end)
``{new: x}``                      the same for every new resource, and not known of one that exists already, nor where
                                  an argument of the list ``unless`` is set
``{untold: why}``                 a gap: the resource sets the field, in a way that is not translated
``{object: {…}}``                 an object of arguments of the same level
``{list: […]}``                   a list of values of the same level

``lacks`` on an object or a list says that the field is told as a whole but for these of its fields: how many there are
is known, and each of them is a gap where it lacks. Without it only the fields named are covered.

``rest: true`` on a list of blocks that may not be known as a whole leaves one element in it that is not known, so that
what is attached to the list beside is still told: for lists of which no check asks how long they are.

``aliases`` are other names of the same resource type. ``computed`` sections are made of the record's other fields, as
for live AWS. ``secret`` are paths that are dropped once they are made. ``filled`` are the arguments that the provider
fills in itself: a plan marks them as known after apply where nothing sets them too, and of them alone such a mark says
nothing. Of any other block it says that a ``dynamic`` block may make it. ``siblings`` are resource types that live AWS
lists under the same kind, and that are not translated: where one stands, the kind's population has a gap.

``unset`` on a value is what the field is where the configuration of a *new* resource does not set the argument. It is
a fact of the provider, with a ``source``; ``since`` is the day from which it holds where AWS gave new resources another
before, as AWS states that day. Null says that the field is absent, and ``unless`` names the arguments of the same level
that, where they are set, make it another. ``ever: true`` says that a resource that exists already has it too: the
provider sends it itself wherever nothing is set, and where one of ``unless`` is set the field is absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.collect.policies import ANALYSES, Computed
from grc.model.identifiers import KindName
from grc.yamltext import read

Value = str | Mapping[str, Any]

NAMING: Final = ("id", "bucket")
"""The arguments of an owner that a plain value may name it by, where an attachment says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A resource type of its own that sets part of another: a bucket's encryption, a group's rule.

    ``field`` may be a path of names. ``by`` is the argument that refers to the owner, or holds what one of the owner's
    arguments ``named`` holds; with ``several`` it is a list of them. With
    ``append`` each one adds an element to the list ``field``, else one sets the whole of it. ``where`` keeps those
    whose arguments have these values, ``given`` those that set this argument.
    """

    field: str
    type: str
    by: str
    named: tuple[str, ...]
    value: Value
    append: bool
    several: bool
    where: Mapping[str, Any]
    given: str | None
    unset: Mapping[str, Any] | None

    @property
    def path(self) -> tuple[str, ...]:
        """The names of ``field``."""
        return tuple(self.field.split("."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One resource type to one kind."""

    type: str
    kind: KindName
    fields: Mapping[str, Value]
    attached: tuple[Attachment, ...]
    computed: tuple[Computed, ...]
    secret: tuple[str, ...]
    filled: frozenset[str] = frozenset()
    siblings: frozenset[str] = frozenset()

    def types(self) -> frozenset[str]:
        """Every resource type that is looked at."""
        return frozenset((self.type, *(one.type for one in self.attached), *self.siblings))

    def paths(self) -> frozenset[str]:
        """Every path that a record can hold a value at."""
        fields = (path for name, value in self.fields.items() for path in _paths(name, value))
        attached = (path for one in self.attached for path in _paths(one.field, one.value))
        return frozenset((*fields, *attached, *(one.name for one in self.computed)))


def _paths(name: str, value: Value) -> Iterator[str]:
    inner = {} if isinstance(value, str) else value.get("each") or value.get("first") or value.get("object") or {}
    if isinstance(value, str) or "by" in value or "lacks" in value:
        yield name
    elif "wrap" in value:
        yield f"{name}.{value['wrap']}"
    elif "list" in value:
        for one in value["list"]:
            yield from _paths(name, one)
    elif not inner:
        yield name
    else:
        for below, one in inner.items():
            yield from _paths(f"{name}.{below}", one)


@cache
def load_translations(folder: Path) -> tuple[Translation, ...]:
    """Load every translation in a folder, in order of type."""
    blocks = [
        (type_, block)
        for path in sorted(folder.glob("*.yaml"))
        for type_, block in read(path).value["resources"].items()
    ]
    named = [(name, block) for type_, block in blocks for name in (type_, *block.get("aliases", ()))]
    return tuple(_translation(type_, block) for type_, block in sorted(named, key=lambda one: one[0]))


def _translation(type_: str, block: Mapping[str, Any]) -> Translation:
    return Translation(
        type=type_,
        kind=KindName(block["kind"]),
        fields=block["fields"],
        attached=tuple(
            Attachment(
                field=one["field"],
                type=one["type"],
                by=one["by"],
                named=tuple(one.get("named", NAMING)),
                value=one["value"],
                append=one.get("append", False),
                several=one.get("several", False),
                where=one.get("where", {}),
                given=one.get("given"),
                unset=one.get("unset"),
            )
            for one in block.get("attached", ())
        ),
        computed=tuple(
            Computed(name=name, analysis=ANALYSES[one["analyse"]], sources=tuple(one["from"]))
            for name, one in block.get("computed", {}).items()
        ),
        secret=tuple(block.get("secret", ())),
        filled=frozenset(block.get("filled", ())),
        siblings=frozenset(block.get("siblings", ())),
    )
