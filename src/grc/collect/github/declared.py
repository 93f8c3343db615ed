"""What is read of GitHub: data, in ``reads.yaml``. A kind is listed, and its sections are read for each subject.

Of a read: ``get`` is the path and ``query`` what follows it; ``items`` says that the answer is a list that goes on
over pages (``""``), or which member of the answer is one; ``at`` names the member of an answer that is the value;
``first`` takes the first item of a list alone; ``confirmed`` is the status that says yes. A whole answer has the
members that it ``requires``. ``permission`` is what the token needs: of a fine-grained token or an app, and the scope
of a classic one.

``absent``, ``disabled`` and ``refuted`` are the answers that prove that there is nothing, that a feature is off, or a
no: a status with the first words of its message. Any other 404 may be a denial and is a gap. ``denied`` are further
statuses by which a read is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from grc.model.identifiers import KindName
from grc.yamltext import read

SHIPPED: Final = Path(__file__).parent / "reads.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An answer that is a fact: its status, and the beginning of its message ("" means any)."""

    status: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One sort of request."""

    get: str
    permission: str
    query: Mapping[str, str]
    items: str | None = None
    at: str | None = None
    first: bool = False
    requires: tuple[str, ...] = ()
    confirmed: int | None = None
    refuted: tuple[Proof, ...] = ()
    absent: tuple[Proof, ...] = ()
    disabled: tuple[Proof, ...] = ()
    denied: tuple[int, ...] = ()

    @property
    def call(self) -> str:
        """What gaps and reports call it: ``GET /orgs/{org}/hooks?filter=2fa_disabled``."""
        pairs = "&".join(f"{name}={value}" for name, value in self.query.items() if name != "per_page")
        return f"GET {self.get}" + (f"?{pairs}" if pairs else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A top-level field that a read of its own gives. ``member``: whether the key stands in a list, read once.

    ``derive`` names code that reads what data cannot say. ``where`` names a setting of the subject, its steps parted by
    dots: where it is not true there is nothing to read.
    """

    name: str
    read: Read | None
    member: bool = False
    derive: str | None = None
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Where subjects are listed, for each subject of the kind ``each`` where there is one.

    ``add`` are fields that a list implies; ``keep`` are fields of the subject above, by the name they get.
    """

    read: Read
    each: KindName | None
    add: Mapping[str, str]
    keep: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many subjects there are by another read, so that a list of what the token may see is not taken for all.

    ``shown``: what is shown only to who is shown every subject, where there is no count.
    """

    read: Read
    sum: tuple[str, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """How a kind is read. ``shown_to``: fields that are left out unless the token may see them, and who may."""

    kind: KindName
    subject: str
    listings: tuple[Listing, ...]
    sections: Mapping[str, Section]
    shown_to: Mapping[str, str]
    tags: str | None
    tally: Tally | None

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every read of the data; those of derived sections are with their code."""
        sections = (section.read for section in self.sections.values() if section.read is not None)
        tally = (self.tally.read,) if self.tally else ()
        return (*(listing.read for listing in self.listings), *sections, *tally)


@cache
def load(path: Path = SHIPPED) -> Mapping[KindName, Resource]:
    """Load the reads of every kind.

    Raises:
        DataError: the file is not one of ours.
    """
    document = read(path).value
    return {KindName(name): _resource(KindName(name), block) for name, block in document["kinds"].items()}


def _resource(kind: KindName, block: Mapping[str, Any]) -> Resource:
    return Resource(
        kind=kind,
        subject=block["subject"],
        listings=tuple(_listing(one) for one in block["list"]),
        sections={name: _section(name, one) for name, one in block.get("sections", {}).items()},
        shown_to={name: one for names, one in _shown(block) for name in names},
        tags=block.get("tags"),
        tally=_tally(block["tally"]) if "tally" in block else None,
    )


def _shown(block: Mapping[str, Any]) -> list[tuple[list[str], str]]:
    return [(one["fields"], one["permission"]) for one in block.get("shown-to", ())]


def _listing(block: Mapping[str, Any]) -> Listing:
    each = block.get("each")
    return Listing(
        read=read_of(block),
        each=None if each is None else KindName(each),
        add=block.get("add", {}),
        keep=block.get("keep", {}),
    )


def _section(name: str, block: Mapping[str, Any]) -> Section:
    if "derive" in block:
        return Section(name=name, read=None, derive=block["derive"])
    return Section(name=name, read=read_of(block), member=block.get("member", False), where=block.get("where", ""))


def _tally(block: Mapping[str, Any]) -> Tally:
    return Tally(read=read_of(block), sum=tuple(block.get("sum", ())), shown=tuple(block.get("shown", ())))


def read_of(block: Mapping[str, Any]) -> Read:
    """A read of its data."""
    items = block.get("items")
    query = {"per_page": "100"} if items is not None else {}
    return Read(
        get=block["get"],
        permission=block["permission"],
        query={**query, **{name: str(value) for name, value in block.get("query", {}).items()}},
        items=items,
        at=block.get("at"),
        first=block.get("first", False),
        requires=tuple(block.get("requires", ())),
        confirmed=block.get("confirmed"),
        **{name: _proofs(block.get(name, ())) for name in ("refuted", "absent", "disabled")},
        denied=tuple(block.get("denied", ())),
    )


def _proofs(blocks: Any) -> tuple[Proof, ...]:
    return tuple(Proof(status=one["status"], message=one.get("message", "")) for one in blocks)
