"""The declared resource types: ``resources/<service>.yaml`` as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.collect.aws import allowlist
from grc.collect.aws.allowlist import Read
from grc.errors import DataError, Problem
from grc.model.identifiers import KindName
from grc.model.kind import KindScope
from grc.yamltext import read

SHIPPED: Final = Path(__file__).parent / "resources"
FORMAT: Final = "grc.resources/1"


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
class Each:
    """A further call for each element of a section's list; its value becomes the member ``into``."""

    into: str
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a body that is read only on demand: by one call, or by a derivation in Python (``derive``).

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

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every operation that reading the section may call."""
        own = () if self.call is None else (self.call.read,)
        return own + self.calls + (() if self.each is None else (self.each.call.read,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One kind and how it is read.

    ``listing`` is None for a kind that is its own place (the account, a region). ``key`` is the field with the
    subject's own id, ``subject`` the template of the subject id (an ARN where there is one). ``region`` is the field
    that says where a global kind's item lives. ``every_region`` lists a global kind in each region and merges.
    ``drop`` (with reasons), ``secret`` and ``personal`` are paths that never reach a record.
    """

    name: KindName
    service: str
    title: str
    scope: KindScope
    listing: Call | None
    itself: str | None
    every_region: bool
    key: str
    subject: str
    region: str | None
    tags: str | None
    gone_when: frozenset[str]
    disabled_when: frozenset[str]
    decode: Mapping[str, str]
    drop: Mapping[str, str]
    secret: tuple[str, ...]
    personal: tuple[str, ...]
    sections: Mapping[str, Section]

    @property
    def every_call(self) -> tuple[Call, ...]:
        """Every declared call; those of derivations are not declared."""
        own = () if self.listing is None else (self.listing,)
        calls = [section.call for section in self.sections.values() if section.call is not None]
        further = [section.each.call for section in self.sections.values() if section.each is not None]
        return (*own, *calls, *further)

    def wanted(self, paths: Iterable[str]) -> tuple[Section, ...]:
        """The sections that the paths read, in the order of the file."""
        tops = {path.partition(".")[0] for path in paths}
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
    found: dict[KindName, Resource] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        document = read(path)
        if document.value.get("format") != FORMAT:
            problems.append(document.problem(("format",), f"this engine reads {FORMAT}"))
            continue
        for name, entry in document.value["kinds"].items():
            if name in found:
                problems.append(document.problem(("kinds", name), f"the kind {name} is declared twice"))
            found[KindName(name)] = _resource(KindName(name), document.value["service"], entry)
    if problems:
        raise DataError(problems)
    return dict(sorted(found.items()))


def _resource(name: KindName, service: str, entry: Mapping[str, Any]) -> Resource:
    listing = entry["list"]
    sections = entry.get("sections", {})
    return Resource(
        name=name,
        service=service,
        title=entry["title"],
        scope=KindScope(entry["scope"]),
        listing=None if "self" in listing else _call(listing, service, {}),
        itself=listing.get("self"),
        every_region=listing.get("regions") == "each",
        key=entry["id"],
        subject=entry.get("arn") or entry.get("subject") or f"{{{entry['id']}}}",
        region=entry.get("region"),
        tags=entry.get("tags"),
        gone_when=frozenset(entry.get("gone-when", ())),
        disabled_when=frozenset(entry.get("disabled-when", ())),
        decode=entry.get("decode", {}),
        drop=entry.get("drop", {}),
        secret=tuple(entry.get("secret", ())),
        personal=tuple(entry.get("personal", ())),
        sections={key: _section(key, section, service, entry.get("params", {})) for key, section in sections.items()},
    )


def _section(name: str, entry: Mapping[str, Any], service: str, params: Mapping[str, str]) -> Section:
    each = entry.get("each")
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
        each=None if each is None else Each(into=each["into"], call=_call(each, service, {})),
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
