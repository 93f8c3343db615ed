"""The declared resource types: ``resources/<service>.yaml`` as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.collect.aws import allowlist
from grc.collect.aws.allowlist import Read
from grc.collect.aws.paths import names
from grc.errors import DataError, Problem
from grc.model.identifiers import KindName
from grc.model.kind import KindScope
from grc.yamltext import read
from grc.yamltext.reader import Document

SHIPPED: Final = Path(__file__).parent / "resources"
FORMAT: Final = "grc.resources/1"

Entry = tuple[Document, Mapping[str, Any]]
"""A kind as its file declares it, and the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation and how its answer is read.

    ``path`` is where the wanted value stands ("" is the whole answer). ``params`` takes fields of the listed item,
    ``fixed`` are constants. ``root`` is the element that a whole REST-XML answer begins with. ``require`` are members
    that a whole answer always has; the first member of ``path`` is one of them unless ``optional``.
    """

    read: Read
    path: str = ""
    params: Mapping[str, str]
    fixed: Mapping[str, Any]
    root: str | None = None
    require: tuple[str, ...] = ()
    optional: bool = False
    page: int | None = None

    @property
    def expected(self) -> tuple[str, ...]:
        """The members without which an answer is not whole."""
        first = self.path.partition(".")[0].removesuffix("[]")
        return self.require if self.optional or not first else (first, *self.require)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Call):
    """How a kind's items are listed: once in a place, or once for each item of another kind (``parent``).

    ``params`` takes fields of the parent's item, or of the place (``Account``, ``Region``, ``Partition``) where there
    is none; ``keep`` copies such fields into the item, by the name that they have there. ``field`` is the name that an
    element gets that is a text or a number. ``also`` names what finds items that the list leaves out, by ``calls``.
    """

    field: str | None = None
    parent: Resource | None = None
    keep: Mapping[str, str]
    also: str | None = None
    calls: tuple[Read, ...] = ()

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every operation that listing may call."""
        return (self.read, *self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """A further call for each element of a section's list; its value becomes the member ``into``.

    ``field`` is the name that an element gets that is a text or a number. ``absent_when`` are error codes that say
    that the element has no such value.
    """

    into: str
    call: Call
    field: str | None = None
    absent_when: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One call for many items: ``param`` takes the list of their ``source`` fields, at most ``size`` of them.

    The element of the answer whose ``match`` equals the field is the item's; ``value`` is what is taken of it ("" is
    the whole). ``failures`` is the member of the answer that says why an item has none.
    """

    param: str
    source: str
    match: str
    size: int
    value: str = ""
    failures: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a body that is read only on demand: by one call, or by a derivation in Python (``derive``).

    One that is ``computed`` calls nothing: an analysis makes it of ``sources``, which are paths in the rest of the
    body. ``rests_on`` are the operations that these are read by.

    ``absent_when`` and ``disabled_when`` are error codes that say "not set" and "not offered here".
    ``calls`` are the operations of a derivation.
    """

    name: str
    title: str
    call: Call | None = None
    derive: str | None = None
    calls: tuple[Read, ...] = ()
    decode: str | None = None
    schema: str | None = None
    absent_when: frozenset[str] = frozenset()
    disabled_when: frozenset[str] = frozenset()
    each: Each | None = None
    batch: Batch | None = None
    computed: str | None = None
    sources: tuple[str, ...] = ()
    rests_on: tuple[Read, ...] = ()

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every operation that reading the section may call."""
        own = () if self.call is None else (self.call.read,)
        return own + self.calls + (() if self.each is None else (self.each.call.read,)) + self.rests_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One kind and how it is read.

    ``listing`` is None for a kind that is its own place (the account, a region). ``key`` is the field with the
    subject's own id, ``subject`` the template of the subject id (an ARN where there is one). ``region`` is the field
    that says where a global kind's item lives. ``every_region`` lists a global kind in each region and merges.
    ``counted_as`` is the type under which AWS Config counts the items of a region, all of them and nothing else.
    ``drop`` (with reasons), ``secret`` and ``personal`` are paths that never reach a record.
    """

    name: KindName
    service: str
    title: str
    scope: KindScope
    listing: Listing | None
    itself: str | None
    every_region: bool
    key: str
    subject: str
    region: str | None
    tags: str | None
    gone_when: frozenset[str]
    disabled_when: frozenset[str]
    counted_as: str | None
    decode: Mapping[str, str]
    drop: Mapping[str, str]
    secret: tuple[str, ...]
    personal: tuple[str, ...]
    sections: Mapping[str, Section]

    @property
    def line(self) -> tuple[Resource, ...]:
        """The kind, and those above it for whose items it is listed."""
        parent = None if self.listing is None else self.listing.parent
        return (self, *(() if parent is None else parent.line))

    @property
    def listings(self) -> tuple[Listing, ...]:
        """How the items are listed, and before that the items of the kinds above."""
        return tuple(resource.listing for resource in self.line if resource.listing is not None)

    @property
    def every_call(self) -> tuple[Call, ...]:
        """Every declared call; those of derivations are not declared."""
        own = self.listings
        calls = [section.call for section in self.sections.values() if section.call is not None]
        further = [section.each.call for section in self.sections.values() if section.each is not None]
        return (*own, *calls, *further)

    def wanted(self, paths: Iterable[str]) -> tuple[Section, ...]:
        """The sections that the paths read, and those that these are computed from, in the order of the file."""
        tops = {path.partition(".")[0] for path in paths}
        tops |= {names(path)[0] for name, section in self.sections.items() if name in tops for path in section.sources}
        return tuple(section for name, section in self.sections.items() if name in tops)


def template_fields(template: str) -> tuple[str, ...]:
    """The fields that a template of a subject id takes from the item or the place."""
    return tuple(part.partition("}")[0] for part in template.split("{")[1:])


@cache
def load(folder: Path = SHIPPED) -> Mapping[KindName, Resource]:
    """Load every resource type under the folder, by kind.

    Raises:
        DataError: a file cannot be read, has another format, or names a kind twice.
        ConfigError: an operation is not a reviewed read.
    """
    entries: dict[KindName, Entry] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        document = read(path)
        if document.value.get("format") != FORMAT:
            problems.append(document.problem(("format",), f"this engine reads {FORMAT}"))
            continue
        for name, entry in document.value["kinds"].items():
            if name in entries:
                problems.append(document.problem(("kinds", name), f"the kind {name} is declared twice"))
            entries[KindName(name)] = (document, entry)
    problems += _orphans(entries)
    if problems:
        raise DataError(problems)
    found: dict[KindName, Resource] = {}
    for name in entries:
        _build(name, entries, found)
    return dict(sorted(found.items()))


def _build(name: KindName, entries: Mapping[KindName, Entry], found: dict[KindName, Resource]) -> Resource:
    """A resource type, and before it the one whose items it is listed for."""
    if name not in found:
        document, entry = entries[name]
        above = entry["list"].get("for")
        parent = None if above is None else _build(KindName(above), entries, found)
        found[name] = _resource(name, document.value["service"], entry, parent)
    return found[name]


def _orphans(entries: Mapping[KindName, Entry]) -> Iterator[Problem]:
    """What is wrong with the kinds that kinds are listed for: unknown, or in the end listed for themselves."""
    for name, (document, entry) in entries.items():
        seen, above = [name], entry["list"].get("for")
        while above in entries and above not in seen:
            seen.append(above)
            above = entries[above][1]["list"].get("for")
        if above is not None:
            why = "that is a circle" if above in seen else "there is no such kind"
            yield document.problem(("kinds", name, "list", "for"), f"{name} cannot be listed for {above}: {why}")


def _resource(name: KindName, service: str, entry: Mapping[str, Any], parent: Resource | None) -> Resource:
    listing = entry["list"]
    listed = None if "self" in listing else _listing(listing, service, parent)
    return Resource(
        name=name,
        service=service,
        title=entry["title"],
        scope=KindScope(entry["scope"]),
        listing=listed,
        itself=listing.get("self"),
        every_region=listing.get("regions") == "each" or (parent is not None and parent.every_region),
        key=entry["id"],
        subject=entry.get("arn") or entry.get("subject") or f"{{{entry['id']}}}",
        region=entry.get("region"),
        tags=entry.get("tags"),
        gone_when=frozenset(entry.get("gone-when", ())),
        disabled_when=frozenset(entry.get("disabled-when", ())),
        counted_as=entry.get("counted-as"),
        decode=entry.get("decode", {}),
        drop=entry.get("drop", {}),
        secret=tuple(entry.get("secret", ())),
        personal=tuple(entry.get("personal", ())),
        sections=_sections(entry, service, () if listed is None else (listed.read,)),
    )


def _sections(entry: Mapping[str, Any], service: str, listed: tuple[Read, ...]) -> Mapping[str, Section]:
    """The sections; each computed one rests on what its sources are read by, which is the listing for a field."""
    params, declared = entry.get("params", {}), entry.get("sections", {})
    found = {name: _section(name, section, service, params) for name, section in declared.items()}
    for name, section in found.items():
        if section.computed is not None:
            tops = [names(path)[0] for path in section.sources]
            reads = {read for top in tops for read in (found[top].reads if top in found else listed)}
            found[name] = replace(section, rests_on=tuple(sorted(reads, key=lambda read: read.call)))
    return found


def _listing(entry: Mapping[str, Any], service: str, parent: Resource | None) -> Listing:
    call = _call(entry, service, {})
    declared = {field.name: getattr(call, field.name) for field in fields(Call)}
    also = entry.get("also", {})
    return Listing(
        **declared,
        field=entry.get("as"),
        parent=parent,
        keep=kept_fields(entry),
        also=also.get("derive"),
        calls=tuple(_derived_call(call) for call in also.get("calls", ())),
    )


def kept_fields(listing: Mapping[str, Any]) -> Mapping[str, str]:
    """The fields that a listing copies from above, by their name in the item."""
    keep = listing.get("keep", ())
    return dict(keep) if isinstance(keep, Mapping) else {name: name for name in keep}


def _section(name: str, entry: Mapping[str, Any], service: str, params: Mapping[str, str]) -> Section:
    each, batch = entry.get("each"), entry.get("batch")
    return Section(
        name=name,
        title=entry.get("title", ""),
        call=_call(entry, service, params) if "op" in entry else None,
        derive=entry.get("derive"),
        calls=tuple(_derived_call(call) for call in entry.get("calls", ())),
        decode=entry.get("decode"),
        schema=entry.get("schema"),
        absent_when=frozenset(entry.get("absent-when", ())),
        disabled_when=frozenset(entry.get("disabled-when", ())),
        each=None if each is None else _each(each, service),
        batch=None if batch is None else _batch(batch),
        computed=entry.get("analyse"),
        sources=tuple(entry.get("from", ())),
    )


def _each(entry: Mapping[str, Any], service: str) -> Each:
    absent = frozenset(entry.get("absent-when", ()))
    return Each(into=entry["into"], call=_call(entry, service, {}), field=entry.get("as"), absent_when=absent)


def _batch(entry: Mapping[str, Any]) -> Batch:
    return Batch(
        param=entry["param"],
        source=entry["from"],
        match=entry["match"],
        size=entry["size"],
        value=entry.get("value", ""),
        failures=entry.get("failures"),
    )


def _call(entry: Mapping[str, Any], service: str, params: Mapping[str, str]) -> Call:
    return Call(
        read=allowlist.load().read(entry.get("service", service), entry["op"]),
        path=entry.get("path", ""),
        params=entry.get("params", {} if "service" in entry else params),
        fixed=entry.get("fixed", {}),
        root=entry.get("root"),
        require=tuple(entry.get("require", ())),
        optional=entry.get("optional", False),
        page=entry.get("page"),
    )


def _derived_call(call: str) -> Read:
    service, _, operation = call.partition(":")
    return allowlist.load().read(service, allowlist.method_of(operation))
